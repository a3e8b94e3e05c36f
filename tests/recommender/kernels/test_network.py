"""Network and its losses: gradients against finite differences, fits whose result is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recommender.artifacts.arrays import DirectoryReader, DirectoryWriter
from recommender.kernels.network import Network, NetworkConfig, listwise_softmax, logistic, probability

CONFIG = NetworkConfig(hidden=8, epochs=30)
RNG = np.random.default_rng(1)
FEATURES = RNG.normal(3, 5, (200, 6, 4)).astype(np.float32)
START = np.array([1, 0, 0, 0], np.float32)


def softmax_loss(scores: np.ndarray, labels: np.ndarray) -> float:
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return float(-(labels / labels.sum(axis=1, keepdims=True) * logs).sum())


def logistic_loss(scores: np.ndarray, labels: np.ndarray) -> float:
    return float(np.log1p(np.exp(-scores * (2 * labels - 1))).sum())


@pytest.mark.parametrize(
    ("gradient", "loss"), [(listwise_softmax, softmax_loss), (logistic, logistic_loss)], ids=["list", "like"]
)
def test_gradient_equals_a_finite_difference(
    gradient: Callable[..., np.ndarray], loss: Callable[..., float]
) -> None:
    scores = RNG.normal(size=(3, 5))
    labels = np.array([[1, 0, 0, 1, 0], [0, 1, 0, 0, 0], [1, 1, 1, 0, 0]], float)
    step = 1e-5
    for place in np.ndindex(scores.shape):
        up, down = scores.copy(), scores.copy()
        up[place] += step
        down[place] -= step
        slope = (loss(up, labels) - loss(down, labels)) / (2 * step)
        assert gradient(scores, labels)[place] == pytest.approx(slope, abs=1e-4)


def test_softmax_gradient_is_zero_without_relevant_titles() -> None:
    assert not listwise_softmax(np.ones((2, 3), np.float32), np.zeros((2, 3), np.float32)).any()


def test_network_learns_an_order_that_is_not_linear() -> None:
    product = FEATURES[..., 0] * FEATURES[..., 1]
    labels = (product == product.max(axis=1, keepdims=True)).astype(np.float32)
    network = Network.fit(FEATURES, labels, listwise_softmax, START, replace(CONFIG, epochs=200))
    scores = network.scores(FEATURES.reshape(-1, 4)).reshape(labels.shape)
    assert (scores.argmax(axis=1) == product.argmax(axis=1)).mean() > 0.8


def test_network_learns_probabilities() -> None:
    pairs = FEATURES.reshape(-1, 1, 4)
    truth = probability((pairs[:, 0, 0] - 3) / 2)
    labels = (RNG.random(len(truth)) < truth).astype(np.float32)[:, None]
    network = Network.fit(pairs, labels, logistic, np.zeros(4, np.float32), CONFIG)
    assert np.abs(probability(network.scores(pairs[:, 0])) - truth).mean() < 0.1


def test_network_without_examples_is_its_linear_start() -> None:
    nothing = np.empty((0, 6, 4), np.float32)
    network = Network.fit(nothing, np.empty((0, 6), np.float32), listwise_softmax, START, CONFIG)
    assert network.scores(FEATURES[0]).tolist() == FEATURES[0, :, 0].tolist()


def test_network_is_reproducible_and_survives_saving(tmp_path: Path) -> None:
    labels = (FEATURES[..., 2] > 3).astype(np.float32)
    one, two = (Network.fit(FEATURES, labels, listwise_softmax, START, CONFIG) for _ in range(2))
    DirectoryWriter(tmp_path, "network").arrays(one.arrays())
    saved = Network.load(DirectoryReader(tmp_path, "network", n_anime=0), n_features=4)
    assert one.scores(FEATURES[0]).tobytes() == two.scores(FEATURES[0]).tobytes()
    assert one.scores(FEATURES[0]).tobytes() == saved.scores(FEATURES[0]).tobytes()


def test_average_is_the_mean_of_networks_of_other_seeds() -> None:
    labels = (FEATURES[:, :, 0] > 0).astype(np.float32)
    together = Network.fit_average(FEATURES, labels, listwise_softmax, START, CONFIG, 3)
    alone = [
        Network.fit(FEATURES, labels, listwise_softmax, START, replace(CONFIG, seed=CONFIG.seed + number))
        for number in range(3)
    ]
    flat = FEATURES.reshape(-1, FEATURES.shape[-1])
    scores = [network.scores(flat) for network in alone]
    assert np.ptp(scores, axis=0).max() > 0.01
    assert together.scores(flat) == pytest.approx(np.mean(scores, axis=0), abs=1e-4)


def test_network_is_fitted_to_halves_as_to_floats() -> None:
    labels = (FEATURES[:, :, 0] > 0).astype(np.float32)
    halves = FEATURES.astype(np.float16)
    one = Network.fit(halves, labels, listwise_softmax, START, CONFIG)
    two = Network.fit(halves.astype(np.float32), labels, listwise_softmax, START, CONFIG)
    assert one.scores(FEATURES[0]) == pytest.approx(two.scores(FEATURES[0]), abs=1e-3)
