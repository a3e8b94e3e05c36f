"""`ranker`: the probability that a person likes a title, and the rating they would give."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.ranges import LIKED_FROM, UNRATED
from recommender.data.arrays import ArrayReader, ArrayWriter
from recommender.kernels.network import Network, NetworkConfig, logistic, probability
from recommender.models.base import AlgorithmInfo, Models, ModelSpec, added, cached_on_context
from recommender.models.context import ScoringContext
from recommender.models.examples import ExamplesConfig, training_examples
from recommender.models.features import LIKE_FEATURES, NAMES, Features
from recommender.models.hybrid import Hybrid
from recommender.models.training_data import TrainingData


@dataclass(frozen=True)
class RankerConfig:
    """Chosen on validation users of the public data set; see docs/benchmarks."""

    examples: ExamplesConfig = field(default_factory=ExamplesConfig)
    network: NetworkConfig = field(default_factory=lambda: NetworkConfig(epochs=10, batch=512))
    networks: int = added(3)  # their scores are averaged
    like_power: float = 0.5  # the order is hybrid's score times the probability^this
    person_prior: float = 5.0  # ratings at which a person's means weigh as much as everybody's; > 0

    def __post_init__(self) -> None:
        if not self.person_prior > 0:
            raise ValueError(f"person_prior must be above 0, not {self.person_prior}")


class Forecast(NamedTuple):
    """The expected opinion of a person on titles, should they watch them.

    Attributes:
        like_probabilities: float32 (n,), 0..1, of a rating of 8 or more.
        ratings: float32 (n,), 1-10, expected.
    """

    like_probabilities: NDArray[np.float32]
    ratings: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Ranker:
    """A network on the person's habits, the title's ratings, and the evidence of the list.

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
    def fit(cls, data: TrainingData, models: Models, config: RankerConfig) -> Ranker:
        examples = training_examples(data, models, config.examples)
        liked = examples.pair_liked[:, None].astype(np.float32)
        start = np.array([name in {"like_rate", "person_like_rate"} for name in NAMES], dtype=np.float32)
        network = Network.fit_average(
            examples.pair_features[:, None, :], liked, logistic, start, config.network, config.networks
        )
        return cls(config, models[Features], models[Hybrid], network, *_means(data.ratings.data))

    def save(self, writer: ArrayWriter) -> None:
        writer.arrays(self.network.arrays())
        writer.array("means", np.array([self.mean_liked, self.mean_not_liked]))

    @classmethod
    def load(cls, reader: ArrayReader, models: Models, config: RankerConfig) -> Ranker:
        mean_liked, mean_not_liked = reader.array("means", np.float64, (2,), within=(1, 10)).tolist()
        network = Network.load(reader, None)
        if not len(LIKE_FEATURES) <= len(network.mean) <= len(NAMES):
            span = f"{len(LIKE_FEATURES)} to {len(NAMES)}"
            raise ValueError(f"ranker's network reads {len(network.mean)} features, not {span}")
        return cls(config, models[Features], models[Hybrid], network, mean_liked, mean_not_liked)

    def scores(self, context: ScoringContext) -> NDArray[np.float32]:
        """Hybrid's score, lowered where the title is unlikely to please. See Scorer."""
        scores: NDArray[np.float32] = (
            self.hybrid.scores(context) * self.like_probabilities(context) ** self.config.like_power
        )
        return scores

    def contributions(self, context: ScoringContext, anime_rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Hybrid's, lowered as the scores are. See Contributor."""
        pleasing = self.like_probabilities(context)[anime_rows] ** self.config.like_power
        parts: NDArray[np.float32] = self.hybrid.contributions(context, anime_rows) * pleasing
        return parts

    @cached_on_context
    def like_probabilities(self, context: ScoringContext) -> NDArray[np.float32]:
        """float32 (n_anime,), 0..1: that the person rates each title 8 or more, should they watch it."""
        return self._probabilities(self.features.table(context, self._names))

    def forecast(self, context: ScoringContext, anime_rows: NDArray[np.int64]) -> Forecast:
        """The expected opinion of the person on these titles."""
        query = context.query
        probabilities = self._probabilities(self.features.table(context, self._names, anime_rows))
        means = []
        rated = query.ratings[query.ratings != UNRATED] if query.has_distinct_ratings else query.ratings[:0]
        for overall, of_kind in (
            (self.mean_liked, rated[rated >= LIKED_FROM]),
            (self.mean_not_liked, rated[rated < LIKED_FROM]),
        ):
            prior = self.config.person_prior
            means.append((prior * overall + float(of_kind.sum(dtype=float))) / (prior + len(of_kind)))
        ratings = probabilities * (means[0] - means[1]) + means[1]
        return Forecast(probabilities, ratings.astype(np.float32))

    @property
    def _names(self) -> tuple[str, ...]:
        """The features that the network reads: fewer where an earlier release trained it."""
        read = len(self.network.mean)
        return LIKE_FEATURES if read == len(LIKE_FEATURES) else NAMES[:read]

    def _probabilities(self, table: NDArray[np.float32]) -> NDArray[np.float32]:
        """float32 (n,), 0..1, from float32 (features, n)."""
        return probability(self.network.scores(table.T))


def _means(ratings: NDArray[np.uint8]) -> tuple[float, float]:
    """Of the ratings that are likes and of the others; the middle of their range where there are none."""
    counts = np.bincount(ratings, minlength=11)[:11]
    values = np.arange(11)
    liked, others = slice(LIKED_FROM, 11), slice(1, LIKED_FROM)
    return (
        float(values[liked] @ counts[liked] / counts[liked].sum()) if counts[liked].any() else 9.0,
        float(values[others] @ counts[others] / counts[others].sum()) if counts[others].any() else 4.0,
    )


SPEC = ModelSpec(
    name="ranker",
    model=Ranker,
    config=RankerConfig,
    requires=(Features, Hybrid),
    algorithm=AlgorithmInfo(
        label="Likely favorites",
        description="The best of everything, with the titles you are likely to rate highest first.",
    ),
)
