"""`ranker`: the probability that this person will like this title, and the rating they would give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.ratings import LIKED_FROM, UNRATED
from recommender.data.query import Query, Ranking, rank
from recommender.data.ratings_matrix import RatingsMatrix
from recommender.kernels.network import Network, NetworkConfig, logistic, probability
from recommender.models.features import TASTE, Features
from recommender.models.hybrid import Hybrid
from recommender.training.learning import Examples


@dataclass(frozen=True)
class RankerConfig:
    """Chosen on validation users of the public data set; see docs/benchmarks."""

    network: NetworkConfig = field(default_factory=lambda: NetworkConfig(epochs=10, batch=512))
    like_power: float = 0.5  # the order is hybrid's score times the probability^this
    person_prior: float = 5.0  # ratings of a person, at which their own means weigh as much as everybody's


class Forecast(NamedTuple):
    """How titles would please a person, should they watch them.

    Attributes:
        like_probabilities: float32 (n,), 0..1, of a rating of 8 or more.
        ratings: float32 (n,), 1-10, expected.
    """

    like_probabilities: NDArray[np.float32]
    ratings: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Ranker:
    """A network on how the person rates, how the title is rated, and what the list says of it.

    Attributes:
        hybrid: finds the titles that are ordered by how likely they please.
        mean_liked, mean_not_liked: 1-10, of all ratings of either kind.
    """

    config: RankerConfig
    features: Features
    hybrid: Hybrid
    network: Network
    mean_liked: float
    mean_not_liked: float

    @classmethod
    def fit(
        cls,
        features: Features,
        hybrid: Hybrid,
        examples: Examples,
        ratings: RatingsMatrix,
        config: RankerConfig,
    ) -> Ranker:
        liked = examples.pair_liked[:, None].astype(np.float32)
        start = np.array([name in {"like_rate", "person_like_rate"} for name in TASTE], dtype=np.float32)
        network = Network.fit(examples.pair_features[:, None, :], liked, logistic, start, config.network)
        return cls(config, features, hybrid, network, *_means(ratings.data))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything learned, to be saved."""
        return {**self.network.arrays(), "means": np.array([self.mean_liked, self.mean_not_liked])}

    @classmethod
    def assemble(
        cls, config: RankerConfig, features: Features, hybrid: Hybrid, arrays: Mapping[str, NDArray[Any]]
    ) -> Ranker:
        """The inverse of `arrays`."""
        mean_liked, mean_not_liked = arrays["means"].tolist()
        return cls(config, features, hybrid, Network.assemble(arrays), mean_liked, mean_not_liked)

    def like_probabilities(self, query: Query) -> NDArray[np.float32]:
        """float32 (n_anime,), 0..1: that the person rates each title 8 or more, should they watch it."""
        return self._probabilities(self.features.table(query, TASTE))

    def forecast(self, query: Query, anime_rows: NDArray[np.int64]) -> Forecast:
        """How these titles would please the person."""
        probabilities = self._probabilities(self.features.table(query, TASTE)[:, anime_rows])
        means = []
        given = query.ratings[query.ratings != UNRATED] if query.tells_ratings else query.ratings[:0]
        for overall, of_kind in (
            (self.mean_liked, given[given >= LIKED_FROM]),
            (self.mean_not_liked, given[given < LIKED_FROM]),
        ):
            prior = self.config.person_prior
            means.append((prior * overall + float(of_kind.sum(dtype=float))) / (prior + len(of_kind)))
        ratings = probabilities * (means[0] - means[1]) + means[1]
        return Forecast(probabilities, ratings.astype(np.float32))

    def _probabilities(self, table: NDArray[np.float32]) -> NDArray[np.float32]:
        """float32 (n,), 0..1, from float32 (len(TASTE), n)."""
        return probability(self.network.scores(table.T))

    def scores(self, query: Query) -> NDArray[np.float32]:
        """Hybrid's score, lowered where the title is unlikely to please. See Recommender."""
        scores: NDArray[np.float32] = (
            self.hybrid.scores(query) * self.like_probabilities(query) ** self.config.like_power
        )
        return scores

    def contributions(self, query: Query, anime_rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """float32 (titles of the list, len(anime_rows)): hybrid's, lowered as the scores are."""
        pleasing = self.like_probabilities(query)[anime_rows] ** self.config.like_power
        parts: NDArray[np.float32] = self.hybrid.contributions(query, anime_rows) * pleasing
        return parts

    def recommend(self, query: Query, k: int) -> Ranking:
        """See Recommender."""
        return rank(self.scores(query), self.hybrid.popularity, query, k)


def _means(ratings: NDArray[np.uint8]) -> tuple[float, float]:
    """Of the ratings that are likes and of the others; the middle of their range where there are none."""
    counts = np.bincount(ratings, minlength=11)[:11]
    values = np.arange(11)
    liked, others = slice(LIKED_FROM, 11), slice(1, LIKED_FROM)
    return (
        float(values[liked] @ counts[liked] / counts[liked].sum()) if counts[liked].any() else 9.0,
        float(values[others] @ counts[others] / counts[others].sum()) if counts[others].any() else 4.0,
    )
