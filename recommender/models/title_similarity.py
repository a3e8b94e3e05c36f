"""`title-similarity`: titles that go with one more than their popularity explains, and share its genres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommender.data.arrays import ArrayReader, ArrayWriter
from recommender.data.catalog import Catalog
from recommender.data.ratings_matrix import blocks, ranges, starts_of_kept
from recommender.kernels.rows import TITLES_AT_ONCE, weighted_sum
from recommender.models.base import AlgorithmInfo, Models, ModelSpec, cached_on_context
from recommender.models.context import ScoringContext
from recommender.models.descriptions import Descriptions
from recommender.models.item_item import ItemItem
from recommender.models.popularity import Popularity
from recommender.models.training_data import TrainingData


@dataclass(frozen=True)
class TitleSimilarityConfig:
    """Chosen on pairs of titles that people recommend to each other; see docs/benchmarks."""

    short: float = 0.7  # share of item-item's `short` in the evidence; the rest is of `long`
    popularity_power: float = 0.3  # evidence for a title is divided by its likes^this, …
    genre_floor: float = 0.2  # … and multiplied by (this + cosine of the genres of both) …
    genre_power: float = 0.6  # … ^this
    weights: int = 200  # kept for each title, the strongest; the first `close` are close to it
    close: int = 60


@dataclass(frozen=True, eq=False)
class TitleSimilarity:
    """Evidence of `item-item` against popularity, for titles of the same genres.

    Attributes:
        weights: csr float32 (n_anime, n_anime), above 0: entry (i, j) is how similar j is to i. The strongest
            of each row is the root of what it was, so that no title of a list outweighs the others.
        nearest: float32 (n_anime,), the least weight of the `close` titles closest to each one.
        genres: csr float32 (n_anime, n_genres), weighted by idf, rows of length 1 or 0.
        described: csr float32 (n_anime, n_anime), cold-start weights: similar to a title that item-item does
            not know is what is similar to those described most like it.
        log_likes: float32 (n_anime,).
    """

    config: TitleSimilarityConfig
    weights: csr_array
    nearest: NDArray[np.float32]
    genres: csr_array
    described: csr_array
    log_likes: NDArray[np.float32]

    @classmethod
    def fit(cls, data: TrainingData, models: Models, config: TitleSimilarityConfig) -> TitleSimilarity:
        item_item, likes = models[ItemItem], models[Popularity].likes
        genres = _genres(data.catalog)
        found = csr_array(config.short * item_item.short + (1 - config.short) * item_item.long)
        rows = np.repeat(np.arange(len(likes)), np.diff(found.indptr))
        shared = np.empty(found.nnz, dtype=np.float32)
        for block in blocks(found.nnz, 100_000):
            pairs = genres[rows[block]].multiply(genres[found.indices[block]])
            shared[block] = pairs.sum(axis=1)
        found.data = (
            np.maximum(found.data, 0) / np.maximum(likes[found.indices], 1) ** config.popularity_power
        )
        found.data *= (config.genre_floor + shared) ** config.genre_power
        return cls._of(_strongest(found, config.weights), genres, models, config)

    @classmethod
    def _of(
        cls, weights: csr_array, genres: csr_array, models: Models, config: TitleSimilarityConfig
    ) -> TitleSimilarity:
        lengths = np.diff(weights.indptr)
        nearest = np.full(len(lengths), np.inf, dtype=np.float32)
        for row in np.flatnonzero(lengths).tolist():
            of_row = weights.data[weights.indptr[row] : weights.indptr[row + 1]]
            place = max(len(of_row) - config.close, 0)
            nearest[row] = np.partition(of_row, place)[place]
        log_likes = np.log1p(models[Popularity].likes).astype(np.float32)
        return cls(config, weights, nearest, genres, models[Descriptions].nearest, log_likes)

    def save(self, writer: ArrayWriter) -> None:
        writer.csr("weights", self.weights)
        writer.csr("genres", self.genres)

    @classmethod
    def load(cls, reader: ArrayReader, models: Models, config: TitleSimilarityConfig) -> TitleSimilarity:
        weights = reader.csr("weights", (reader.n_anime, reader.n_anime), within=(0, 1e9))
        genres = reader.csr("genres", (reader.n_anime, None), within=(0, 1.01))
        if genres.shape[1] > max(1, genres.nnz):
            raise ValueError(f"title-similarity.genres has {genres.shape[1]} genres for {genres.nnz} entries")
        return cls._of(weights, genres, models, config)

    @cached_on_context
    def scores(self, context: ScoringContext) -> NDArray[np.float32]:
        """The sum of the similarities to the liked titles. See Scorer."""
        liked = context.query.liked_rows
        counted = context.query.liked_weights
        sums = weighted_sum(self.weights, liked, counted)
        if sums.any() or not len(liked):
            return sums
        near = weighted_sum(self.described, liked, counted)
        known = np.flatnonzero(near)
        borrowed = weighted_sum(self.weights, known, near[known])
        cosines: NDArray[np.float32] = self.genres @ self._mean_genres(liked)
        return borrowed * self._of_genres(cosines) if borrowed.any() else cosines * self.log_likes

    @cached_on_context
    def log_relative(self, context: ScoringContext) -> NDArray[np.float32]:
        """float32 (n_anime,): logarithm of the scores against the best of a title outside the list; at most
        0 for these, -inf where there is no similarity."""
        scores = self.scores(context)
        best = scores[context.query.unseen(len(scores))].max(initial=0.0)
        if best <= 0:
            return np.full_like(scores, -np.inf)
        with np.errstate(divide="ignore"):
            logarithms: NDArray[np.float32] = np.log(scores / best)
        return logarithms

    @cached_on_context
    def coherence(self, context: ScoringContext) -> float:
        """0..1: the share of pairs of liked titles of which one is close to the other; 1 for a single one."""
        liked = context.query.liked_rows
        if len(liked) < 2:
            return 1.0
        places = np.full(self.weights.shape[0], -1, dtype=np.int64)
        places[liked] = np.arange(len(liked))
        pairs = []
        for block in blocks(len(liked), TITLES_AT_ONCE):
            entries, lengths = ranges(self.weights.indptr, liked[block])
            of, to = np.repeat(liked[block], lengths), self.weights.indices[entries]
            close = (places[to] >= 0) & (self.weights.data[entries] >= self.nearest[of])
            first, second = places[of[close]], places[to[close]]
            pairs.append(np.minimum(first, second) * len(liked) + np.maximum(first, second))
        return len(np.unique(np.concatenate(pairs))) / (len(liked) * (len(liked) - 1) / 2)

    def contributions(self, context: ScoringContext, anime_rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """See Contributor."""
        query = context.query
        liked = np.flatnonzero(query.is_liked)
        parts = np.zeros((len(query.anime_rows), len(anime_rows)), dtype=np.float32)
        for block in blocks(len(liked), TITLES_AT_ONCE):
            of_block = self.weights[query.anime_rows[liked[block]]][:, anime_rows].toarray()
            parts[liked[block]] = of_block * query.liked_weights[block, None]
        rows = query.liked_rows
        if parts.any() or not len(rows) or (self.weights.indptr[rows + 1] > self.weights.indptr[rows]).any():
            return parts
        described, mean = self.described[rows], self._mean_genres(rows)
        if described.nnz and self.weights[described.indices].nnz:
            factors = self._of_genres(self.genres[anime_rows] @ mean)
            parts[liked] = (described @ self.weights[:, anime_rows]).toarray() * factors
        else:
            cosines = (self.genres[rows] @ self.genres[anime_rows].T).toarray() / np.float32(len(rows))
            parts[liked] = cosines * self.log_likes[anime_rows]
        return parts

    def _mean_genres(self, liked: NDArray[np.int64]) -> NDArray[np.float32]:
        """float32 (n_genres,): the mean of the genres of these titles."""
        return np.asarray(self.genres[liked].sum(axis=0), dtype=np.float32) / np.float32(len(liked))

    def _of_genres(self, cosines: NDArray[np.float32]) -> NDArray[np.float32]:
        """The factors of evidence between titles whose genres have these cosines."""
        factors: NDArray[np.float32] = (self.config.genre_floor + cosines) ** self.config.genre_power
        return factors


def _genres(catalog: Catalog) -> csr_array:
    """csr float32 (n_anime, n_genres): a genre of few titles weighs more; rows of length 1 or 0."""
    dense = catalog.genre_matrix.astype(np.float32)
    dense *= np.log((1 + len(catalog)) / (1 + dense.sum(axis=0))) + 1
    dense /= np.maximum(np.linalg.norm(dense, axis=1, keepdims=True), 1e-9)
    return csr_array(dense)


def _strongest(weights: csr_array, count: int) -> csr_array:
    """Of each row the largest weights above 0, divided by the root of the largest."""
    kept = np.zeros(weights.nnz, dtype=bool)
    data = weights.data.astype(np.float32)
    for row in np.flatnonzero(np.diff(weights.indptr)).tolist():
        entries = slice(weights.indptr[row], weights.indptr[row + 1])
        of_row = data[entries]
        place = max(len(of_row) - count, 0)
        least, largest = np.partition(of_row, place)[place], of_row.max()
        kept[entries] = (of_row > 0) & (of_row >= least)
        data[entries] = of_row / np.sqrt(max(largest, 1e-30))
    indptr = starts_of_kept(weights.indptr, kept)
    return csr_array((data[kept], weights.indices[kept], indptr), shape=weights.shape)


SPEC = ModelSpec(
    name="title-similarity",
    model=TitleSimilarity,
    config=TitleSimilarityConfig,
    requires=(ItemItem, Popularity, Descriptions),
    derived=True,
    algorithm=AlgorithmInfo(
        label="Closest titles",
        description="Titles closest to the ones you like, and seldom what everybody has seen.",
        similar=True,
    ),
)
