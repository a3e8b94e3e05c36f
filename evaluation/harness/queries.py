"""The queries of one run, the same for every algorithm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TypeVar

import numpy as np

from evaluation.metrics.quality import Quality, Rankings, ndcgs
from evaluation.metrics.ranking import Mean
from evaluation.protocols.holdout import Case, Holdout, favorites_by_count

T = TypeVar("T")

COUNTS = (1, 3, 5, 10, 20)  # favorites sent
USERS_PER_COUNT = 1_000
SENT, RATED = "sent", "rated"  # last word of a label: favorites sent, titles rated in the history
LENGTHS = (0, 25, 50, 100, 200, 1_000_000)  # histories longer than one and up to the next


@dataclass(frozen=True, eq=False)
class Queries:
    """The cases of both protocols, and of `favorites` with fewer and more titles.

    Attributes:
        by_count: number of favorites -> cases, of the same users for each.
    """

    history: tuple[Case, ...]
    favorites: tuple[Case, ...]
    by_count: dict[int, tuple[Case, ...]]

    @classmethod
    def of(cls, holdout: Holdout, seed: int) -> Queries:
        by_count = favorites_by_count(holdout, COUNTS, USERS_PER_COUNT, seed)
        return cls(holdout.history, holdout.favorites, by_count)

    @property
    def parts(self) -> tuple[tuple[Case, ...], ...]:
        """The cases of history, of favorites, of each count."""
        return (self.history, self.favorites, *self.by_count.values())

    @property
    def cases(self) -> tuple[Case, ...]:
        """All of them, part after part."""
        return tuple(case for part in self.parts for case in part)

    def split(self, values: Sequence[T]) -> list[Sequence[T]]:
        """One value for each of `cases`, cut into the parts."""
        ends = accumulate(map(len, self.parts), initial=0)
        return [values[low:high] for low, high in pairwise(ends)]

    def ndcg_by_length(self, history: Quality, rankings: Sequence[Rankings]) -> dict[str, Mean]:
        """NDCG@10 by how many titles of a user are known: favorites sent, then length of the history.

        Args:
            history: of the algorithm.
            rankings: its rankings for each part of `by_count`.
        """
        lengths = np.array([len(case.query.anime_rows) for case in self.history])
        by_count = {
            f"{count} {SENT}": Mean.of(ndcgs(ranked, cases))
            for (count, cases), ranked in zip(self.by_count.items(), rankings, strict=True)
        }
        return by_count | {
            _range(low, high): Mean.of(history.ndcgs[(lengths > low) & (lengths <= high)])
            for low, high in pairwise(LENGTHS)
        }


def _range(low: int, high: int) -> str:
    if high == LENGTHS[-1]:
        return f"> {low} {RATED}"
    return f"{low + 1}–{high} {RATED}" if low else f"≤ {high} {RATED}"
