"""The two towers of `neural` in numpy: one makes a vector of a list, the other is a vector a title."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.data.arrays import ArrayReader
from recommender.kernels.list_sampling import SamplingConfig

Floats = NDArray[np.float32]
EPSILON = 1e-6  # added to the square of a length before dividing by it


@dataclass(frozen=True)
class TwoTowerConfig:
    """Parameters of the training."""

    dims: int = 128
    epochs: int = 8  # at most
    stalled_epochs: int = 2  # epochs without a better NDCG@10 of the validation people before it stops
    batch: int = 256  # lists a step
    learning_rate: float = 1e-2  # the highest
    warm_up: float = 0.1  # share of the steps in which the rate rises; then it falls along half a cosine
    validation_share: float = 0.02  # of the people are not trained on …
    validation_people: int = 1_000  # … but at most so many
    sampling: SamplingConfig = field(default_factory=SamplingConfig)
    seed: int = 7


@dataclass(frozen=True, eq=False)
class Towers:
    """logit(list, title) = scale * unit(list . inputs * gain + shift) . title + bias.

    Attributes:
        inputs: float32 (titles, dims), what each title of a list adds to the vector of the list.
        gain, shift: float32 (dims,), the batch normalization of that vector.
        titles: float32 (titles, dims), of length 1.
        scale: float32 (1,).
        bias: float32 (titles,).
    """

    inputs: Floats
    gain: Floats
    shift: Floats
    titles: Floats
    scale: Floats
    bias: Floats

    @classmethod
    def untrained(cls, bias: Floats, dims: int) -> Towers:
        """Of towers that say nothing but how popular a title is."""
        vectors, zeros = np.zeros((len(bias), dims), np.float32), np.zeros(dims, np.float32)
        return cls(vectors, zeros, zeros, vectors, np.zeros(1, np.float32), bias)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything learned, to be saved."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def load(cls, reader: ArrayReader, n_titles: int, dims: int) -> Towers:
        """The inverse of `arrays`."""
        return cls(
            reader.array("inputs", np.float32, (n_titles, dims)),
            reader.array("gain", np.float32, (dims,)),
            reader.array("shift", np.float32, (dims,)),
            reader.array("titles", np.float32, (n_titles, dims), within=(-1.001, 1.001)),
            reader.array("scale", np.float32, (1,)),
            reader.array("bias", np.float32, (n_titles,)),
        )

    def list_vector(self, rows: NDArray[np.int64], evidence: Floats) -> Floats:
        """float32 (dims,), of length 1: the vector of a list of these titles."""
        vector = (evidence @ self.inputs[rows]) * self.gain + self.shift
        return np.asarray(vector / np.sqrt(vector @ vector + EPSILON), dtype=np.float32)

    def logits(self, vector: Floats) -> Floats:
        """float32 (titles,), for the vector of a list."""
        return np.asarray(self.scale * (self.titles @ vector) + self.bias, dtype=np.float32)
