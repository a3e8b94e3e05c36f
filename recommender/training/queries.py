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
from recommender.data.training_data import TrainingConfig, TrainingData, TrainingQuery


@dataclass(frozen=True, eq=False)
class TrainingQueries:
    """The queries of some users, drawn anew, and the same, each time they are gone through."""

    ratings: RatingsMatrix
    users: NDArray[np.int64]
    config: TrainingConfig

    def __iter__(self) -> Iterator[TrainingQuery]:
        return training_queries(self.ratings, self.users, self.config)


def training_data(catalog: Catalog, ratings: RatingsMatrix, config: TrainingConfig) -> TrainingData:
    """Everything that models are fitted on, with training queries drawn from the ratings."""
    users = choose_training_users(ratings, config)
    return TrainingData(catalog, ratings, users, TrainingQueries(ratings, users, config))


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
    for user_row in training_users.tolist():
        narrow_rows, values = ratings.row(user_row)
        rows, user_id = narrow_rows.astype(np.int64), ratings.users.id(user_row)
        liked = np.flatnonzero(values >= LIKED_FROM)
        shuffled = [rng.permutation(len(rows)) for _ in range(config.histories + len(config.rated))]
        lengths = [round(config.shown * len(rows))] * config.histories + list(config.rated)
        shown = [(order[:length], values) for order, length in zip(shuffled, lengths, strict=True)]
        unrated = np.full(len(rows), FAVORITE, np.uint8)
        shown += [(rng.permutation(liked)[:length], unrated) for length in config.favorites]
        for chosen, as_rated in shown:
            chosen = np.sort(chosen)
            rest = np.setdiff1d(np.arange(len(rows)), chosen)
            rest = rest[values[rest] != UNRATED]
            likes = values[rest] >= LIKED_FROM
            if likes.any():
                query = Query(rows[chosen], as_rated[chosen], user_id=user_id)
                yield TrainingQuery(query, rows[rest], likes)
