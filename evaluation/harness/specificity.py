"""Specificity of one model: similar titles, pages for themes, for one title, and for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from domain.ranges import FAVORITE
from evaluation.harness.candidates import as_served, similar_titles
from evaluation.harness.harness import Progress, no_progress
from evaluation.metrics.ranking import NAN, Mean, ndcg_at
from evaluation.metrics.specificity import (
    covered_titles,
    debiased_ndcg_at,
    fewest_likes,
    genre_divergence,
    genre_weights,
    mean_jaccard,
    median_likes,
)
from evaluation.protocols.holdout import Case
from evaluation.protocols.similar_titles import (
    RecommendedPair,
    SimilarQuality,
    Votes,
    recommended_ndcg,
    recommended_share,
    similar_quality,
)
from evaluation.protocols.themes import ThemeQuality, Themes, theme_quality
from recommender.artifacts.snapshot import Snapshot
from recommender.data.query import Query
from recommender.models.registry import ALGORITHMS
from recommender.pipeline.options import PageOptions

SHOWN, PAGE = 10, 20  # titles that NDCG looks at, titles on a page

# those that `GET /anime/{id}/similar` can be asked for; the others answer lists of one title all the same
FIND_SIMILAR = tuple(name for name, info in ALGORITHMS.items() if info.similar)


@dataclass(frozen=True, eq=False)
class OneTitleQuality:
    """Quality of the pages for people who like one title.

    Attributes:
        recommended_shares: float64 (n_sources,), see recommended_share.
        recommended_ndcgs: float64 (n_sources,), see recommended_ndcg.
        likes: median likes of all titles shown for the sources.
        ndcgs: float64 (n_cases,), NDCG@10 of held-out people of whom one liked title is known.
    """

    recommended_shares: NDArray[np.float64]
    recommended_ndcgs: NDArray[np.float64]
    likes: Mean
    ndcgs: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PeopleQuality:
    """Quality of the pages for held-out people.

    Attributes:
        ndcgs: float64 (n_cases,), NDCG@10.
        debiased_ndcgs: float64 (n_cases,), see debiased_ndcg_at.
        divergences: float64 (n_cases,), see genre_divergence; against the liked titles sent.
        recommended_shares: float64 (n_cases,), see recommended_share.
        jaccard, coverage, likes, fewest: see mean_jaccard, covered_titles, median_likes, fewest_likes.
    """

    ndcgs: NDArray[np.float64]
    debiased_ndcgs: NDArray[np.float64]
    divergences: NDArray[np.float64]
    recommended_shares: NDArray[np.float64]
    jaccard: Mean
    coverage: Mean
    likes: Mean
    fewest: float


@dataclass(frozen=True, eq=False)
class Specificity:
    """Measures pages of a snapshot as they are served.

    Attributes:
        pairs, themes: None: what needs them is not measured.
        seed: of the draws behind intervals.
    """

    snapshot: Snapshot
    pairs: Sequence[RecommendedPair] | None = None
    themes: Themes | None = None
    seed: int = 20160101
    progress: Progress = no_progress

    @cached_property
    def votes(self) -> Votes | None:
        snapshot = self.snapshot
        return None if self.pairs is None else Votes.of(self.pairs, snapshot.catalog, snapshot.franchises)

    def similar_titles(self, algorithm: str) -> SimilarQuality | None:
        """Of what `GET /anime/{id}/similar` answers; None without pairs."""
        votes = self.votes
        if votes is None:
            return None
        franchises, similar = self.snapshot.franchises, similar_titles(self.snapshot, algorithm)
        with self.progress(f"similar titles, {algorithm}", len(votes.sources)) as step:
            return similar_quality(similar, votes, franchises, self._likes, self.seed, step)

    def theme_lists(self, algorithm: str, options: PageOptions | None = None) -> ThemeQuality | None:
        """Of the pages for the lists of the themes; None without themes."""
        if self.themes is None:
            return None
        catalog, franchises = self.snapshot.catalog, self.snapshot.franchises
        pages = as_served(self.snapshot, algorithm, options)
        with self.progress(f"themes, {algorithm}", len(self.themes.hand_lists)) as step:
            return theme_quality(
                pages, self.themes, catalog, franchises, self._likes, self.votes, self.seed, step
            )

    def one_title(
        self, algorithm: str, cases: Sequence[Case], options: PageOptions | None = None
    ) -> OneTitleQuality:
        """Of the pages for each source of the pairs, and for people of whom one liked title is known."""
        recommend, votes = as_served(self.snapshot, algorithm, options), self.votes
        sources = votes.sources.tolist() if votes else []
        shares, recommended, ndcgs, pages = [], [], [], []
        with self.progress(f"one title, {algorithm}", len(sources) + len(cases)) as step:
            for source in sources:
                page = recommend(Query.of([(source, FAVORITE)]), PAGE)
                sent = np.array([source])
                shares.append(recommended_share(page, sent, votes) if votes else NAN)
                recommended.append(recommended_ndcg(page, sent, votes) if votes else NAN)
                pages.append(page)
                step()
            for case in cases:
                ndcgs.append(ndcg_at(recommend(case.query, SHOWN), case.relevant, SHOWN))
                step()
        return OneTitleQuality(
            np.array(shares, np.float64),
            np.array(recommended, np.float64),
            median_likes(pages, self._likes, self.seed),
            np.array(ndcgs, np.float64),
        )

    def people(
        self, algorithm: str, cases: Sequence[Case], options: PageOptions | None = None
    ) -> PeopleQuality:
        """Of the pages for held-out people."""
        recommend, likes, votes = as_served(self.snapshot, algorithm, options), self._likes, self.votes
        with self.progress(f"people, {algorithm}", len(cases)) as step:
            pages = []
            for case in cases:
                pages.append(recommend(case.query, PAGE))
                step()
        shown = list(zip(pages, cases, strict=True))
        return PeopleQuality(
            np.array([ndcg_at(page, case.relevant, SHOWN) for page, case in shown], np.float64),
            np.array([debiased_ndcg_at(page, case.relevant, likes, SHOWN) for page, case in shown]),
            np.array([genre_divergence(page, case.query.liked_rows, self._genres) for page, case in shown]),
            np.array([recommended_share(p, c.query.anime_rows, votes) if votes else NAN for p, c in shown]),
            mean_jaccard(pages),
            covered_titles(pages, self.seed),
            median_likes(pages, likes, self.seed),
            fewest_likes(pages, likes),
        )

    @property
    def _likes(self) -> NDArray[np.int64]:
        return self.snapshot.ratings.likes

    @cached_property
    def _genres(self) -> csr_array:
        return genre_weights(self.snapshot.catalog)
