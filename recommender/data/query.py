"""The list of the person who asks for recommendations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from domain.ranges import LIKED_FROM, UNFINISHED, UNRATED, WatchStatus

ORDINARY = np.empty(0, dtype=np.float32)  # weights: stands for 1 of each title
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
        weights: float32 (n,), above 0: how much each title counts; 1 for one of an ordinary list.
        recent_rows: int64, ascending: those of the titles that are not in the list, and were looked at
            lately: evidence like the others, and yet they may be recommended.
        sunk_rows: int64: titles that were shown often and passed over.
        sunk_factors: float64 (sunk titles,), 0..1, that their scores are multiplied by.
    """

    anime_rows: NDArray[np.int64]
    ratings: NDArray[np.uint8]
    user_id: int | None = None
    unfinished_rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    dropped_rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    weights: NDArray[np.float32] = field(default_factory=lambda: ORDINARY)
    recent_rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    sunk_rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    sunk_factors: NDArray[np.float64] = field(default_factory=lambda: np.empty(0, np.float64))

    def __post_init__(self) -> None:
        if self.anime_rows.ndim != 1 or self.anime_rows.shape != self.ratings.shape:
            raise ValueError(
                f"anime_rows {self.anime_rows.shape} and ratings {self.ratings.shape} must be one length"
            )
        if np.any(np.diff(self.anime_rows) <= 0):
            raise ValueError("anime_rows must ascend without repeats")
        if self.weights is ORDINARY:
            object.__setattr__(self, "weights", np.ones(len(self.anime_rows), dtype=np.float32))
        if self.weights.shape != self.anime_rows.shape:
            raise ValueError(f"{len(self.weights)} weights for {len(self.anime_rows)} titles")

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

    @property
    def leans(self) -> bool:
        """True where recent events say something, of the list or beyond."""
        return bool(len(self.recent_rows) or len(self.sunk_rows) or (self.weights != 1).any())

    @cached_property
    def listed_rows(self) -> NDArray[np.int64]:
        """The titles of the list itself, ascending."""
        return np.setdiff1d(self.anime_rows, self.recent_rows) if len(self.recent_rows) else self.anime_rows

    @cached_property
    def liked_weights(self) -> NDArray[np.float32]:
        """float32 (liked titles,): the weights of `liked_rows`."""
        return self.weights[self.is_liked]

    @cached_property
    def length(self) -> float:
        """The number of titles that the list counts as: as many as it has, for an ordinary list."""
        return float(self.weights.sum())

    @cached_property
    def liked_length(self) -> float:
        """The same of the liked titles."""
        return float(self.liked_weights.sum())

    def only(self, kept: NDArray[np.bool_]) -> Query:
        """The same with some of its titles only: bool (n,)."""
        rows = self.anime_rows[kept]
        return replace(
            self,
            anime_rows=rows,
            ratings=self.ratings[kept],
            weights=self.weights[kept],
            unfinished_rows=np.intersect1d(self.unfinished_rows, rows),
            dropped_rows=np.intersect1d(self.dropped_rows, rows),
            recent_rows=np.intersect1d(self.recent_rows, rows),
        )

    def unseen(self, n_anime: int) -> NDArray[np.bool_]:
        """bool (n_anime,): the titles that are not in the list, those looked at lately among them."""
        mask = np.ones(n_anime, dtype=bool)
        mask[self.anime_rows] = False
        mask[self.recent_rows] = True
        return mask
