"""`popular`: what most people liked, the same for everybody; and the means that go with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.catalog import Catalog
from recommender.query import Query, Ranking, rank
from recommender.ratings import UNRATED, RatingsMatrix


@dataclass(frozen=True)
class PopularityConfig:
    prior_ratings: float = 50.0  # weight of the overall mean in a title's mean, in ratings; >= 0


@dataclass(frozen=True, eq=False)
class Popularity:
    """Counts and Bayesian means of every title.

    Attributes:
        likes: int64 (n_anime,), people who liked it.
        watchers: int64 (n_anime,), people who have it in their list.
        mean_ratings: float32 (n_anime,), 1-10, drawn towards the overall mean where ratings are few.
        prior: float32 (n_anime,), 0..1, popularity for ranking: likes, then members.
    """

    likes: NDArray[np.int64]
    watchers: NDArray[np.int64]
    mean_ratings: NDArray[np.float32]
    prior: NDArray[np.float32]

    @classmethod
    def fit(cls, ratings: RatingsMatrix, catalog: Catalog, config: PopularityConfig) -> Popularity:
        n = len(catalog)
        rated = ratings.data != UNRATED
        counts = np.bincount(ratings.indices[rated], minlength=n)
        sums = np.bincount(ratings.indices[rated], weights=ratings.data[rated], minlength=n)
        overall = sums.sum() / counts.sum() if counts.sum() else 0.0
        weight = config.prior_ratings
        means = (sums + weight * overall) / np.maximum(counts + weight, 1e-9)
        members = catalog.members
        # members only order titles that nobody here liked: together they weigh less than one like
        order = ratings.likes + members / max(members.sum() + 1.0, 1.0)
        return cls(
            ratings.likes,
            np.bincount(ratings.indices, minlength=n),
            means.astype(np.float32),
            (order / max(order.max(initial=0.0), 1e-9)).astype(np.float32),
        )

    def scores(self, query: Query) -> NDArray[np.float32]:
        """The same for every query. See Recommender."""
        return self.prior

    def recommend(self, query: Query, k: int) -> Ranking:
        """See Recommender."""
        return rank(self.prior, self.prior, query, k)
