"""The split by users, and its two protocols: a part of a hidden list is sent, the rest is relevant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.ranges import FAVORITE, LIKED_FROM
from recommender.data.query import Query
from recommender.data.ratings_matrix import RatingsMatrix

PROTOCOLS = {  # name -> the part of a list that is sent
    "history": "80 % of a list, with ratings",
    "favorites": "five titles, no ratings",
}


class TooFewUsersError(ValueError):
    """Too few users have lists long enough to be held out."""


@dataclass(frozen=True)
class HoldoutConfig:
    users: int = 3_300  # hidden from every model
    min_ratings: int = 20  # a hidden user has at least this many ratings, …
    min_likes: int = 10  # … and likes at least this many titles
    shown: float = 0.8  # share of the list that `history` sends in
    favorites: int = 5  # liked titles that `favorites` sends in
    seed: int = 20160101


@dataclass(frozen=True, eq=False)
class Case:
    """One query and the titles that should be recommended.

    Attributes:
        query: the titles sent.
        relevant: int64, rows of the liked titles not sent.
        rated_rows, rated: int64 and uint8, the hidden part of the list with its ratings (`history` only).
    """

    query: Query
    relevant: NDArray[np.int64]
    rated_rows: NDArray[np.int64]
    rated: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Holdout:
    """A data set split by users.

    Attributes:
        train: the users who are not hidden, for models to be fitted on.
        history: a random 80 % of each hidden list is sent, with ratings.
        favorites: five random liked titles are sent, without ratings.
    """

    train: RatingsMatrix
    history: tuple[Case, ...]
    favorites: tuple[Case, ...]

    def cases(self, protocol: str) -> tuple[Case, ...]:
        """Under one of `PROTOCOLS`."""
        return {"history": self.history, "favorites": self.favorites}[protocol]


def hold_out(ratings: RatingsMatrix, config: HoldoutConfig) -> Holdout:
    """Hide whole users, chosen and cut by the seed.

    Raises:
        TooFewUsersError: fewer than 10 users qualify.
    """
    rng = np.random.default_rng(config.seed)
    likes = np.diff(ratings.only_liked.indptr)
    eligible = np.flatnonzero((np.diff(ratings.indptr) >= config.min_ratings) & (likes >= config.min_likes))
    if len(eligible) < 10:
        raise TooFewUsersError(
            f"only {len(eligible)} users have {config.min_ratings} ratings and like {config.min_likes} "
            "titles; measure on a data set where at least 10 do"
        )
    hidden = np.sort(rng.choice(eligible, min(config.users, len(eligible) // 2), replace=False))
    history, favorites = [], []
    for user_row in hidden:
        narrow_rows, values = ratings.row(int(user_row))
        rows = narrow_rows.astype(np.int64)
        order = rng.permutation(len(rows))
        cut = round(config.shown * len(rows))
        shown, rest = np.sort(order[:cut]), np.sort(order[cut:])
        relevant = rows[rest][values[rest] >= LIKED_FROM]
        history.append(Case(Query(rows[shown], values[shown]), relevant, rows[rest], values[rest]))
        liked = rows[values >= LIKED_FROM]
        sent = np.sort(rng.choice(liked, config.favorites, replace=False))
        favorites.append(_favorites(liked, sent))
    return Holdout(ratings.without(hidden), tuple(history), tuple(favorites))


def favorites_by_count(
    holdout: Holdout, counts: Sequence[int], users: int, seed: int
) -> dict[int, tuple[Case, ...]]:
    """The cases of `favorites` for each number of titles sent, of the same hidden users.

    A shorter list is the start of a longer one. There are at most `users` of them, who like at least ten
    titles more than the longest list has.
    """
    rng = np.random.default_rng(seed)
    likes = [_likes_of(case) for case in holdout.history]
    eligible = [liked for liked in likes if len(liked) >= max(counts) + 10]
    chosen = rng.permutation(len(eligible))[:users]
    orders = [rng.permutation(eligible[user]) for user in chosen]
    return {count: tuple(_favorites(order, np.sort(order[:count])) for order in orders) for count in counts}


def _likes_of(case: Case) -> NDArray[np.int64]:
    """int64 (n,), ascending: the liked titles of a user's whole list, from their `history`."""
    shown = case.query.anime_rows[case.query.ratings >= LIKED_FROM]
    return np.union1d(shown, case.relevant)


def _favorites(liked: NDArray[np.int64], sent: NDArray[np.int64]) -> Case:
    query = Query(sent, np.full(len(sent), FAVORITE, np.uint8))
    return Case(query, np.setdiff1d(liked, sent), np.empty(0, np.int64), np.empty(0, np.uint8))
