"""The files exchanged with the process of a baseline: plain arrays in .npz format.

A baseline may run in an environment of its own, so this needs numpy only and imports no other file.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


class ExchangeError(ValueError):
    """Arrays are missing, or do not fit each other."""


@dataclass(frozen=True, eq=False)
class Task:
    """Data to fit a model on, and queries to rank titles for.

    Attributes:
        n_anime: number of titles; rows are 0..n_anime - 1.
        likes_indptr: int64 (n_users + 1,), user u likes likes_indices[likes_indptr[u]:likes_indptr[u + 1]].
        likes_indices: int32 (n_likes,), anime rows, ascending within a user.
        query_indptr: int64 (n_queries + 1,), query q sends query_rows[query_indptr[q]:query_indptr[q + 1]].
        query_rows: int32 (n_sent,), anime rows, ascending within a query: never in its ranking.
        query_liked: bool (n_sent,), whether the title counts as liked.
        depth: titles in a ranking.
        seed: of everything random.
    """

    n_anime: int
    likes_indptr: NDArray[np.int64]
    likes_indices: NDArray[np.int32]
    query_indptr: NDArray[np.int64]
    query_rows: NDArray[np.int32]
    query_liked: NDArray[np.bool_]
    depth: int
    seed: int

    def __post_init__(self) -> None:
        _entries("likes_indices", self.likes_indices, self.likes_indptr, self.n_anime)
        _entries("query_rows", self.query_rows, self.query_indptr, self.n_anime)
        if self.query_liked.shape != self.query_rows.shape:
            raise ExchangeError(f"query_liked is {self.query_liked.shape}, not {self.query_rows.shape}")

    @property
    def n_users(self) -> int:
        return len(self.likes_indptr) - 1

    @property
    def n_queries(self) -> int:
        return len(self.query_indptr) - 1

    def query(self, number: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """(anime rows that were sent, those of them that are liked)."""
        part = slice(int(self.query_indptr[number]), int(self.query_indptr[number + 1]))
        return self.query_rows[part], self.query_rows[part][self.query_liked[part]]


@dataclass(frozen=True, eq=False)
class Reply:
    """The rankings of a baseline, and their cost.

    Attributes:
        ranked: int32 (n_queries, depth), anime rows, best first; -1 where the model ranks no more.
        fit_seconds: time of fitting.
        milliseconds: time of one query.
        peak_mb: peak resident memory of the process; NaN where the system does not tell.
    """

    ranked: NDArray[np.int32]
    fit_seconds: float
    milliseconds: float
    peak_mb: float

    def __post_init__(self) -> None:
        if self.ranked.ndim != 2 or self.ranked.dtype != np.int32:
            raise ExchangeError(
                f"ranked must be int32 (n, depth), got {self.ranked.dtype} {self.ranked.shape}"
            )


def save(path: Path, content: Task | Reply) -> None:
    """Write every field as an array of the file."""
    values: dict[str, Any] = {
        field.name: np.asarray(getattr(content, field.name)) for field in fields(content)
    }
    with path.open("wb") as file:
        np.savez(file, **values)


def load_task(path: Path) -> Task:
    """The inverse of `save`; raises ExchangeError for a file that holds anything else."""
    return Task(**_load(path, Task))


def load_reply(path: Path) -> Reply:
    """The inverse of `save`; raises ExchangeError for a file that holds anything else."""
    return Reply(**_load(path, Reply))


def _load(path: Path, kind: type[Task | Reply]) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    with np.load(path, allow_pickle=False) as file:
        if set(file.files) != names:
            raise ExchangeError(f"{path.name} holds {sorted(file.files)}, not {sorted(names)}")
        return {name: file[name] if file[name].ndim else file[name].item() for name in names}


def _entries(name: str, rows: NDArray[np.int32], indptr: NDArray[np.int64], n_anime: int) -> None:
    if rows.dtype != np.int32 or rows.shape != (int(indptr[-1]),):
        raise ExchangeError(f"{name} must be int32 ({indptr[-1]},), got {rows.dtype} {rows.shape}")
    if len(rows) and not 0 <= rows.min() <= rows.max() < n_anime:
        raise ExchangeError(f"{name} must be within 0..{n_anime - 1}, got {rows.min()}..{rows.max()}")
