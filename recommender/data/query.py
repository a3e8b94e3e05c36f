"""The list of the person who asks for recommendations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from domain.ranges import LIKED_FROM, UNFINISHED, UNRATED, WatchStatus

BEARABLE_FROM = 5  # a rating below this is never taken for a like
NO_STATUSES: Mapping[int, WatchStatus] = {}


@dataclass(frozen=True, eq=False)
class Query:
    """A person's list of titles, submitted or stored: both are the same thing.

    Attributes:
        anime_rows: int64 (n,), the titles of the list, ascending, without repeats.
        ratings: uint8 (n,), 1-10, or UNRATED for watched without a rating.
        user_id: of the person, if stored: they are not their own neighbor.
        unfinished_rows: int64, ascending: those of the titles that are on hold or dropped.
        dropped_rows: int64, ascending: those that are dropped.
    """

    anime_rows: NDArray[np.int64]
    ratings: NDArray[np.uint8]
    user_id: int | None = None
    unfinished_rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    dropped_rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))

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
        statuses: Mapping[int, WatchStatus] = NO_STATUSES,
    ) -> Query:
        """From (anime row, rating) pairs in any order; of a repeated title the last one counts.

        Args:
            statuses: row -> status; of others than the titles of the list it counts for nothing.
        """
        ordered = sorted(dict(entries).items())
        table = np.array(ordered, dtype=np.int64).reshape(-1, 2)
        unfinished, dropped = (
            np.array([row for row in table[:, 0].tolist() if statuses.get(row) in wanted], np.int64)
            for wanted in (UNFINISHED, {WatchStatus.DROPPED})
        )
        return cls(table[:, 0], table[:, 1].astype(np.uint8), user_id, unfinished, dropped)

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
            liked = self.ratings >= max(better_half, BEARABLE_FROM) if rated.any() else ~self.is_abandoned
        return liked

    @cached_property
    def is_abandoned(self) -> NDArray[np.bool_]:
        """bool (n,): which titles of the list were dropped and not rated."""
        abandoned: NDArray[np.bool_] = np.isin(self.anime_rows, self.dropped_rows) & (self.ratings == UNRATED)
        return abandoned

    @cached_property
    def is_not_liked(self) -> NDArray[np.bool_]:
        """bool (n,): which titles of the list were rated or dropped, and not liked."""
        not_liked: NDArray[np.bool_] = ~self.is_liked & ((self.ratings != UNRATED) | self.is_abandoned)
        return not_liked

    @cached_property
    def liked_rows(self) -> NDArray[np.int64]:
        """The titles to go by: those rated `LIKED_FROM` or more; for a person who gave no such rating,
        the better half by their own measure, but nothing below `BEARABLE_FROM`; for a list without
        ratings, all of it but what was dropped."""
        return self.anime_rows[self.is_liked]

    def unseen(self, n_anime: int) -> NDArray[np.bool_]:
        """bool (n_anime,): the titles that are not in the list."""
        mask = np.ones(n_anime, dtype=bool)
        mask[self.anime_rows] = False
        return mask
