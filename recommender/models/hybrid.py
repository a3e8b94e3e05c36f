"""`hybrid`: everything the other models know of a title, weighed by a network trained on users."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommender.data.arrays import ArrayReader, ArrayWriter
from recommender.data.training_data import TrainingData
from recommender.kernels.network import Network, NetworkConfig, listwise_softmax
from recommender.models.base import AlgorithmInfo, Contributor, Models, ModelSpec, cached_on_context
from recommender.models.content_based import ContentBased
from recommender.models.context import ScoringContext
from recommender.models.examples import ExamplesConfig, training_examples
from recommender.models.features import AGAINST, LINEAR_START, NAMES, Features
from recommender.models.popularity import Popularity

# features by the model they come from: item-item, user-user, content; the last are of the title itself
SOURCES = (
    ("item_item", "long_sum", "short_sum", "long_lukewarm", "short_lukewarm", "strongest"),
    ("user_user", "neighbor_share"),
    ("content", "content_cosine"),
    ("log_likes", "like_rate", "log_watchers"),
)


@dataclass(frozen=True)
class HybridConfig:
    """Chosen on validation users of the public data set; see docs/benchmarks."""

    examples: ExamplesConfig = field(default_factory=ExamplesConfig)
    network: NetworkConfig = field(default_factory=NetworkConfig)
    dislike: float = 1.0  # weight of the evidence of bad titles, in standard deviations of item-item
    temperature: float = 2.0  # a title e^this times less likely than the best one has score 1/e
    cold_start_titles: int = 10  # that a title without enough ratings takes its score from
    similarity_prior: float = 1.0  # weight of no opinion among them
    newness: float = 20.0  # users who watched a title, at which half of such a score is left


@dataclass(frozen=True, eq=False)
class Hybrid:
    """A network that orders titles by features of query and title (`features.NAMES`).

    Attributes:
        network: trained on users whose lists the features have not seen.
        cold_start: csr float32 (n_anime, n_anime): the score of a title that `item-item` does not know is
            a weighted mean of the known ones described most like it (after Gantner et al. 2010, ICDM).
        popularity: float32 (n_anime,), 0..1, the answer to an empty list.
    """

    config: HybridConfig
    features: Features
    network: Network
    cold_start: csr_array
    popularity: NDArray[np.float32]

    @classmethod
    def fit(cls, data: TrainingData, models: Models, config: HybridConfig) -> Hybrid:
        features, popularity = models[Features], models[Popularity]
        examples = training_examples(data, models, config.examples)
        start = np.array([LINEAR_START.get(name, 0.0) for name in NAMES], dtype=np.float32)
        network = Network.fit(examples.features, examples.relevant, listwise_softmax, start, config.network)
        cold_start = _cold_start(features.content, features.item_item.titles, popularity.watchers, config)
        return cls(config, features, network, cold_start, popularity.prior)

    def save(self, writer: ArrayWriter) -> None:
        writer.arrays(self.network.arrays())
        writer.csr("cold_start", self.cold_start)

    @classmethod
    def load(cls, reader: ArrayReader, models: Models, config: HybridConfig) -> Hybrid:
        network = Network.load(reader, len(NAMES))
        cold_start = reader.csr("cold_start", (reader.n_anime, reader.n_anime), within=(0, 1))
        return cls(config, models[Features], network, cold_start, models[Popularity].prior)

    @cached_on_context
    def scores(self, context: ScoringContext) -> NDArray[np.float32]:
        """The likelihood that each title is the next the person likes, against the likeliest. See Scorer."""
        known = self.features.item_item.titles
        if not len(context.query.anime_rows) or not len(known):
            return self.popularity
        table = self._of_known(context)
        odds = self.network.scores(table[:-1].T)
        # what goes with a bad title is always lowered: people are seen to watch on, but that is not liking
        odds += self.config.dislike * np.minimum(table[-1], 0)
        scores = np.zeros(len(self.popularity), dtype=np.float32)
        scores[known] = np.exp(np.maximum((odds - odds.max()) / self.config.temperature, -40.0))
        scores += self.cold_start @ scores
        return scores

    @cached_on_context
    def _of_known(self, context: ScoringContext) -> NDArray[np.float32]:
        """float32 (len(NAMES) + 1, titles): features of the titles that item-item knows, AGAINST last."""
        return self.features.table(context, (*NAMES, AGAINST), self.features.item_item.titles)

    def contributions(self, context: ScoringContext, anime_rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """See Contributor; the rest of a score is the popularity of the title, and the like.

        A score is divided among the models behind it by the score of the network without each of them, and
        each one's share among the titles of the list by its own contributions.
        """
        parts = np.zeros((len(context.query.anime_rows), len(anime_rows)), dtype=np.float32)
        known = self.features.item_item.titles
        if not len(context.query.anime_rows) or not len(known):
            return parts
        scores = self.scores(context)[anime_rows]
        shares = self._shares(context, anime_rows)
        sources: tuple[Contributor, ...] = (
            self.features.item_item,
            self.features.user_user,
            self.features.content,
        )
        for source, share in zip(sources, shares, strict=True):
            of_list = np.maximum(source.contributions(context, anime_rows), 0)
            parts += of_list / np.maximum(of_list.sum(axis=0), 1e-9) * share * scores
        return parts

    def _shares(self, context: ScoringContext, anime_rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """float32 (len(SOURCES) - 1, len(anime_rows)), 0..1: what each model does for a title's odds."""
        typical = np.median(self._of_known(context)[:-1], axis=1)
        features = self.features.table(context, NAMES, anime_rows).T
        odds = self.network.scores(features)
        gains = []
        for names in SOURCES:
            without = features.copy()
            columns = [NAMES.index(name) for name in names]
            without[:, columns] = typical[columns]
            gains.append(np.maximum(odds - self.network.scores(without), 0))
        total = np.maximum(np.sum(gains, axis=0), 1e-9)
        shares: NDArray[np.float32] = (np.array(gains[:-1]) / total).astype(np.float32)
        return shares


def _cold_start(
    content: ContentBased, known: NDArray[np.int64], watchers: NDArray[np.int64], config: HybridConfig
) -> csr_array:
    n_anime = content.terms.shape[0]
    unknown = np.setdiff1d(np.arange(n_anime), known)
    k = min(config.cold_start_titles, len(known))
    described = content.terms[known].T.tocsc()
    weights, titles = np.zeros((len(unknown), k), np.float32), np.zeros((len(unknown), k), np.int32)
    for low in range(0, len(unknown) if k else 0, 500):
        cosines = (content.terms[unknown[low : low + 500]] @ described).toarray()
        nearest = np.sort(np.argpartition(-cosines, k - 1, axis=1)[:, :k], axis=1)
        squares = np.take_along_axis(cosines, nearest, axis=1) ** 2
        weights[low : low + 500] = squares / (squares.sum(axis=1, keepdims=True) + config.similarity_prior)
        titles[low : low + 500] = known[nearest]
    weights *= (config.newness / (config.newness + watchers[unknown]))[:, None].astype(np.float32)
    lengths = np.zeros(n_anime + 1, dtype=np.int64)
    lengths[unknown + 1] = k
    return csr_array((weights.ravel(), titles.ravel(), np.cumsum(lengths)), shape=(n_anime, n_anime))


SPEC = ModelSpec(
    name="hybrid",
    model=Hybrid,
    config=HybridConfig,
    requires=(Features, Popularity),
    algorithm=AlgorithmInfo(
        label="Best of everything",
        description="All of the others, weighed by what worked for people with lists like yours.",
        similar=True,
    ),
)
