"""Cold start: the odds of titles without enough ratings, by what they are."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recommender.data.arrays import ArrayReader, ArrayWriter
from recommender.data.overlay import Overlay
from recommender.data.ranking import among_best, top_k
from recommender.kernels.network import Network, NetworkConfig, listwise_softmax
from recommender.models.base import Floats, Models, ModelSpec, cached_on_context
from recommender.models.context import ScoringContext
from recommender.models.descriptions import Descriptions
from recommender.models.features import KINDS, Features
from recommender.models.popularity import Popularity
from recommender.models.training_data import TrainingData

# features that need no ratings of a title, of `Features` …
DESCRIBED = (
    *("content", "content_cosine", "genre_affinity", "genre_aversion"),
    *("franchise_liked", "franchise_not_liked", "franchise_years", "later_part", "extra"),
    *("years_later", "years_after_newest", *KINDS, "log_liked", "list_popularity", "trust_in_short"),
)
# … and of this model: item-item's evidence for the titles described most like one, in standard deviations,
# and what MyAnimeList knows of it
BORROWED, LOG_MEMBERS, MEAN_SCORE = "borrowed", "log_members", "mean_score"
NAMES = (*DESCRIBED, BORROWED, LOG_MEMBERS, MEAN_SCORE)
# a linear blend that is good to begin with; candidates are drawn by it
LINEAR_START = {BORROWED: 1.0, LOG_MEMBERS: 0.2}


@dataclass(frozen=True)
class ColdStartConfig:
    """Chosen on titles whose ratings were hidden; see docs/benchmarks."""

    queries: int = 1_500  # training queries that it learns from, evenly spaced, …
    promising: int = 32  # … from so many promising titles of each, …
    others: int = 16  # … and so many of the rest
    network: NetworkConfig = field(default_factory=lambda: NetworkConfig(hidden=32))
    liked: float = 6.0  # evidence for what is liked already, at least, in standard deviations
    candidates: int = 200  # titles that the network scores, the most promising ones
    trust: float = 0.25  # factor of the scores of titles that people passed over: they may be bad; …
    newness: float = 20.0  # … half of it is left where so many people watched a title, and yet few like it
    dated: float = 0.9999  # share of all ratings, after whose titles come those too new to have been rated
    franchise: float = 1.5  # share of a title of the same franchise in the reasons, besides cosines
    seed: int = 9


@dataclass(frozen=True, eq=False)
class ColdStart:
    """A network that orders titles by features which a title has before anybody rated it.

    It is trained on titles that `item-item` knows, as if nobody had rated them.

    Attributes:
        rows: int64, the titles that `item-item` does not know, ascending.
        trust: float32 (len(rows),), 0..1, factors of their scores.
        log_members, mean_scores: float32 (n_anime,); what is unknown is estimated.
    """

    config: ColdStartConfig
    features: Features
    descriptions: Descriptions
    network: Network
    rows: NDArray[np.int64]
    trust: Floats
    log_members: Floats
    mean_scores: Floats

    @classmethod
    def fit(cls, data: TrainingData, models: Models, config: ColdStartConfig) -> ColdStart:
        members = data.catalog.log_members.astype(np.float32)
        scores = data.catalog.typical_scores.astype(np.float32)
        start = np.array([LINEAR_START.get(name, 0.0) for name in NAMES], dtype=np.float32)
        nothing = np.empty((0, 0, len(NAMES)), np.float32), np.empty((0, 0), np.float32)
        untrained = Network.fit(*nothing, listwise_softmax, start, config.network)
        model = cls._of(untrained, members, scores, models, config)
        tables, liked = model._examples(data, models)
        if not len(tables):
            return model
        network = Network.fit(tables, liked, listwise_softmax, start, config.network)
        return cls._of(network, members, scores, models, config)

    @classmethod
    def _of(
        cls, network: Network, members: Floats, scores: Floats, models: Models, config: ColdStartConfig
    ) -> ColdStart:
        features, watchers = models[Features], models[Popularity].watchers
        rows = np.setdiff1d(np.arange(len(members)), features.item_item.titles)
        # rows ascend with the ids of MyAnimeList, and these with time
        ratings = np.cumsum(watchers)
        too_new = rows > np.searchsorted(ratings, config.dated * watchers.sum())
        trust = np.where(too_new, 1, config.trust) * config.newness / (config.newness + watchers[rows])
        own = rows, trust.astype(np.float32), members, scores
        return cls(config, features, models[Descriptions], network, *own)

    def save(self, writer: ArrayWriter) -> None:
        writer.arrays(self.network.arrays())
        writer.array("log_members", self.log_members)
        writer.array("mean_scores", self.mean_scores)

    @classmethod
    def load(cls, reader: ArrayReader, models: Models, config: ColdStartConfig) -> ColdStart:
        members = reader.array("log_members", np.float32, (reader.n_anime,), within=(0, 100))
        scores = reader.array("mean_scores", np.float32, (reader.n_anime,), within=(0, 10))
        return cls._of(Network.load(reader, len(NAMES)), members, scores, models, config)

    def odds(self, context: ScoringContext, anchors: NDArray[np.int64], anchor_odds: Floats) -> Floats:
        """float32 (len(rows),): the log-odds of each of `rows`, by the network for candidates.

        Two models of the same lists give the same titles the same total of odds: what this one gives titles
        with ratings tells what its odds are worth.

        Args:
            anchors: rows of promising titles with ratings.
            anchor_odds: float32 (len(anchors),), by a model that knows their ratings.
        """
        promise = self._promise(context)[self.rows]
        chosen = np.flatnonzero(among_best(promise, np.ones(len(promise), bool), self.config.candidates))
        if not len(chosen):
            return promise
        table = self._table(context, np.concatenate([self.rows[chosen], anchors]))
        odds, of_anchors = np.split(self.network.scores(table), [len(chosen)])
        if len(anchors):
            odds += np.logaddexp.reduce(anchor_odds) - np.logaddexp.reduce(of_anchors)
        all_odds: Floats = promise - promise.max() + odds.min()
        all_odds[chosen] = odds
        return all_odds

    def contributions(self, context: ScoringContext, anime_rows: NDArray[np.int64]) -> Floats:
        """float32 (titles of the list, len(anime_rows)): the share of each liked title in the odds of titles
        of `rows`; it is the larger, the more alike both are described."""
        query, groups = context.query, context.franchises.groups
        terms = self.features.content.terms
        alike = (terms[query.anime_rows] @ terms[anime_rows].T).toarray()
        alike += self.config.franchise * (groups[query.anime_rows][:, None] == groups[anime_rows])
        alike *= query.is_liked[:, None]
        shares: Floats = (alike / (alike.sum(axis=0) + 1)).astype(np.float32)
        return shares

    @cached_on_context
    def _borrowed(self, context: ScoringContext) -> Floats:
        """float32 (n_anime,): BORROWED."""
        evidence, known = np.zeros(context.n_anime, np.float32), self.features.item_item.titles
        (evidence[known],) = self.features.table(context, ("item_item",), known)
        liked = context.query.liked_rows  # a title has no evidence for itself
        evidence[liked] = np.maximum(evidence[liked], np.float32(self.config.liked))
        borrowed: Floats = self.descriptions.nearest @ evidence
        return borrowed

    def _promise(self, context: ScoringContext) -> Floats:
        """float32 (n_anime,): `LINEAR_START`."""
        of_title = np.float32(LINEAR_START[LOG_MEMBERS]) * self.log_members
        promise: Floats = np.float32(LINEAR_START[BORROWED]) * self._borrowed(context) + of_title
        return promise

    def _table(self, context: ScoringContext, rows: NDArray[np.int64]) -> Floats:
        """float32 (len(rows), len(NAMES))."""
        own = (values[rows] for values in (self._borrowed(context), self.log_members, self.mean_scores))
        return np.vstack([self.features.table(context, DESCRIBED, rows), *own]).T

    def _examples(self, data: TrainingData, models: Models) -> tuple[Floats, Floats]:
        """(queries, titles, len(NAMES)), of known titles; (queries, titles), 1 for those liked."""
        config, known = self.config, self.features.item_item.titles
        rng, overlay = np.random.default_rng(config.seed), Overlay.empty(len(data.catalog))
        width = config.promising + config.others
        tables, liked = [], []
        queries = list(data.queries)
        for example in queries[:: max(1, -(-len(queries) // config.queries))]:
            query = example.query
            unseen = query.unseen(len(data.catalog))[known]
            if unseen.sum() < width:
                continue
            context = ScoringContext(query, models, overlay, data.catalog, data.franchises)
            promising = top_k(self._promise(context)[known], unseen, config.promising)
            unseen[promising] = False
            others = rng.choice(np.flatnonzero(unseen), config.others, replace=False)
            rows = known[np.concatenate([promising, others])]
            tables.append(self._table(context, rows))
            liked.append(np.isin(rows, example.anime_rows[example.liked]))
        return np.array(tables, dtype=np.float32), np.array(liked, dtype=np.float32)


SPEC = ModelSpec(
    name="cold-start",
    model=ColdStart,
    config=ColdStartConfig,
    requires=(Features, Descriptions, Popularity),
    derived=True,
)
