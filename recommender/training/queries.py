"""Training queries: parts of real lists, of every kind and length."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.ranges import FAVORITE, LIKED_FROM, UNRATED
from recommender.data.catalog import Catalog
from recommender.data.query import Query
from recommender.data.ratings_matrix import RatingsMatrix
from recommender.franchises import Franchises
from recommender.models.training_data import TrainingConfig, TrainingData, TrainingQuery


@dataclass(frozen=True, eq=False)
class TrainingQueries:
    """The queries of some users, drawn anew, and the same, each time they are gone through."""

    ratings: RatingsMatrix
    users: NDArray[np.int64]
    config: TrainingConfig

    def __iter__(self) -> Iterator[TrainingQuery]:
        return training_queries(self.ratings, self.users, self.config)


def training_data(
    catalog: Catalog, franchises: Franchises, ratings: RatingsMatrix, config: TrainingConfig
) -> TrainingData:
    """Everything that models are fitted on, with training queries drawn from the ratings."""
    users = choose_training_users(ratings, config)
    return TrainingData(catalog, franchises, ratings, users, TrainingQueries(ratings, users, config))


def choose_training_users(ratings: RatingsMatrix, config: TrainingConfig) -> NDArray[np.int64]:
    """int64, user rows, ascending; none where too few users qualify."""
    enough = np.diff(ratings.indptr) >= config.min_ratings
    enough &= np.diff(ratings.only_liked.indptr) >= config.min_likes
    eligible = np.flatnonzero(enough)
    count = min(config.users, int(config.share * ratings.n_users), len(eligible))
    return np.sort(np.random.default_rng(config.seed).choice(eligible, count, replace=False))


def training_queries(
    ratings: RatingsMatrix, training_users: NDArray[np.int64], config: TrainingConfig
) -> Iterator[TrainingQuery]:
    """The queries of every training user, one user after the other."""
    rng = np.random.default_rng(config.seed + 1)
    # (titles sent in, whether with their ratings); None: a share of the list
    kinds: list[tuple[int | None, bool]] = [(None, True)] * config.histories
    kinds += [(length, True) for length in config.rated] + [(length, False) for length in config.favorites]
    of_each = min(len(kinds), -(-config.queries // max(len(training_users), 1)))
    for user_row in training_users.tolist():
        narrow_rows, values = ratings.row(user_row)
        rows, user_id = narrow_rows.astype(np.int64), ratings.users.id(user_row)
        liked, unrated = np.flatnonzero(values >= LIKED_FROM), np.full(len(rows), FAVORITE, np.uint8)
        for kind in np.sort(rng.choice(len(kinds), of_each, replace=False)).tolist():
            length, is_rated = kinds[kind]
            shuffled = rng.permutation(len(rows)) if is_rated else rng.permutation(liked)
            chosen = np.sort(shuffled[: round(config.shown * len(rows)) if length is None else length])
            rest = np.setdiff1d(np.arange(len(rows)), chosen)
            rest = rest[values[rest] != UNRATED]
            likes = values[rest] >= LIKED_FROM
            if likes.any():
                query = Query(rows[chosen], (values if is_rated else unrated)[chosen], user_id=user_id)
                yield TrainingQuery(query, rows[rest], likes)
