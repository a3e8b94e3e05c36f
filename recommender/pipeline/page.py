"""One page of recommendations, as a person wants it: no later season of something unseen, one title of a
franchise, as varied and as little known as asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommender.data.query import Query, Ranking, Recommender, top_k
from recommender.franchises import Franchises

NICHE_POWER = 0.5  # at niche 1, a score is divided by (fame + UNKNOWN)^this,
UNKNOWN = 0.01  # fame being likes, against those of the most liked title
POOL = 5  # times the page: the titles that diversity chooses from


class FranchiseMode(StrEnum):
    """What may be recommended of a franchise."""

    ALLOW = "allow"  # anything
    EXCLUDE = "exclude"  # nothing of one that is in the list already; else as ENTRY_POINT
    ENTRY_POINT = "entry_point"  # of one that is not in the list, only where to start


@dataclass(frozen=True)
class Wishes:
    """How a page is made."""

    franchise: FranchiseMode = FranchiseMode.ENTRY_POINT
    diversity: float = 0.0  # 0..1, weight of being unlike the titles above
    niche: float = 0.0  # 0..1, how much being well known counts against a title

    @property
    def are_none(self) -> bool:
        return self == Wishes(FranchiseMode.ALLOW)


@dataclass(frozen=True, eq=False)
class PageMaker:
    """Makes pages from any algorithm's scores.

    Attributes:
        popularity: float32 (n_anime,), 0..1, orders titles without a score.
        likes: int64 (n_anime,).
        terms: csr float32 (n_anime, n_terms), rows of length 1: what titles are alike by.
    """

    franchises: Franchises
    popularity: NDArray[np.float32]
    likes: NDArray[np.int64]
    terms: csr_array

    def compose(
        self, algorithm: Recommender, query: Query, k: int, wishes: Wishes
    ) -> tuple[Ranking, NDArray[np.bool_]]:
        """The page, and bool (n_anime,): the titles that the franchise mode takes away.

        Without wishes it is the algorithm's own order. Scores are relevance, so with `diversity` they do not
        descend.
        """
        barred = np.zeros(len(self.popularity), dtype=bool)
        if wishes.are_none:
            return algorithm.recommend(query, k), barred
        keys = self._keys(algorithm.scores(query), query, wishes.niche)
        if wishes.franchise is not FranchiseMode.ALLOW:
            barred = self._barred(query, wishes.franchise)
            keys = self._franchise_keys(keys, barred)
        allowed = query.candidates(len(keys)) & ~barred
        narrowed = replace(query, allowed=allowed)
        page = self._best(keys, narrowed, POOL * k if wishes.diversity else k, wishes.franchise)
        if wishes.diversity:
            page = self._varied(page, keys, k, wishes.diversity)
        return Ranking(page, np.clip(keys[page], 0.0, 1.0).astype(np.float32)), barred

    def _keys(self, scores: NDArray[np.float32], query: Query, niche: float) -> NDArray[np.float64]:
        """float64 (n_anime,) to sort by: 0..1 for titles with a score, below 0, by popularity, for others."""
        keys = scores.astype(np.float64)
        if niche:
            fame = self.likes / max(int(self.likes.max(initial=0)), 1)
            keys *= (fame + UNKNOWN) ** (-NICHE_POWER * niche)
        new = np.ones(len(keys), dtype=bool)
        new[query.anime_rows] = False
        best = keys[new].max(initial=0.0)
        return np.where(scores > 0, keys / best if best > 0 else 0.0, self.popularity - 2.0)

    def _barred(self, query: Query, mode: FranchiseMode) -> NDArray[np.bool_]:
        """bool (n_anime,): later parts of what is not in the list; for EXCLUDE all that is part of it."""
        entries, groups = self.franchises.entries, self.franchises.groups
        seen = np.zeros(len(entries), dtype=bool)
        seen[query.anime_rows] = True
        barred = (entries != np.arange(len(entries))) & ~seen[entries]
        if mode is FranchiseMode.EXCLUDE:
            barred |= np.isin(groups, groups[query.anime_rows])
        not_seen: NDArray[np.bool_] = barred & ~seen
        return not_seen

    def _franchise_keys(self, keys: NDArray[np.float64], barred: NDArray[np.bool_]) -> NDArray[np.float64]:
        """An entry point stands where the best of its line would; recaps and specials come last."""
        replaced = np.flatnonzero(barred)
        keys = keys.copy()
        np.maximum.at(keys, self.franchises.entries[replaced], keys[replaced])
        return np.where(self.franchises.extras, keys - 4.0, keys)

    def _best(
        self, keys: NDArray[np.float64], query: Query, k: int, mode: FranchiseMode
    ) -> NDArray[np.int64]:
        """Rows of the k best allowed titles; but for ALLOW, one of a franchise."""
        candidates = query.candidates(len(keys))
        if mode is FranchiseMode.ALLOW:
            return top_k(keys, candidates, k)
        for depth in (10 * k + 100, len(keys)):
            rows = top_k(keys, candidates, depth)
            _, firsts = np.unique(self.franchises.groups[rows], return_index=True)
            if len(firsts) >= k:
                break
        return rows[np.sort(firsts)[:k]]

    def _varied(
        self, pool: NDArray[np.int64], keys: NDArray[np.float64], k: int, diversity: float
    ) -> NDArray[np.int64]:
        """Maximal marginal relevance (Carbonell & Goldstein 1998, SIGIR)."""
        terms = self.terms[pool]
        alike = (terms @ terms.T).toarray()
        nearest = np.zeros(len(pool))
        left = np.ones(len(pool), dtype=bool)
        chosen = []
        for _ in range(min(k, len(pool))):
            gains = (1.0 - diversity) * keys[pool] - diversity * nearest
            best = int(np.argmax(np.where(left, gains, -np.inf)))
            chosen.append(best)
            left[best] = False
            nearest = np.maximum(nearest, alike[best])
        return pool[np.array(chosen, dtype=np.int64)]
