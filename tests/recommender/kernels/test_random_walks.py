"""Random walks: they stay on the graph, and take each turn as often as its weight says."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from recommender.kernels.random_walks import random_walks

WEIGHTS = np.array(
    [
        [0, 1, 3, 0, 0],
        [1, 0, 0, 0, 0],
        [3, 0, 0, 4, 0],
        [0, 0, 4, 0, 0],
        [0, 0, 0, 0, 0],
    ],
    dtype=np.float32,
)


def walked(weights: np.ndarray, walks: int, length: int, seed: int = 1) -> np.ndarray:
    """(walks, length)."""
    graph = csr_array(weights)
    return np.concatenate(list(random_walks(graph, walks, length, np.random.default_rng(seed))))


def test_walks_start_at_each_connected_node_equally_often() -> None:
    assert np.bincount(walked(WEIGHTS, 7, 3)[:, 0], minlength=5).tolist() == [7, 7, 7, 7, 0]


def test_each_step_leads_to_a_neighbor() -> None:
    walks = walked(WEIGHTS, 50, 10)
    assert (WEIGHTS[walks[:, :-1], walks[:, 1:]] > 0).all()


def test_turns_are_as_frequent_as_their_weights() -> None:
    walks = walked(WEIGHTS, 5_000, 2)
    from_first = walks[walks[:, 0] == 0, 1]
    assert np.mean(from_first == 2) == pytest.approx(0.75, abs=0.03)


def test_weights_of_very_different_sizes_never_lead_astray() -> None:
    weights = np.zeros((6, 6), np.float32)
    for a, b, weight in ((0, 1, 1e9), (2, 3, 1e-9), (4, 5, 1e-3)):
        weights[a, b] = weights[b, a] = weight
    walks = walked(weights, 200, 6)
    assert (weights[walks[:, :-1], walks[:, 1:]] > 0).all()


def test_walks_are_the_same_for_the_same_seed() -> None:
    assert walked(WEIGHTS, 5, 8).tolist() == walked(WEIGHTS, 5, 8).tolist()
    assert walked(WEIGHTS, 5, 8).tolist() != walked(WEIGHTS, 5, 8, seed=2).tolist()


def test_graph_without_edges_has_no_walks() -> None:
    assert walked(np.zeros((3, 3), np.float32), 2, 4).shape == (0, 4)
