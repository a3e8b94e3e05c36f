"""All that is asked of every algorithm in one run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics.quality import Answers, Quality, ndcgs
from evaluation.metrics.ranking import Mean
from evaluation.protocols.holdout import Case, Holdout, favorites_of

T = TypeVar("T")

COUNTS = (1, 3, 5, 10, 20)  # favorites sent
ASKED = 1_000  # people, for each of these counts
COUNTED, RATED = "sent", "rated"  # how the labels of the two end
LENGTHS = (0, 25, 50, 100, 200, 1_000_000)  # histories longer than one and up to the next


@dataclass(frozen=True, eq=False)
class Questions:
    """The cases of both protocols, and of `favorites` with fewer and more titles.

    Attributes:
        by_count: number of favorites -> cases, of the same people for each.
    """

    history: tuple[Case, ...]
    favorites: tuple[Case, ...]
    by_count: dict[int, tuple[Case, ...]]

    @classmethod
    def of(cls, holdout: Holdout, seed: int) -> Questions:
        return cls(holdout.history, holdout.favorites, favorites_of(holdout, COUNTS, ASKED, seed))

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

    def known(self, history: Quality, counted: Sequence[Answers]) -> dict[str, Mean]:
        """NDCG@10 by how much is known of a person: by favorites sent, then by length of the history.

        Args:
            history: of the algorithm.
            counted: its answers to each part of `by_count`.
        """
        lengths = np.array([len(case.query.anime_rows) for case in self.history])
        found = {
            f"{count} {COUNTED}": Mean.of(ndcgs(answers, cases))
            for (count, cases), answers in zip(self.by_count.items(), counted, strict=True)
        }
        return found | {
            _range(low, high): Mean.of(_within(history.ndcgs, lengths, low, high))
            for low, high in pairwise(LENGTHS)
        }


def _within(
    values: NDArray[np.float64], lengths: NDArray[np.int64], low: int, high: int
) -> NDArray[np.float64]:
    return values[(lengths > low) & (lengths <= high)]


def _range(low: int, high: int) -> str:
    if high == LENGTHS[-1]:
        return f"> {low} {RATED}"
    return f"{low + 1}–{high} {RATED}" if low else f"≤ {high} {RATED}"
