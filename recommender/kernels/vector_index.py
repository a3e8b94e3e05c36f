"""Nearest vectors: the one thin wrapper around hnswlib, and the exact oracle it is tested against."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import hnswlib
import numpy as np
from numpy.typing import NDArray

from recommender.kernels.index_file import check_index_file

Vectors = NDArray[np.float32]
_IS_CHROMA = hasattr(hnswlib.Index, "persist_dirty")  # chroma-hnswlib, which may take the place of hnswlib


@dataclass(frozen=True)
class VectorIndexConfig:
    """Parameters of the graph (Malkov & Yashunin, 2018, arXiv:1603.09320)."""

    m: int = 12  # links of a node on each layer; memory grows with it
    ef_construction: int = 100  # beam width while building
    seed: int = 7


class VectorIndex:
    """Approximate nearest neighbors by cosine, read-only once made.

    hnswlib checks neither dimensions nor NaN, fails on searches for more than it holds, and is not safe
    to change while it is read: all of that is settled here.

    One that was saved is read into memory at the first search: hnswlib cannot map it, so that every process
    would hold a copy, and most lists are short enough to do without.
    """

    def __init__(self, dim: int, count: int, read: Callable[[], Any], descriptor: int | None = None) -> None:
        self.dim, self._count, self._read = dim, count, read
        self.descriptor = descriptor  # of the file that it is read from

    @classmethod
    def build(cls, vectors: Vectors, config: VectorIndexConfig) -> VectorIndex:
        """Index the vectors under their row numbers.

        Args:
            vectors: float32 (n, dim), finite; a zero row is never anybody's near neighbor.
            config: one thread and the seed make the result reproducible.
        """
        _check(vectors, None)
        index = hnswlib.Index(space="cosine", dim=vectors.shape[1])
        index.init_index(
            max(1, len(vectors)),
            M=config.m,
            ef_construction=config.ef_construction,
            random_seed=config.seed,
        )
        if len(vectors):
            index.add_items(vectors, np.arange(len(vectors)), num_threads=1)
        return cls(vectors.shape[1], len(vectors), lambda: index)

    @classmethod
    def load(cls, path: Path, dim: int, count: int) -> VectorIndex:
        """Read an index that `save` wrote. It is checked first: hnswlib trusts its bytes.

        The file stays open, and so may be removed before it is read.

        Raises:
            ValueError: the file is damaged, or holds other vectors than these.
        """
        with path.open("rb") as file:
            try:
                check_index_file(file, dim, count, lengths=_IS_CHROMA)
            except ValueError as error:
                raise ValueError(f"{path.name} {error}") from error
            descriptor = os.dup(file.fileno())

        loaded = cls(dim, count, lambda: read_index(descriptor, dim, count), descriptor)
        weakref.finalize(loaded, os.close, descriptor)
        return loaded

    @cached_property
    def _index(self) -> Any:
        return self._read()

    def save(self, path: Path) -> None:
        """Write to `path`; the caller verifies the size, since hnswlib ignores a full disk."""
        self._index.save_index(str(path))

    def __len__(self) -> int:
        return self._count

    def search(self, vector: Vectors, k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The rows of the (at most) k nearest vectors and their cosine similarities, nearest first.

        Args:
            vector: float32 (dim,), finite.
            k: how many; the beam is as wide.
        """
        _check(vector[None, :], self.dim)
        k = min(k, len(self))
        if k <= 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        while True:
            self._index.set_ef(k)
            try:
                labels, distances = self._index.knn_query(vector, k=k, num_threads=1)
                break
            except RuntimeError:  # a part of the graph that holds fewer than k was not left
                if k == 1:
                    return np.empty(0, np.int64), np.empty(0, np.float32)
                k = max(1, k // 2)
        return labels[0].astype(np.int64), (1.0 - distances[0]).astype(np.float32)


def read_index(descriptor: int, dim: int, count: int) -> Any:
    """The hnswlib index of an open file; raises ValueError where it holds another number of vectors."""
    index = hnswlib.Index(space="cosine", dim=dim)
    index.load_index(f"/dev/fd/{descriptor}", max_elements=max(1, count))
    if index.get_current_count() != count:
        raise ValueError(f"it holds {index.get_current_count()} vectors, expected {count}")
    return index


class ExactIndex:
    """The same answers by looking at every vector."""

    def __init__(self, vectors: Vectors) -> None:
        _check(vectors, None)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        self._unit = vectors / np.maximum(norms, 1e-12)

    def search(self, vector: Vectors, k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """As VectorIndex.search."""
        _check(vector[None, :], self._unit.shape[1])
        similarities = self._unit @ (vector / max(float(np.linalg.norm(vector)), 1e-12))
        rows = np.argsort(-similarities, kind="stable")[:k]
        return rows.astype(np.int64), similarities[rows]


def _check(vectors: Vectors, dim: int | None) -> None:
    if vectors.ndim != 2 or vectors.dtype != np.float32:
        raise ValueError(f"vectors must be float32 (n, dim), got {vectors.dtype} {vectors.shape}")
    if dim is not None and vectors.shape[1] != dim:
        raise ValueError(f"vectors have dimension {vectors.shape[1]}, the index has {dim}")
    if not np.isfinite(vectors).all():
        raise ValueError("vectors must be finite: there is a NaN or an infinity")
