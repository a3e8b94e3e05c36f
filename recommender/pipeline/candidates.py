"""Titles on their way to a page, and what orders them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recommender.data.query import Query
from recommender.data.ranking import Ranking, first_of_each, top_k


@dataclass(frozen=True, eq=False)
class Candidates:
    """Titles that may be on a page, with the keys that order them; rerankers return new ones.

    Attributes:
        keys: float64 (n_anime,), to sort by: 0..1 for titles with a score, below 0 for all others.
        allowed: bool (n_anime,): the titles that may be on the page; never those of the list.
        groups: int32 (n_anime,) or None: of titles with the same number only the best is shown.
        order: int64 (n,) or None: rows, best first, where a reranker chose them one after the other.
        filtered: condition -> how many titles it took away.
    """

    keys: NDArray[np.float64]
    allowed: NDArray[np.bool_]
    groups: NDArray[np.int32] | None = None
    order: NDArray[np.int64] | None = None
    filtered: Mapping[str, int] = field(default_factory=dict)

    def best(self, k: int) -> NDArray[np.int64]:
        """Rows of the k best allowed titles, one of each group: fewer only where no more are allowed."""
        if self.order is not None:
            return self.order[:k]
        if self.groups is None:
            return top_k(self.keys, self.allowed, k)
        for depth in (10 * k + 100, len(self.keys)):
            rows = top_k(self.keys, self.allowed, depth)
            firsts = first_of_each(self.groups[rows])
            if len(firsts) >= k:
                break
        return rows[firsts[:k]]

    def ranking(self, k: int) -> Ranking:
        """The same with their scores: relevance, so that they need not descend once titles were reranked."""
        rows = self.best(k)
        return Ranking(rows, np.clip(self.keys[rows], 0.0, 1.0).astype(np.float32))


def relative(keys: NDArray[np.float64], query: Query) -> NDArray[np.float64]:
    """float64 (n_anime,): the keys against the best of a title outside the list, allowed or not."""
    unlisted = keys.copy()
    unlisted[query.listed_rows] = 0.0
    best = unlisted.max(initial=0.0)
    return keys / best if best > 0 else np.zeros_like(keys)
