"""Candidates: the algorithms of the registry as functions that rankings, scores and predictions come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics.likes import Predict, by_title, by_user_and_title, title_like_rates
from evaluation.metrics.quality import Recommend, TitleFacts
from recommender.artifacts.snapshot import Snapshot
from recommender.artifacts.store import Published
from recommender.data.anonymity import AnonymityFloor
from recommender.data.overlay import Overlay
from recommender.data.query import Query
from recommender.data.ranking import Ranking
from recommender.models.content_based import ContentBased
from recommender.models.context import ScoringContext
from recommender.models.ranker import Ranker
from recommender.models.registry import DEFAULT_ALGORITHM
from recommender.pipeline.filters import Filters
from recommender.pipeline.options import FranchiseMode, PageOptions, PageRequest
from recommender.pipeline.pipeline import DEFAULT, Page
from serving.live import FixedModel, LiveVersion
from serving.recommendations import RecommendationService, RecommendOptions


def candidates(snapshot: Snapshot, algorithms: Iterable[str]) -> Mapping[str, Recommend]:
    """Each algorithm in its own order, and the default one also as it is served."""
    by_name: dict[str, Recommend] = {}
    for algorithm in algorithms:
        by_name[algorithm] = own_order(snapshot, algorithm)
        if algorithm == DEFAULT_ALGORITHM:
            by_name[f"{algorithm}, as served"] = as_served(snapshot, algorithm)
    return by_name


def own_order(snapshot: Snapshot, algorithm: str) -> Recommend:
    """The order of an algorithm's scores: no filter, no franchise rule."""
    scorer, context_of = snapshot.scorer(algorithm), contexts(snapshot)
    everything, options = Filters(nsfw=True), PageOptions(FranchiseMode.ALLOW)

    def recommend(query: Query, k: int) -> NDArray[np.int64]:
        page = DEFAULT.run(scorer, context_of(query), PageRequest(k, everything, options=options))
        return page.ranking.anime_rows

    return recommend


def ranked_pages(
    snapshot: Snapshot, algorithm: str, floor: AnonymityFloor
) -> Callable[[Query, int], Ranking]:
    """Pages with scores, of everything that the server can be asked to recommend."""
    make_page = served_pages(snapshot, floor)
    options = RecommendOptions(algorithm, None, Filters(nsfw=True), page=PageOptions(FranchiseMode.ALLOW))
    return lambda query, k: make_page(query, replace(options, limit=k)).ranking


def as_served(snapshot: Snapshot, algorithm: str, options: PageOptions | None = None) -> Recommend:
    """Pages as the server makes them: without adult titles, with franchise rules and rerankers."""
    make_page = served_pages(snapshot)

    def recommend(query: Query, k: int) -> NDArray[np.int64]:
        page = make_page(query, RecommendOptions(algorithm, k, page=options or PageOptions()))
        return page.ranking.anime_rows

    return recommend


def served_pages(
    snapshot: Snapshot, floor: AnonymityFloor | None = None
) -> Callable[[Query, RecommendOptions], Page]:
    """Pages of the recommendation service over a model that never changes.

    Args:
        floor: default: that of a server.
    """
    live = _live(snapshot, floor)
    service = RecommendationService(FixedModel(live))
    return lambda query, options: service.recommend(live, query, options).page


def similar_titles(snapshot: Snapshot, algorithm: str) -> Callable[[int, int], NDArray[np.int64]]:
    """(anime row, k) -> rows of k similar titles as the server finds them, without adult titles."""
    service = RecommendationService(FixedModel(_live(snapshot)))

    def similar(anime_row: int, k: int) -> NDArray[np.int64]:
        anime_id = snapshot.catalog.vocabulary.id(anime_row)
        return service.similar_titles(anime_id, algorithm, k, Filters()).page.ranking.anime_rows

    return similar


def contexts(snapshot: Snapshot) -> Callable[[Query], ScoringContext]:
    """A new context for each query, with the floor of a server; all share one empty overlay."""
    nobody_newer, floor = Overlay.empty(len(snapshot.catalog)), AnonymityFloor()
    return lambda query: snapshot.context(query, nobody_newer, floor)


def scores_of(snapshot: Snapshot, algorithm: str) -> Callable[[Query], NDArray[np.float32]]:
    """The scores of an algorithm: query -> float32 (n_anime,)."""
    scorer, context_of = snapshot.scorer(algorithm), contexts(snapshot)
    return lambda query: scorer.scores(context_of(query))


def predictors(snapshot: Snapshot) -> Mapping[str, Predict]:
    """Everything that predicts whether a user will like a title."""
    rates = title_like_rates(snapshot.ratings)
    ranker, context_of = snapshot.models[Ranker], contexts(snapshot)
    return {
        "the title's like rate": by_title(rates),
        "the user's and the title's": by_user_and_title(rates),
        "ranker": lambda query, rows: ranker.like_probabilities(context_of(query))[rows],
    }


def title_facts(snapshot: Snapshot) -> TitleFacts:
    """The facts on titles that metrics need, from the training data."""
    return TitleFacts(
        snapshot.ratings.likes,
        snapshot.ratings.n_users,
        snapshot.catalog.nsfw,
        snapshot.franchises.entries,
        snapshot.franchises.groups,
        snapshot.models[ContentBased].terms,
    )


def _live(snapshot: Snapshot, floor: AnonymityFloor | None = None) -> LiveVersion:
    nobody_newer, published = Overlay.empty(len(snapshot.catalog)), Published("evaluation", None)
    revision = snapshot.origin.revision
    return LiveVersion(published, "", snapshot, nobody_newer, revision, floor or AnonymityFloor())
