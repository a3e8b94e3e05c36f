"""A small scoring network over standardized features that learns an order or a probability.

Plain numpy: thousands of titles are scored in a millisecond, and it is saved as arrays."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.data.arrays import ArrayReader

FURTHEST = 8.0  # standard deviations

Floats = NDArray[np.float32]
# scores (lists, candidates), labels of that shape -> gradient of the loss by the scores
LossGradient = Callable[[Floats, Floats], Floats]


@dataclass(frozen=True)
class NetworkConfig:
    hidden: int = 64  # units
    epochs: int = 15  # passes over the training lists
    batch: int = 64  # lists a step
    learning_rate: float = 3e-3  # at the start; falls to 0 along half a cosine
    seed: int = 7


@dataclass(frozen=True, eq=False)
class Network:
    """score(x) = linear . x' + out . relu(x' hidden + bias) with x' = (x - mean) * scale, clipped.

    Attributes:
        mean, scale: float32 (features,).
        hidden: float32 (features, units); bias, out: float32 (units,).
        linear: float32 (features,).
        offset: float32 (1,).
    """

    mean: Floats
    scale: Floats
    hidden: Floats
    bias: Floats
    out: Floats
    linear: Floats
    offset: Floats

    @classmethod
    def fit(
        cls,
        features: NDArray[np.floating[Any]],
        labels: Floats,
        loss_gradient: LossGradient,
        start: Floats,
        config: NetworkConfig,
    ) -> Network:
        """Learn by Adam (Kingma & Ba 2015, arXiv:1412.6980), starting from a linear score.

        Args:
            features: float16 or float32 (lists, candidates, features).
            labels: float32 (lists, candidates).
            loss_gradient: of the loss by the scores of a batch.
            start: float32 (features,), the linear weights to start from, of standardized features; they are
                the result where there is nothing to learn from.
        """
        return cls.fit_average(features, labels, loss_gradient, start, config, 1)

    @classmethod
    def fit_average(
        cls,
        features: NDArray[np.floating[Any]],
        labels: Floats,
        loss_gradient: LossGradient,
        start: Floats,
        config: NetworkConfig,
        count: int,
    ) -> Network:
        """One network whose score is the mean of `count` networks', each of another seed. See `fit`."""
        # imported here: a server that only loads a finished model does without
        from threadpoolctl import threadpool_limits

        mean, scale = _standardization(features, len(start))

        def fit(number: int) -> Network:
            own = replace(config, seed=config.seed + number)
            rng = np.random.default_rng(own.seed)
            network = cls._untrained(mean, scale, start, rng, own)
            network._train(features, labels, loss_gradient, rng, own)
            return network

        # products this small only wait for other threads
        with threadpool_limits(1), ThreadPoolExecutor(os.cpu_count()) as threads:
            networks = list(threads.map(fit, range(count)))
        share = np.float32(1 / count)
        return cls(
            mean=mean,
            scale=scale,
            hidden=np.concatenate([network.hidden for network in networks], axis=1),
            bias=np.concatenate([network.bias for network in networks]),
            out=np.concatenate([network.out for network in networks]) * share,
            linear=np.sum([network.linear for network in networks], axis=0) * share,
            offset=np.sum([network.offset for network in networks], axis=0) * share,
        )

    @classmethod
    def _untrained(
        cls, mean: Floats, scale: Floats, start: Floats, rng: np.random.Generator, config: NetworkConfig
    ) -> Network:
        spread = np.sqrt(2.0 / max(len(start), 1))
        return cls(
            mean=mean,
            scale=scale,
            hidden=rng.normal(0.0, spread, (len(start), config.hidden)).astype(np.float32),
            bias=np.zeros(config.hidden, np.float32),
            out=np.zeros(config.hidden, np.float32),
            linear=start.astype(np.float32),
            offset=np.zeros(1, np.float32),
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything learned, to be saved."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def load(cls, reader: ArrayReader, n_features: int | None) -> Network:
        """The inverse of `arrays`; a copy, since it is small and always needed.

        Args:
            n_features: None: any number.
        """

        def copy(name: str, *shape: int | None) -> Floats:
            return np.array(reader.array(name, np.float32, shape))

        hidden = copy("hidden", n_features, None)
        n_features, units = hidden.shape
        return cls(
            mean=copy("mean", n_features),
            scale=copy("scale", n_features),
            hidden=hidden,
            bias=copy("bias", units),
            out=copy("out", units),
            linear=copy("linear", n_features),
            offset=copy("offset", 1),
        )

    def scores(self, features: Floats) -> Floats:
        """float32 (n,) for features float32 (n, features)."""
        x = self._standardized(features)
        units = x @ self.hidden
        units += self.bias
        np.maximum(units, np.float32(0), out=units)
        scores = units @ self.out + x @ self.linear + self.offset
        return np.asarray(scores, dtype=np.float32)

    def _standardized(self, features: NDArray[np.floating[Any]]) -> Floats:
        x: Floats = features - self.mean
        x *= self.scale
        # no extrapolation beyond the training examples
        return np.clip(x, -FURTHEST, FURTHEST, out=x)

    def _train(
        self,
        features: NDArray[np.floating[Any]],
        labels: Floats,
        loss_gradient: LossGradient,
        rng: np.random.Generator,
        config: NetworkConfig,
    ) -> None:
        """Change the weights in place; only `fit` calls this, before it returns the network."""
        adam = _Adam([self.hidden, self.bias, self.out, self.linear, self.offset], config.learning_rate)
        batches = -(-len(features) // config.batch)
        order = np.empty(0, dtype=np.int64)
        for step in range(config.epochs * batches):
            if step % batches == 0:
                order = rng.permutation(len(features))
            chosen = order[step % batches * config.batch :][: config.batch]
            batch = labels[chosen]
            x = self._standardized(features[chosen].reshape(-1, len(self.mean)))
            before = x @ self.hidden + self.bias
            units = np.maximum(before, np.float32(0))
            scores = np.asarray(units @ self.out + x @ self.linear + self.offset, dtype=np.float32)
            error = loss_gradient(scores.reshape(batch.shape), batch).reshape(-1) / np.float32(len(chosen))
            back = (error[:, None] * self.out) * (before > 0)
            gradients = [x.T @ back, back.sum(0), units.T @ error, x.T @ error, error.sum(keepdims=True)]
            adam.step(gradients, 0.5 + 0.5 * math.cos(math.pi * step / (config.epochs * batches)))


def _standardization(features: NDArray[np.floating[Any]], n_features: int) -> tuple[Floats, Floats]:
    """(mean, scale), float32 (n_features,) each; 0 and 1 where there is nothing to learn from."""
    columns = features.reshape(-1, n_features).T
    mean, scale = np.zeros(n_features, np.float32), np.ones(n_features, np.float32)
    for number, column in enumerate(columns if columns.size else ()):  # a copy of all is large
        mean[number] = column.mean(dtype=np.float64)
        scale[number] = 1.0 / (column.std(dtype=np.float64) + 1e-6)
    return mean, scale


class _Adam:
    """Changes weights in place, by gradients."""

    def __init__(self, weights: list[Floats], learning_rate: float) -> None:
        self._weights, self._rate, self._steps = weights, learning_rate, 0
        self._first = [np.zeros_like(weight) for weight in weights]
        self._second = [np.zeros_like(weight) for weight in weights]

    def step(self, gradients: list[Floats], share: float) -> None:
        """One step at this share of the learning rate."""
        self._steps += 1
        moments = zip(self._weights, gradients, self._first, self._second, strict=True)
        for weight, gradient, first, second in moments:
            first += np.float32(0.1) * (gradient - first)
            second += np.float32(0.001) * (gradient * gradient - second)
            direction = first / np.float32(1 - 0.9**self._steps)
            size = np.sqrt(second / np.float32(1 - 0.999**self._steps)) + np.float32(1e-8)
            weight -= np.float32(self._rate * share) * (direction / size)


def listwise_softmax(scores: Floats, labels: Floats) -> Floats:
    """Of the cross-entropy between the softmax of a list's scores and its relevant candidates (ListNet: Cao
    et al. 2007, ICML). Lists without a relevant candidate have no gradient."""
    relevant = labels.sum(axis=1, keepdims=True)
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
    chosen = exponentials / exponentials.sum(axis=1, keepdims=True)
    gradient: Floats = np.where(relevant > 0, chosen - labels / np.maximum(relevant, 1), 0).astype(np.float32)
    return gradient


def logistic(scores: Floats, labels: Floats) -> Floats:
    """Of the cross-entropy between labels 0 or 1 and the probability that a score stands for."""
    return probability(scores) - labels


def probability(scores: Floats) -> Floats:
    """The logistic function, 0..1."""
    return (1.0 / (1.0 + np.exp(-np.clip(scores, -30, 30)))).astype(np.float32)
