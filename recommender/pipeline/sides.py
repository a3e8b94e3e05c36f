"""The two sides of a page, by name, as variants of an experiment choose them: recall and rank.

Every algorithm scores every title, so that recall is a preference: what it does not find comes after all that
it does, and a page is never short of titles.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np

from recommender.data.ranking import top_k
from recommender.models.context import ScoringContext
from recommender.models.registry import ALGORITHMS, algorithm_model
from recommender.pipeline.candidates import Candidates
from recommender.pipeline.options import PageRequest
from recommender.pipeline.pipeline import Pipeline
from recommender.pipeline.rerankers import KeepReranker

ALL, MODEL, SHUFFLED = "all", "model", "shuffled"
RECALL_SIDES = (ALL, *ALGORITHMS)  # every title, or the best of one algorithm
RANK_SIDES = (MODEL, SHUFFLED, *ALGORITHMS)  # by the requested algorithm, by chance, or by another one


@dataclass(frozen=True)
class RecallReranker:
    """The best titles of an algorithm come before all others."""

    algorithm: str
    titles: int = 200
    penalty: float = 10.0  # more than any other part takes from a key

    def rerank(self, candidates: Candidates, context: ScoringContext, _request: PageRequest) -> Candidates:
        """See Reranker."""
        scores = context.models[algorithm_model(self.algorithm)].scores(context)
        recalled = np.zeros(len(scores), dtype=bool)
        recalled[top_k(scores, candidates.allowed & (scores > 0), self.titles)] = True
        return replace(candidates, keys=np.where(recalled, candidates.keys, candidates.keys - self.penalty))


@dataclass(frozen=True)
class ShuffleReranker:
    """The best titles in an order of chance, which stays the same for the same seed."""

    seed: str
    titles: int = 100

    def rerank(self, candidates: Candidates, context: ScoringContext, request: PageRequest) -> Candidates:
        """See Reranker."""
        best = candidates.best(max(self.titles, request.limit + len(request.keep_ids)))
        n_shuffled = int(
            (candidates.keys[best[: self.titles]] > 0).sum()
        )  # those without a score are the last
        ids = context.catalog.vocabulary.ids[best[:n_shuffled]].tolist()
        drawn = [blake2b(f"{self.seed} {anime_id}".encode(), digest_size=8).digest() for anime_id in ids]
        order = sorted(range(len(ids)), key=drawn.__getitem__)
        return replace(candidates, order=np.concatenate([best[order], best[n_shuffled:]]))


def with_sides(pipeline: Pipeline, recall: str | None, rank: str | None, seed: str) -> Pipeline:
    """A pipeline with other sides.

    Args:
        recall, rank: of RECALL_SIDES and RANK_SIDES; None: as they are. A rank that is an algorithm is up to
            whoever chooses the scorer.
        seed: of chance.
    """
    first = () if recall in (None, ALL) else (RecallReranker(recall),)
    last = (ShuffleReranker(seed),) if rank == SHUFFLED else ()
    kept = tuple(part for part in pipeline.rerankers if isinstance(part, KeepReranker))
    others = tuple(part for part in pipeline.rerankers if part not in kept)
    return replace(pipeline, rerankers=(*first, *others, *last, *kept))
