"""The list of the person who asks for recommendations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from domain.ranges import LIKED_FROM, UNRATED

BEARABLE_FROM = 5  # a rating below this is never taken for a like


@dataclass(frozen=True, eq=False)
class Query:
    """A person's list of titles, submitted or stored: both are the same thing.

    Attributes:
        anime_rows: int64 (n,), the titles of the list, ascending, without repeats.
        ratings: uint8 (n,), 1-10, or UNRATED for watched without a rating.
        user_id: of the person, if stored: they are not their own neighbor.
        unfinished_rows: int64, ascending: those of the titles that are on hold or dropped.
    """

    anime_rows: NDArray[np.int64]
    ratings: NDArray[np.uint8]
    user_id: int | None = None
    unfinished_rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))

    def __post_init__(self) -> None:
        if self.anime_rows.ndim != 1 or self.anime_rows.shape != self.ratings.shape:
            raise ValueError(
                f"anime_rows {self.anime_rows.shape} and ratings {self.ratings.shape} must be one length"
            )
        if np.any(np.diff(self.anime_rows) <= 0):
            raise ValueError("anime_rows must ascend without repeats")

    @classmethod
    def of(
        cls,
        entries: Iterable[tuple[int, int]],
        *,
        user_id: int | None = None,
        unfinished: Iterable[int] = (),
    ) -> Query:
        """From (anime row, rating) pairs in any order; of a repeated title the last one counts.

        Args:
            unfinished: rows of the titles that are on hold or dropped; others than those of the list count
                for nothing.
        """
        ordered = sorted(dict(entries).items())
        table = np.array(ordered, dtype=np.int64).reshape(-1, 2)
        rows = np.intersect1d(table[:, 0], np.array(list(unfinished), dtype=np.int64))
        return cls(table[:, 0], table[:, 1].astype(np.uint8), user_id, rows)

    @cached_property
    def has_distinct_ratings(self) -> bool:
        """True where the list tells better from worse: titles named without ratings all count the same."""
        return len(np.unique(self.ratings)) > 1

    @cached_property
    def is_liked(self) -> NDArray[np.bool_]:
        """bool (n,): which titles of the list are `liked_rows`."""
        liked = self.ratings >= LIKED_FROM
        if not liked.any():
            rated = self.ratings != UNRATED
            better_half = np.median(self.ratings[rated]) if rated.any() else UNRATED
            liked = self.ratings >= max(better_half, BEARABLE_FROM) if rated.any() else ~rated
        return liked

    @cached_property
    def liked_rows(self) -> NDArray[np.int64]:
        """The titles to go by: those rated `LIKED_FROM` or more; for a person who gave no such rating,
        the better half by their own measure, but nothing below `BEARABLE_FROM`; for a list without
        ratings, all of it."""
        return self.anime_rows[self.is_liked]

    def unseen(self, n_anime: int) -> NDArray[np.bool_]:
        """bool (n_anime,): the titles that are not in the list."""
        mask = np.ones(n_anime, dtype=bool)
        mask[self.anime_rows] = False
        return mask
