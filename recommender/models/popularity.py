"""`popular`: counts and mean ratings of every title, the same for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from domain.ranges import LIKED_FROM, RATINGS, UNRATED
from recommender.data.arrays import ArrayReader, ArrayWriter
from recommender.models.base import AlgorithmInfo, Models, ModelSpec
from recommender.models.context import ScoringContext
from recommender.models.training_data import TrainingData


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
    def fit(cls, data: TrainingData, _models: Models, config: PopularityConfig) -> Popularity:
        ratings, n_anime = data.ratings, len(data.catalog)
        cells = ratings.indices.astype(np.int64) * (RATINGS[-1] + 1) + ratings.data
        flat = np.bincount(cells, minlength=n_anime * (RATINGS[-1] + 1))
        histograms = flat.reshape(n_anime, -1).astype(np.uint32)
        counts = histograms[:, RATINGS].sum(axis=1)
        sums = histograms[:, RATINGS] @ np.array(RATINGS)
        overall = sums.sum() / counts.sum() if counts.sum() else 0.0
        weight = config.prior_ratings
        means = (sums + weight * overall) / np.maximum(counts + weight, 1e-9)
        members = data.catalog.members
        # members only order titles that nobody here liked: together they weigh less than one like
        order = ratings.likes + members / max(members.sum() + 1.0, 1.0)
        prior = order / max(order.max(initial=0.0), 1e-9)
        return cls(histograms, means.astype(np.float32), prior.astype(np.float32))

    def save(self, writer: ArrayWriter) -> None:
        writer.array("histograms", self.histograms)
        writer.array("mean_ratings", self.mean_ratings)
        writer.array("prior", self.prior)

    @classmethod
    def load(cls, reader: ArrayReader, _models: Models, _config: PopularityConfig) -> Popularity:
        n = reader.n_anime
        return cls(
            reader.array("histograms", np.uint32, (n, RATINGS[-1] + 1)),
            reader.array("mean_ratings", np.float32, (n,), within=(0, RATINGS[-1])),
            reader.array("prior", np.float32, (n,), within=(0, 1)),
        )

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
        sums = self.histograms[:, RATINGS] @ np.array(RATINGS)
        return np.where(self.raters > 0, sums / np.maximum(self.raters, 1), np.nan)

    def scores(self, _context: ScoringContext) -> NDArray[np.float32]:
        """The same for every query. See Scorer."""
        return self.prior


SPEC = ModelSpec(
    name="popular",
    model=Popularity,
    config=PopularityConfig,
    algorithm=AlgorithmInfo(
        label="Most popular",
        description="What most people liked, the same for everybody, without the titles you know.",
    ),
)
