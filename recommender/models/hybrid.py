"""`hybrid`: everything the other models know of a title, weighed by a network trained on users."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from recommender.data.arrays import ArrayReader, ArrayWriter
from recommender.data.ranking import among_best, top_k
from recommender.kernels.network import Network, NetworkConfig, listwise_softmax
from recommender.models.base import AlgorithmInfo, Contributor, Models, ModelSpec, added, cached_on_context
from recommender.models.cold_start import ColdStart
from recommender.models.context import ScoringContext
from recommender.models.examples import ExamplesConfig, training_examples
from recommender.models.features import AGAINST, LINEAR_START, NAMES, Features
from recommender.models.popularity import Popularity
from recommender.models.specificity import Specificity
from recommender.models.training_data import TrainingData

# features by the model they come from: item-item, user-user, content; the last are of the title itself
SOURCES = (
    (
        *("item_item", "long_sum", "short_sum", "long_lukewarm", "short_lukewarm", "strongest", "second"),
        *("strongest_short", "support", "lift_total", "lift_mean", "lift_highest", "lift_share"),
    ),
    ("user_user", "neighbor_share"),
    ("content", "content_cosine", "genre_affinity", "genre_aversion"),
    ("log_likes", "like_rate", "log_watchers"),
)
SAMPLE = 500  # titles that a feature's typical value is the median of


@dataclass(frozen=True)
class HybridConfig:
    """Chosen on validation users of the public data set; see docs/benchmarks."""

    examples: ExamplesConfig = field(default_factory=ExamplesConfig)
    network: NetworkConfig = field(default_factory=NetworkConfig)
    networks: int = added(3)  # their scores are averaged
    candidates: int = added(500)  # titles that they score, the most promising ones …
    specific: int = added(300)  # … and those that specificity adds most to; at least 1 in all
    dislike: float = 1.0  # weight of the evidence of bad titles, in standard deviations of item-item
    temperature: float = 2.0  # a title e^this times less likely than the best one has score 1/e
    likeliest: float = added(0.9)  # chance that the likeliest title is given, 0..1
    anchors: int = added(64)  # titles that the odds of titles without enough ratings are compared with

    # of earlier releases, whose models are served without them
    RETIRED: ClassVar = frozenset({"cold_start_titles", "similarity_prior", "newness"})


@dataclass(frozen=True, eq=False)
class Hybrid:
    """A network that orders titles by features of query and title (`features.NAMES`).

    Attributes:
        network: trained on users whose lists the features have not seen.
        specificity: raises titles of what the list is about, which the network does not learn to: most of the
            titles that a person likes next are liked by everybody.
        cold_start: the odds of titles that `item-item` does not know.
        popularity: float32 (n_anime,), 0..1, the answer to an empty list.
    """

    config: HybridConfig
    features: Features
    specificity: Specificity
    network: Network
    cold_start: ColdStart
    popularity: NDArray[np.float32]

    @classmethod
    def fit(cls, data: TrainingData, models: Models, config: HybridConfig) -> Hybrid:
        features, popularity = models[Features], models[Popularity]
        examples = training_examples(data, models, config.examples)
        start = np.array([LINEAR_START.get(name, 0.0) for name in NAMES], dtype=np.float32)
        network = Network.fit_average(
            examples.features, examples.relevant, listwise_softmax, start, config.network, config.networks
        )
        return cls(config, features, models[Specificity], network, models[ColdStart], popularity.prior)

    def save(self, writer: ArrayWriter) -> None:
        writer.arrays(self.network.arrays())

    @classmethod
    def load(cls, reader: ArrayReader, models: Models, config: HybridConfig) -> Hybrid:
        network = Network.load(reader, None)
        if not 0 < len(network.mean) <= len(NAMES):
            raise ValueError(f"hybrid's network reads {len(network.mean)} features, not 1 to {len(NAMES)}")
        prior = models[Popularity].prior
        return cls(config, models[Features], models[Specificity], network, models[ColdStart], prior)

    @cached_on_context
    def scores(self, context: ScoringContext) -> NDArray[np.float32]:
        """The chances that each title is the next the person likes, raised for titles of what the list is
        about. See Scorer."""
        if not len(context.query.anime_rows) or not len(self.features.item_item.titles):
            return self.popularity
        scores: NDArray[np.float32] = self._chances(context) * np.exp(self._raise(context))
        return scores

    @cached_on_context
    def _raise(self, context: ScoringContext) -> NDArray[np.float32]:
        """float32 (n_anime,), 0 or more: logarithm of the factor by which specificity raises each chance.

        It multiplies the odds, so that a title that everything else speaks for is hardly moved.
        """
        logarithms = self.specificity.scores(context)
        raised: NDArray[np.float32] = logarithms - np.log1p(self._chances(context) * np.expm1(logarithms))
        return raised

    @cached_on_context
    def _chances(self, context: ScoringContext) -> NDArray[np.float32]:
        """float32 (n_anime,), 0..likeliest: of each title, as the network sees it, without specificity."""
        cold, odds, of_cold = self.cold_start, *self._odds(context)
        scores, best = np.zeros(len(self.popularity), dtype=np.float32), odds.max()
        for rows, of_rows in ((self.features.item_item.titles, odds), (cold.rows, of_cold)):
            scores[rows] = np.exp(np.clip((of_rows - best) / self.config.temperature, -40.0, 40.0))
        scores[cold.rows] *= cold.trust
        best = scores[context.query.unseen(len(scores))].max(initial=0.0)
        chances: NDArray[np.float32] = np.minimum(scores / max(best, np.float32(1e-30)), 1)
        return chances * np.float32(self.config.likeliest)

    def _odds(self, context: ScoringContext) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """float32 (titles that item-item knows,): by the network for candidates, below them for the rest; and
        float32 (cold_start.rows,), of the others.

        Scoring everything finds the same titles in ten times the time; see docs/benchmarks.
        """
        known, config = self.features.item_item.titles, self.config
        promise, specific = self.features.promise(context), self.specificity.scores(context)[known]
        unlisted = context.query.unseen(context.n_anime)[known]
        chosen = among_best(promise, unlisted, config.candidates)
        chosen |= among_best(specific, unlisted & (specific > 0), config.specific)
        candidates = np.flatnonzero(chosen)
        if not len(candidates):  # a list of everything
            return promise, self.cold_start.odds(context, known[:0], promise[:0])
        table = self.features.table(context, (*self._names, AGAINST), known[candidates])
        odds = self.network.scores(table[:-1].T)
        # what goes with a bad title is always lowered: people are seen to watch on, but that is not liking
        odds += config.dislike * np.minimum(table[-1], 0)
        all_odds: NDArray[np.float32] = promise - promise.max() + odds.min()
        all_odds[candidates] = odds
        anchors = candidates[top_k(promise[candidates], unlisted[candidates], config.anchors)]
        return all_odds, self.cold_start.odds(context, known[anchors], all_odds[anchors])

    @property
    def _names(self) -> tuple[str, ...]:
        """The features that the network reads: fewer where an earlier release trained it."""
        return NAMES[: len(self.network.mean)]

    def contributions(self, context: ScoringContext, anime_rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """See Contributor; the rest of a score is the popularity of the title, and the like.

        A score is divided among the models behind it by the score of the network without each of them and by
        what specificity adds, and each one's share among the titles of the list by its own contributions.
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
            self.specificity,
        )
        for source, share in zip(sources, shares, strict=True):
            of_list = np.maximum(source.contributions(context, anime_rows), 0)
            parts += of_list / np.maximum(of_list.sum(axis=0), 1e-9) * share * scores
        cold = np.flatnonzero(np.isin(anime_rows, self.cold_start.rows))
        parts[:, cold] = self.cold_start.contributions(context, anime_rows[cold]) * scores[cold]
        return parts

    def _shares(self, context: ScoringContext, anime_rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """float32 (len(SOURCES), len(anime_rows)), 0..1: what each model does for a title's odds; specificity
        in the place of what is of the title itself."""
        names, known = self._names, self.features.item_item.titles
        typical = np.median(self.features.table(context, names, known[:: 1 + len(known) // SAMPLE]), axis=1)
        features = self.features.table(context, names, anime_rows).T
        odds = self.network.scores(features)
        gains = []
        for source in SOURCES:
            without = features.copy()
            columns = [names.index(name) for name in source if name in names]
            without[:, columns] = typical[columns]
            gains.append(np.maximum(odds - self.network.scores(without), 0))
        specific = self._raise(context)[anime_rows] * self.config.temperature
        total = np.maximum(np.sum(gains, axis=0) + specific, 1e-9)
        shares: NDArray[np.float32] = (np.array([*gains[:-1], specific]) / total).astype(np.float32)
        return shares


SPEC = ModelSpec(
    name="hybrid",
    model=Hybrid,
    config=HybridConfig,
    requires=(Features, Popularity, Specificity, ColdStart),
    algorithm=AlgorithmInfo(
        label="Best of everything",
        description="All of the others, weighed by what worked for people with lists like yours.",
        similar=True,
    ),
)
