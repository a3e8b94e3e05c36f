"""Titles in an order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Ranking:
    """Titles, best first.

    Attributes:
        anime_rows: int64 (k,).
        scores: float32 (k,), 0..1, relative to the best title outside the list, allowed or not.
    """

    anime_rows: NDArray[np.int64]
    scores: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.anime_rows)


def top_k(scores: NDArray[np.floating[Any]], candidates: NDArray[np.bool_], k: int) -> NDArray[np.int64]:
    """Rows of the k highest scores among the candidates, best first; equal scores in the order of ids."""
    rows = np.arange(len(scores)) if candidates.all() else np.flatnonzero(candidates)
    values = scores[rows]
    if 0 < k < len(rows):
        threshold = np.partition(values, len(rows) - k)[len(rows) - k]
        keep = values >= threshold
        rows, values = rows[keep], values[keep]
    order = np.argsort(-values, kind="stable")[: max(k, 0)]
    return rows[order].astype(np.int64)


def first_of_each(groups: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """int64, ascending: the places where a group stands for the first time."""
    _, firsts = np.unique(groups, return_index=True)
    return np.sort(firsts)


def among_best(scores: NDArray[np.floating[Any]], candidates: NDArray[np.bool_], k: int) -> NDArray[np.bool_]:
    """bool (len(scores),): the candidates with the k highest scores, and those with an equal one."""
    values = scores[candidates]
    if len(values) <= k:
        return candidates.copy()
    threshold = np.partition(values, len(values) - k)[len(values) - k] if k else np.inf
    return candidates & (scores >= threshold)
