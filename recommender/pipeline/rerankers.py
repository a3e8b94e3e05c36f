"""Parts of a pipeline that change the order of candidates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from recommender.models.content_based import ContentBased
from recommender.models.context import ScoringContext
from recommender.models.popularity import Popularity
from recommender.models.specificity import Specificity
from recommender.pipeline.candidates import Candidates, relative
from recommender.pipeline.options import FranchiseMode, PageRequest


class Reranker(Protocol):
    """Changes keys, takes titles away, or chooses an order."""

    def rerank(self, candidates: Candidates, context: ScoringContext, request: PageRequest) -> Candidates:
        """New candidates; the same where the request asks for nothing of this part."""
        ...


@dataclass(frozen=True)
class NicheReranker:
    """Counts popularity against a title, and similarity to the list for it: not obscurity is wanted, but what
    is known to few and close to what the person likes.

    Attributes:
        power: at niche 1, a score is divided by (popularity + floor)^this,
        floor: popularity being likes, against those of the most liked title, …
        closeness: … and multiplied by the similarity, above the least that counts, ^this.
        least: too few have an opinion on titles of a lower popularity, …
        obscurity_penalty: … which come after all others but extras.
    """

    power: float = 0.5
    floor: float = 0.01
    closeness: float = 0.5
    least: float = 0.005
    obscurity_penalty: float = 3.0

    def rerank(self, candidates: Candidates, context: ScoringContext, request: PageRequest) -> Candidates:
        """See Reranker."""
        niche = request.options.niche
        if not niche:
            return candidates
        likes = context.models[Popularity].likes
        popularity = likes / max(int(likes.max(initial=0)), 1)
        obscure = popularity < self.least
        others = candidates.keys - self.obscurity_penalty * obscure
        scored = others > 0
        close = context.models[Specificity].closeness(context)
        keys = np.where(scored, candidates.keys, 0.0) * (popularity + self.floor) ** (-self.power * niche)
        keys *= np.exp(self.closeness * niche * close)
        return replace(candidates, keys=np.where(scored, relative(keys, context.query), others))


@dataclass(frozen=True)
class FranchiseReranker:
    """Of something unseen only where to start, and one title of a franchise."""

    extras_penalty: float = 4.0  # recaps and specials come after everything else

    def rerank(self, candidates: Candidates, context: ScoringContext, request: PageRequest) -> Candidates:
        """See Reranker."""
        mode = request.options.franchise
        if mode is FranchiseMode.ALLOW:
            return candidates
        franchises, excluded = context.franchises, self._excluded(context, mode)
        # an entry point stands where the best of its line would
        keys, replaced = candidates.keys.copy(), np.flatnonzero(excluded)
        np.maximum.at(keys, franchises.entries[replaced], keys[replaced])
        filtered = {"franchise": int(excluded.sum())} if excluded.any() else {}
        return replace(
            candidates,
            keys=np.where(franchises.extras, keys - self.extras_penalty, keys),
            allowed=candidates.allowed & ~excluded,
            groups=franchises.groups,
            filtered={**candidates.filtered, **filtered},
        )

    def _excluded(self, context: ScoringContext, mode: FranchiseMode) -> NDArray[np.bool_]:
        """bool (n_anime,): later parts of what is not in the list; for EXCLUDE all that is part of it."""
        franchises = context.franchises
        unseen = context.query.unseen(context.n_anime)
        excluded = franchises.is_later_part & unseen[franchises.entries]
        if mode is FranchiseMode.EXCLUDE:
            excluded |= np.isin(franchises.groups, franchises.groups[context.query.listed_rows])
        return excluded & unseen


@dataclass(frozen=True)
class DiversityReranker:
    """Maximal marginal relevance (Carbonell & Goldstein 1998, SIGIR) over what describes titles."""

    pool: int = 5  # times the page: the titles that it chooses from

    def rerank(self, candidates: Candidates, context: ScoringContext, request: PageRequest) -> Candidates:
        """See Reranker."""
        diversity = request.options.diversity
        if not diversity:
            return candidates
        pool = candidates.best(self.pool * request.limit)
        terms = context.models[ContentBased].terms[pool]
        alike = (terms @ terms.T).toarray()
        nearest = np.zeros(len(pool))
        left = np.ones(len(pool), dtype=bool)
        chosen = []
        for _ in range(min(request.limit, len(pool))):
            gains = (1.0 - diversity) * candidates.keys[pool] - diversity * nearest
            best = int(np.argmax(np.where(left, gains, -np.inf)))
            chosen.append(best)
            left[best] = False
            nearest = np.maximum(nearest, alike[best])
        return replace(candidates, order=pool[np.array(chosen, dtype=np.int64)])


@dataclass(frozen=True)
class KeepReranker:
    """Leaves what is on the screen where it is: new titles come below."""

    def rerank(self, candidates: Candidates, context: ScoringContext, request: PageRequest) -> Candidates:
        """See Reranker."""
        rows = context.catalog.vocabulary.rows(list(dict.fromkeys(request.keep_ids)))
        kept = rows[rows >= 0]
        kept = kept[candidates.allowed[kept]]
        if not len(kept):
            return candidates
        best = candidates.best(request.limit + len(kept))
        new = best[~np.isin(best, kept)]
        if candidates.groups is not None:
            new = new[~np.isin(candidates.groups[new], candidates.groups[kept])]
        return replace(candidates, order=np.concatenate([kept, new]))
