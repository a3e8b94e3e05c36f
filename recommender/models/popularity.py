"""`popular`: what most people liked, the same for everybody; and the means that go with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from domain.ratings import LIKED_FROM, UNRATED
from recommender.data.catalog import Catalog
from recommender.data.query import Query, Ranking, rank
from recommender.data.ratings_matrix import RatingsMatrix

RATINGS = np.arange(1, 11)  # what can be given


@dataclass(frozen=True)
class PopularityConfig:
    prior_ratings: float = 50.0  # weight of the overall mean in a title's mean, in ratings; >= 0


@dataclass(frozen=True, eq=False)
class Popularity:
    """Counts and Bayesian means of every title.

    Attributes:
        histograms: uint32 (n_anime, 11), how many people gave each rating from 1 to 10; in the column
            UNRATED, how many watched it and gave none.
        mean_ratings: float32 (n_anime,), 1-10, drawn toward the overall mean where ratings are few.
        prior: float32 (n_anime,), 0..1, popularity for ranking: likes, then members.
    """

    histograms: NDArray[np.uint32]
    mean_ratings: NDArray[np.float32]
    prior: NDArray[np.float32]

    @classmethod
    def fit(cls, ratings: RatingsMatrix, catalog: Catalog, config: PopularityConfig) -> Popularity:
        cells = ratings.indices.astype(np.int64) * (RATINGS[-1] + 1) + ratings.data
        flat = np.bincount(cells, minlength=len(catalog) * (RATINGS[-1] + 1))
        histograms = flat.reshape(len(catalog), -1).astype(np.uint32)
        counts = histograms[:, RATINGS].sum(axis=1)
        sums = histograms[:, RATINGS] @ RATINGS
        overall = sums.sum() / counts.sum() if counts.sum() else 0.0
        weight = config.prior_ratings
        means = (sums + weight * overall) / np.maximum(counts + weight, 1e-9)
        members = catalog.members
        # members only order titles that nobody here liked: together they weigh less than one like
        order = ratings.likes + members / max(members.sum() + 1.0, 1.0)
        prior = order / max(order.max(initial=0.0), 1e-9)
        return cls(histograms, means.astype(np.float32), prior.astype(np.float32))

    @cached_property
    def likes(self) -> NDArray[np.int64]:
        """int64 (n_anime,): people who liked it."""
        likes: NDArray[np.int64] = self.histograms[:, LIKED_FROM:].sum(axis=1, dtype=np.int64)
        return likes

    @cached_property
    def raters(self) -> NDArray[np.int64]:
        """int64 (n_anime,): people who gave it a rating."""
        raters: NDArray[np.int64] = self.histograms[:, RATINGS].sum(axis=1, dtype=np.int64)
        return raters

    @cached_property
    def watchers(self) -> NDArray[np.int64]:
        """int64 (n_anime,): people who have it in their list."""
        return self.raters + self.histograms[:, UNRATED]

    @cached_property
    def plain_means(self) -> NDArray[np.float64]:
        """float64 (n_anime,), 1-10: the mean of the ratings given, NaN where there are none."""
        sums = self.histograms[:, RATINGS] @ RATINGS
        return np.where(self.raters > 0, sums / np.maximum(self.raters, 1), np.nan)

    def scores(self, query: Query) -> NDArray[np.float32]:
        """The same for every query. See Recommender."""
        return self.prior

    def recommend(self, query: Query, k: int) -> Ranking:
        """See Recommender."""
        return rank(self.prior, self.prior, query, k)
