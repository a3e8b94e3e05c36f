"""Small worlds whose right answers can be worked out by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from domain.titles import Title
from recommender.data.catalog import Catalog
from recommender.data.overlay import Overlay, RatingsRow
from recommender.data.query import Query
from recommender.data.ranking import Ranking
from recommender.data.ratings_matrix import RatingsMatrix
from recommender.data.vocabulary import Vocabulary
from recommender.franchises import Franchises
from recommender.kernels.vector_index import VectorIndexConfig
from recommender.models.base import Models, Scorer
from recommender.models.context import ScoringContext
from recommender.models.popularity import Popularity
from recommender.models.specificity import Specificity, SpecificityConfig
from recommender.models.themes import Themes, ThemesConfig
from recommender.models.title_similarity import TitleSimilarity, TitleSimilarityConfig
from recommender.models.training_data import TrainingData
from recommender.pipeline.filters import Filters
from recommender.pipeline.options import FranchiseMode, PageOptions, PageRequest
from recommender.pipeline.pipeline import DEFAULT

Lists = Mapping[int, Mapping[int, int]]  # user id -> anime id -> rating
SMALL_GRAPH = VectorIndexConfig(m=8, ef_construction=50)


def vocabulary(ids: Iterable[int]) -> Vocabulary:
    """These ids in ascending order."""
    return Vocabulary(np.array(sorted(ids), dtype=np.int64))


def catalog(n_anime: int) -> Catalog:
    """Titles 0..n - 1: the id is the row; the later, the better known."""
    return Catalog(
        tuple(
            Title(
                number,
                f"Title {number}",
                genres=("Even" if number % 2 == 0 else "Odd", f"Every {number % 5}"),
                type="Movie" if number % 3 == 0 else "TV",
                members=number,
            )
            for number in range(n_anime)
        )
    )


def ratings(lists: Lists, n_anime: int) -> RatingsMatrix:
    """The matrix of these lists over titles 0..n - 1."""
    rows = [(u, a, r) for u, titles in sorted(lists.items()) for a, r in sorted(titles.items())]
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    columns = (table[:, 0], table[:, 1], table[:, 2].astype(np.uint8))
    return RatingsMatrix.from_columns([columns], vocabulary(range(n_anime)))


def training_data(matrix: RatingsMatrix, titles: Catalog | None = None) -> TrainingData:
    """Training data without training queries."""
    titles = titles or catalog(matrix.n_anime)
    return TrainingData(titles, Franchises.singletons(len(titles)), matrix, np.empty(0, np.int64), ())


def popularity(prior: ArrayLike, likes: ArrayLike = 0) -> Popularity:
    """A model of popularity that orders titles by these numbers."""
    values = np.array(prior, np.float32)
    histograms = np.zeros((len(values), 11), np.uint32)
    histograms[:, 10] = likes
    return Popularity(histograms, np.zeros_like(values), values)


def specificity(similar: ArrayLike) -> Specificity:
    """A model that finds the titles of each row as similar as these numbers say, and no themes."""
    weights = csr_array(np.array(similar, np.float32))
    none, nothing = np.zeros(weights.shape[0], np.float32), csr_array(weights.shape, dtype=np.float32)
    similarity = TitleSimilarity(TitleSimilarityConfig(), weights, none, nothing, nothing, none)
    return Specificity(
        SpecificityConfig(), similarity, Themes(ThemesConfig(), np.zeros((len(none), 1), np.uint8), none[:1])
    )


def context(
    query: Query,
    titles: Catalog,
    *models: Any,
    overlay: Overlay | None = None,
    franchises: Franchises | None = None,
) -> ScoringContext:
    """A request to these models only."""
    fitted = Models()
    for model in models:
        fitted = fitted.with_model(model)
    return ScoringContext(
        query,
        fitted,
        overlay or Overlay.empty(len(titles)),
        titles,
        franchises or Franchises.singletons(len(titles)),
    )


def own_order(scorer: Scorer, context: ScoringContext, k: int, *, exclude_ids: Iterable[int] = ()) -> Ranking:
    """The k best titles in the order of an algorithm: no filter, no franchises, no reranking."""
    request = PageRequest(k, Filters(nsfw=True), tuple(exclude_ids), options=PageOptions(FranchiseMode.ALLOW))
    return DEFAULT.run(scorer, context, request).ranking


def newer(lists: Lists, n_anime: int) -> Overlay:
    """An overlay of these users."""
    return Overlay.empty(n_anime).extended((user, ratings_row(titles)) for user, titles in lists.items())


def ratings_row(titles: Mapping[int, int]) -> RatingsRow:
    """One user's ratings as the overlay takes them."""
    ordered = sorted(titles.items())
    return np.array([a for a, _ in ordered], np.int32), np.array([r for _, r in ordered], np.uint8)


def likes(rows: Sequence[int], user_id: int | None = None) -> Query:
    """A list of these titles, all rated 10."""
    return Query.of([(row, 10) for row in rows], user_id=user_id)


def checkerboard(n_users: int = 40, n_anime: int = 20, share: float = 0.6) -> dict[int, dict[int, int]]:
    """Even users like most even titles, odd users most odd titles, nobody anything else."""
    rng = np.random.default_rng(5)
    return {
        user: {a: 9 for a in range(user % 2, n_anime, 2) if rng.random() < share} or {user % 2: 9}
        for user in range(n_users)
    }


def random_lists(n_users: int, n_anime: int, seed: int = 3) -> dict[int, dict[int, int]]:
    """A quarter of the titles each, rated 0..10; ids 100, 103, 106, …"""
    rng = np.random.default_rng(seed)
    return {
        100 + 3 * user: {a: int(rng.integers(0, 11)) for a in range(n_anime) if rng.random() < 0.25}
        for user in range(n_users)
    }
