"""Training data: titles, ratings and training queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.data.cache import Cache
from recommender.data.catalog import Catalog
from recommender.data.config import added
from recommender.data.query import Query
from recommender.data.ratings_matrix import RatingsMatrix
from recommender.franchises import Franchises


@dataclass(frozen=True)
class TrainingConfig:
    """The users whose lists blends are trained on, and the parts of them that are sent in."""

    users: int = 6_000  # held out of the models that would otherwise have seen their whole lists
    share: float = 0.1  # but at most this share of everybody
    min_ratings: int = 20  # such a user has at least this many ratings, …
    min_likes: int = 10  # … and likes at least this many titles
    histories: int = 2  # queries of each user that are a random `shown` of all they rated
    shown: float = 0.8
    favorites: tuple[int, ...] = (1, 3, 5, 5, 10, 20)  # queries of so many liked titles, without ratings
    rated: tuple[int, ...] = (5, 12, 30)  # queries of so many titles, with ratings
    queries: int = added(18_000)  # at most so many in all: of each user as many, chosen at random
    seed: int = 7


class TrainingQuery(NamedTuple):
    """A part of a training user's list, and how they rated the rest.

    Attributes:
        query: the part that is sent in.
        anime_rows: int64 (n,), the other titles the user rated.
        liked: bool (n,), whether they liked each.
    """

    query: Query
    anime_rows: NDArray[np.int64]
    liked: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class TrainingData:
    """Titles, ratings, and the queries that learned blends are trained on.

    Attributes:
        catalog: every title.
        franchises: which of the titles belong together.
        ratings: every user.
        training_users: int64, rows of the users behind `queries`, ascending.
        queries: what models that combine others learn from; can be gone through more than once.
        cache: what several models derive from this data.
    """

    catalog: Catalog
    franchises: Franchises
    ratings: RatingsMatrix
    training_users: NDArray[np.int64]
    queries: Iterable[TrainingQuery]
    cache: Cache = field(default_factory=Cache, init=False, repr=False)

    @cached_property
    def ratings_without_training_users(self) -> RatingsMatrix:
        """For models whose scores a blend learns to weigh: they must not have seen the answers."""
        return self.ratings.without(self.training_users)
