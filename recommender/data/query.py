"""What is asked of a recommender, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import Any, Protocol, TypeVar, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from domain.ratings import LIKED_FROM, UNRATED

Model = TypeVar("Model")
Said = TypeVar("Said")

BEARABLE_FROM = 5  # a rating below this is never taken for a like


@dataclass(frozen=True, eq=False)
class Query:
    """All that is known of a person: a stranger's list and a stored user's are the same thing.

    Attributes:
        anime_rows: int64 (n,), the titles of the list, ascending, without repeats.
        ratings: uint8 (n,), 1-10, or UNRATED for watched without a rating.
        allowed: bool (n_anime,) or None: the titles that may be recommended. The list's own never are.
        user_id: who asks, if stored: not their own neighbor.
        remembered: see `remembered`. A query is for one answer: a copy (dataclasses.replace) starts empty.
    """

    anime_rows: NDArray[np.int64]
    ratings: NDArray[np.uint8]
    allowed: NDArray[np.bool_] | None = None
    user_id: int | None = None
    remembered: dict[object, Any] = field(default_factory=dict, init=False, repr=False)

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
        allowed: NDArray[np.bool_] | None = None,
        user_id: int | None = None,
    ) -> Query:
        """From (anime row, rating) pairs in any order; of a repeated title the last one counts."""
        ordered = sorted(dict(entries).items())
        table = np.array(ordered, dtype=np.int64).reshape(-1, 2)
        return cls(table[:, 0], table[:, 1].astype(np.uint8), allowed, user_id)

    @cached_property
    def tells_ratings(self) -> bool:
        """Whether the list tells better from worse: titles named without ratings all count the same."""
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

    def candidates(self, n_anime: int) -> NDArray[np.bool_]:
        """bool (n_anime,): the titles that may be in the answer."""
        mask = np.ones(n_anime, dtype=bool) if self.allowed is None else self.allowed.copy()
        mask[self.anime_rows] = False
        return mask


def remembered(method: Callable[[Model, Query], Said]) -> Callable[[Model, Query], Said]:
    """Works out once what an immutable model says of a query: scores, forecast and reasons build on it."""

    @wraps(method)
    def ask(model: Model, query: Query) -> Said:
        key = (model, method)
        if key not in query.remembered:
            query.remembered[key] = method(model, query)
        said: Said = query.remembered[key]
        return said

    return ask


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


class Recommender(Protocol):
    """Scores every title for a query; ranks those that may be recommended."""

    def scores(self, query: Query) -> NDArray[np.float32]:
        """float32 (n_anime,): the higher the better; 0 where the algorithm knows nothing in favor."""
        ...

    def recommend(self, query: Query, k: int) -> Ranking:
        """The k best allowed titles that are not in the list: fewer only where no more are allowed."""
        ...


@runtime_checkable
class Contributor(Protocol):
    """A recommender that can tell what each title of the list does for a score."""

    def contributions(self, query: Query, anime_rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """float32 (titles of the list, len(anime_rows)): parts of these titles' scores."""
        ...


def top_k(scores: NDArray[np.floating[Any]], candidates: NDArray[np.bool_], k: int) -> NDArray[np.int64]:
    """Rows of the k highest scores among the candidates, best first; equal scores in the order of ids."""
    rows = np.flatnonzero(candidates)
    values = scores[rows]
    if 0 < k < len(rows):
        threshold = np.partition(values, len(rows) - k)[len(rows) - k]
        keep = values >= threshold
        rows, values = rows[keep], values[keep]
    order = np.argsort(-values, kind="stable")[: max(k, 0)]
    return rows[order].astype(np.int64)


def rank(scores: NDArray[np.float32], fallback: NDArray[np.float32], query: Query, k: int) -> Ranking:
    """Rank by `scores`; titles without a score follow, by `fallback` (0..1), with next to no score."""
    candidates = query.candidates(len(scores))
    new = np.ones(len(scores), dtype=bool)
    new[query.anime_rows] = False
    best = float(scores[new].max(initial=0.0))
    relative = (scores / best if best > 0 else np.zeros_like(scores)).astype(np.float32)
    rows = top_k(relative, candidates & (relative > 0), k)
    candidates[rows] = False
    rest = top_k(fallback, candidates & (relative <= 0), k - len(rows))
    return Ranking(
        np.concatenate([rows, rest]),
        np.concatenate([relative[rows], np.zeros(len(rest), np.float32)]),
    )
