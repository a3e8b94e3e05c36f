"""A list in, a page out: filters, scores, fallback, rerankers, explanations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from recommender.data.ranking import Ranking
from recommender.models.base import Scorer
from recommender.models.context import ScoringContext
from recommender.models.popularity import Popularity
from recommender.pipeline.candidates import Candidates, relative
from recommender.pipeline.explanations import Explainer, Explanation, SharedListExplainer
from recommender.pipeline.options import PageRequest
from recommender.pipeline.rerankers import (
    DiversityReranker,
    FranchiseReranker,
    KeepReranker,
    NicheReranker,
    Reranker,
)
from recommender.pipeline.unfinished import next_parts


class Fallback(Protocol):
    """Orders titles that have no score above 0."""

    def keys(self, context: ScoringContext) -> NDArray[np.float64]:
        """float64 (n_anime,), below 0."""
        ...


@dataclass(frozen=True)
class PopularityFallback:
    """By popularity, after every title with a score."""

    def keys(self, context: ScoringContext) -> NDArray[np.float64]:
        """See Fallback."""
        return context.models[Popularity].prior.astype(np.float64) - 2.0


@dataclass(frozen=True, eq=False)
class Page:
    """One page of recommendations.

    Attributes:
        ranking: the titles, best first.
        filtered: condition -> how many titles it took away.
        explanations: one for each title, where requested.
    """

    ranking: Ranking
    filtered: Mapping[str, int]
    explanations: tuple[Explanation, ...] | None = None


@dataclass(frozen=True)
class Pipeline:
    """The parts that make a page, a value that can be chosen by name."""

    name: str
    fallback: Fallback
    rerankers: tuple[Reranker, ...]
    explainer: Explainer

    def run(self, scorer: Scorer, context: ScoringContext, request: PageRequest) -> Page:
        """Make a page from the scores of any algorithm."""
        candidates = self.candidates(scorer, context, request)
        ranking = candidates.ranking(request.limit)
        return Page(ranking, candidates.filtered, self.explanations(scorer, context, ranking, request))

    def explanations(
        self, scorer: Scorer, context: ScoringContext, ranking: Ranking, request: PageRequest
    ) -> tuple[Explanation, ...] | None:
        """One for each title, where requested."""
        if not request.explain:
            return None
        hidden = np.zeros(context.n_anime, bool) if request.filters.nsfw else context.catalog.nsfw
        return tuple(self.explainer.explain(scorer, context, ranking, hidden))

    def candidates(self, scorer: Scorer, context: ScoringContext, request: PageRequest) -> Candidates:
        """Every title with what orders it."""
        masks = request.masks(context.catalog)
        if len(context.query.unfinished_rows):
            masks["unfinished"] = ~next_parts(context)
        allowed = context.query.unseen(context.n_anime)
        for mask in masks.values():
            allowed &= mask
        scores = scorer.scores(context).astype(np.float64)
        keys = np.where(scores > 0, relative(scores, context.query), self.fallback.keys(context))
        sunk = context.query.sunk_rows
        keys[sunk] = np.minimum(keys[sunk], keys[sunk] * context.query.sunk_factors)
        filtered = {name: int((~mask).sum()) for name, mask in masks.items()}
        candidates = Candidates(keys, allowed, filtered=filtered)
        for reranker in self.rerankers:
            candidates = reranker.rerank(candidates, context, request)
        return candidates


DEFAULT = Pipeline(
    name="default",
    fallback=PopularityFallback(),
    rerankers=(FranchiseReranker(), NicheReranker(), DiversityReranker(), KeepReranker()),
    explainer=SharedListExplainer(),
)
PIPELINES: Mapping[str, Pipeline] = MappingProxyType({pipeline.name: pipeline for pipeline in (DEFAULT,)})
