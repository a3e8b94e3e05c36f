"""Trains a two-tower network with Keras on JAX: one tower makes a vector of a list, the other of a title.

Imported by what fits, never by what serves: both libraries are optional."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.kernels.list_sampling import Batch, Lists, mean_ndcg
from recommender.kernels.towers import EPSILON, Floats, Towers, TwoTowerConfig

os.environ["KERAS_BACKEND"] = "jax"  # read once, when keras is imported
import jax
import keras
from keras import ops

jax.config.update("jax_platforms", "cpu")

NEVER = -1e9  # the logit of a title that is shown, and so cannot be recommended
NDCG = "ndcg"  # the name of what early stopping watches
LEAST_STEPS = 50  # in an epoch: batches are smaller where people are few


def train(lists: Lists, bias: Floats, config: TwoTowerConfig) -> Towers:
    """Learn from lists which titles their people like besides those shown.

    Validation is by person: some people are only used to choose the epoch whose weights are kept.

    Args:
        bias: float32 (titles,), to start from.
    """
    towers = _train(lists, bias, config)
    # the rest of a build needs the 200 MB of compiled code and buffers that are kept for another run
    keras.utils.clear_session(free_memory=True)
    jax.clear_caches()
    return towers


def _train(lists: Lists, bias: Floats, config: TwoTowerConfig) -> Towers:
    rng = np.random.default_rng(config.seed)
    people = rng.permutation(len(lists))
    held_out = min(config.validation_people, round(config.validation_share * len(people)))
    parts = _Parts(lists, people[held_out:], rng, config)
    model = TwoTower(bias, config)
    steps = config.epochs * len(parts)
    warm_up = round(config.warm_up * steps)
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, steps - warm_up, warmup_target=config.learning_rate, warmup_steps=warm_up
    )
    model.compile(optimizer=keras.optimizers.Adam(rate), loss=listwise_loss)
    stopping = keras.callbacks.EarlyStopping(
        monitor=NDCG, mode="max", patience=config.stalled_epochs, restore_best_weights=True
    )
    validation = _Validation(lists.sample(people[:held_out], rng, config.sampling))
    callbacks = [validation, stopping] if held_out else []
    model.fit(parts, epochs=config.epochs, shuffle=False, callbacks=callbacks, verbose=0)
    return model.towers()


class TwoTower(keras.Model):
    """The network; its input is `Batch.shown`, its output a logit for each title."""

    def __init__(self, bias: Floats, config: TwoTowerConfig) -> None:
        super().__init__()
        normal = [keras.initializers.RandomNormal(stddev=0.01, seed=config.seed + n) for n in range(2)]
        self.project = keras.layers.Dense(config.dims, use_bias=False, kernel_initializer=normal[0])
        self.normalize = keras.layers.BatchNormalization(momentum=0.95)
        self.titles = self.add_weight(shape=(len(bias), config.dims), initializer=normal[1], name="titles")
        self.scale = self.add_weight(shape=(1,), initializer=keras.initializers.Constant(10), name="scale")
        self.bias = self.add_weight(shape=bias.shape, initializer="zeros", name="bias")
        self.bias.assign(bias)

    def call(self, shown: Any, training: bool = False) -> Any:
        """(lists, titles) -> logits of that shape."""
        lists = unit(self.normalize(self.project(shown), training=training))
        logits = self.scale * (lists @ ops.transpose(unit(self.titles))) + self.bias
        return ops.where(shown != 0, NEVER, logits)

    def towers(self) -> Towers:
        """Everything learned, with the batch normalization folded into a gain and a shift."""
        norm = self.normalize
        gain = norm.gamma / ops.sqrt(norm.moving_variance + norm.epsilon)
        shift = norm.beta - norm.moving_mean * gain
        learned = (self.project.kernel, gain, shift, unit(self.titles), self.scale, self.bias)
        return Towers(*(np.array(ops.convert_to_numpy(part), np.float32) for part in learned))


def unit(vectors: Any) -> Any:
    """The same vectors, of length 1."""
    return vectors * ops.rsqrt(ops.sum(ops.square(vectors), axis=1, keepdims=True) + EPSILON)


def listwise_loss(wanted: Any, logits: Any) -> Any:
    """Cross-entropy of the softmax over all titles that are not shown, for each list.

    A list counts by the square root of how many titles it wants: otherwise long ones are all that counts.
    """
    log_shares = logits - ops.logsumexp(logits, axis=1, keepdims=True)
    return -ops.sum(wanted * log_shares, axis=1) / ops.sqrt(ops.maximum(ops.sum(wanted, axis=1), 1.0))


class _Parts(keras.utils.PyDataset):
    """Other parts of the lists in another order in each epoch."""

    def __init__(
        self, lists: Lists, people: NDArray[np.int64], rng: np.random.Generator, config: TwoTowerConfig
    ) -> None:
        super().__init__()
        self._lists, self._people, self._rng, self._sampling = lists, people, rng, config.sampling
        self._batch = min(config.batch, max(1, len(people) // LEAST_STEPS))

    def __len__(self) -> int:
        return len(self._people) // self._batch

    def __getitem__(self, step: int) -> tuple[Any, ...]:
        chosen = self._people[step * self._batch :][: self._batch]
        return tuple(self._lists.sample(chosen, self._rng, self._sampling))

    def on_epoch_end(self) -> None:
        self._people = self._rng.permutation(self._people)


class _Validation(keras.callbacks.Callback):
    """Adds the NDCG@10 of people who are not trained on to what is known of an epoch."""

    def __init__(self, batch: Batch) -> None:
        super().__init__()
        self._batch = batch

    def on_epoch_end(self, _epoch: int, logs: dict[str, float] | None = None) -> None:
        if logs is not None:
            logits = ops.convert_to_numpy(self.model.predict_on_batch(self._batch.shown))
            logs[NDCG] = mean_ndcg(logits, self._batch)
