"""`user-user`: nearest neighbors among users vote for what they liked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from domain.ranges import FAVORITE
from recommender.data.anonymity import AnonymityFloor
from recommender.data.arrays import ArrayReader, ArrayWriter
from recommender.data.query import Query
from recommender.data.ratings_matrix import blocks
from recommender.kernels.probe_index import probe_index
from recommender.models.base import AlgorithmInfo, Models, ModelSpec, cached_on_context
from recommender.models.context import ScoringContext
from recommender.models.neighbors import Nearest, NeighborsConfig, NeighborSearch
from recommender.models.training_data import TrainingData

CELLS_AT_ONCE = 1_000_000  # neighbors x titles of a list


@dataclass(frozen=True)
class UserUserConfig:
    """Chosen on validation users of the public data set; see docs/benchmarks."""

    neighbors: int = 1_000  # users kept after the exact comparison
    vote_power: float = 1.5  # a neighbor's vote is similarity^this
    popularity_power: float = 0.3  # a title's votes are divided by (likes + 5)^this
    search: NeighborsConfig = field(default_factory=NeighborsConfig)


@dataclass(frozen=True, eq=False)
class Neighbors:
    """The users nearest to a query, most similar first.

    Attributes:
        user_ids: int64 (k,).
        similarities: float32 (k,), cosine, above 0.
        in_common: int64 (k,), how many of the titles that the query likes they like too.
    """

    user_ids: NDArray[np.int64]
    similarities: NDArray[np.float32]
    in_common: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class UserUser:
    """Votes of the nearest users, by similarity, against the popularity of each title.

    Attributes:
        search: finds the neighbors.
        damping: float32 (n_anime,), what a title's votes are divided by.
    """

    config: UserUserConfig
    search: NeighborSearch
    damping: NDArray[np.float32]

    @classmethod
    def fit(cls, data: TrainingData, _models: Models, config: UserUserConfig) -> UserUser:
        return cls._of(NeighborSearch.fit(data.ratings, config.search), config)

    @classmethod
    def _of(cls, search: NeighborSearch, config: UserUserConfig) -> UserUser:
        return cls(config, search, ((search.likes + 5.0) ** config.popularity_power).astype(np.float32))

    def save(self, writer: ArrayWriter) -> None:
        self.search.save(writer)

    @classmethod
    def load(cls, reader: ArrayReader, _models: Models, config: UserUserConfig) -> UserUser:
        return cls._of(NeighborSearch.load(reader, config.search), config)

    def probe(self) -> None:
        """Read the index, which is otherwise read when it is first needed, in a process of its own.

        Raises:
            ValueError: it cannot be read, or ends the process that reads it.
        """
        index = self.search.index
        if index.descriptor is not None:
            probe_index(index.descriptor, index.dim, len(index))

    def scores(self, context: ScoringContext) -> NDArray[np.float32]:
        """Votes of the neighbors who liked a title, against its popularity. See Scorer."""
        votes, _ = self.votes(context)
        scores: NDArray[np.float32] = votes / self.damping
        return scores

    @cached_on_context
    def votes(self, context: ScoringContext) -> tuple[NDArray[np.float32], float]:
        """(float32 (n_anime,): how much weight the neighbors who liked a title have, that of all)."""
        nearest, weights, people = self._voters(context), self._weights(context), context.floor.people
        n_anime = len(self.damping)
        votes, voters = np.zeros(n_anime), np.zeros(n_anime, dtype=np.int64)
        for users, mask, rows in self.search.split(nearest.rows, context.overlay):
            entries, lengths = users.matrix.gather(rows)
            titles = users.matrix.indices[entries]
            votes += np.bincount(titles, np.repeat(weights[mask], lengths), minlength=n_anime)
            voters += np.bincount(titles, minlength=n_anime)
        votes[(voters < people) | (self.search.likes < people)] = 0
        return votes.astype(np.float32), float(weights.sum())

    def contributions(self, context: ScoringContext, anime_rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """See Contributor. A neighbor's vote is divided among the liked titles that make them one, as their
        cosine is."""
        query, nearest = context.query, self._voters(context)
        parts = np.zeros((len(query.anime_rows), len(anime_rows)), dtype=np.float32)
        if not len(nearest.rows):
            return parts
        weights = self.search.idf[query.anime_rows] ** (2 * self.config.search.similarity_idf_power)
        common = self.search.likes[query.anime_rows] >= context.floor.people
        weights = weights * query.is_liked * query.weights * common
        for users, mask, rows in self.search.split(nearest.rows, context.overlay):
            votes = self._weights(context)[mask]
            for block in blocks(len(rows), max(1, CELLS_AT_ONCE // len(query.anime_rows))):
                likes = users.matrix.rows_of(rows[block])
                shared = likes[:, query.anime_rows].toarray()
                shared *= weights
                shared /= np.maximum(shared.sum(axis=1, keepdims=True), 1e-9)
                shared *= votes[block, None]
                parts += shared.T @ likes[:, anime_rows].toarray()
        total, _ = self.votes(context)
        divided: NDArray[np.float32] = parts * (total[anime_rows] > 0) / self.damping[anime_rows]
        return divided

    def supporters(self, context: ScoringContext, anime_rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """int64 (len(anime_rows),): how many of the neighbors liked each of these titles; 0 for too few."""
        counts = np.zeros(len(anime_rows), dtype=np.int64)
        for users, _, rows in self.search.split(self._voters(context).rows, context.overlay):
            likes = users.matrix.rows_of(rows)
            counts += np.asarray(likes[:, anime_rows].sum(axis=0), dtype=np.int64).ravel()
        return np.where(counts >= context.floor.people, counts, 0)

    def neighbors(self, context: ScoringContext, k: int, *, through_index: bool | None = None) -> Neighbors:
        """The k users whose likes are nearest to the query's; with a floor, nobody is nearer than its rank.

        Args:
            through_index: True or False to force or forbid the approximate index, which recall is measured
                by; default: for long lists only.
        """
        query = self._evidence(context)
        nearest = self.search.nearest(query, context.overlay, k, through_index=through_index)
        liked = np.zeros(len(self.damping), dtype=np.float32)
        liked[query.liked_rows] = 1.0
        in_common = self.search.sum_over_likes(liked, nearest.rows, context.overlay).astype(np.int64)
        user_ids = self.search.user_ids(nearest.rows, context.overlay)
        return Neighbors(user_ids, _capped(nearest.similarities, context.floor), in_common)

    @cached_on_context
    def _voters(self, context: ScoringContext) -> Nearest:
        return self.search.nearest(self._evidence(context), context.overlay, self.config.neighbors)

    @cached_on_context
    def _weights(self, context: ScoringContext) -> NDArray[np.float32]:
        """float32 (neighbors,): the weight of each one's votes, none above that of the rank of the floor."""
        similarities = _capped(self._voters(context).similarities, context.floor)
        weights: NDArray[np.float32] = similarities**self.config.vote_power
        return weights

    def _evidence(self, context: ScoringContext) -> Query:
        """The query with only those of its liked titles that enough people like."""
        query = context.query
        common = self.search.likes[query.liked_rows] >= context.floor.people
        if common.all():
            return query
        kept = query.is_liked.copy()
        kept[kept] = common
        ratings = np.full(int(common.sum()), FAVORITE, dtype=np.uint8)
        return replace(query.only(kept), ratings=ratings)


def _capped(similarities: NDArray[np.float32], floor: AnonymityFloor) -> NDArray[np.float32]:
    """No similarity, of most similar first, above the one of the floor's rank; 0 for fewer than that."""
    if not floor.people:
        return similarities
    highest = similarities[floor.people - 1] if len(similarities) >= floor.people else np.float32(0)
    return np.minimum(similarities, highest)


SPEC = ModelSpec(
    name="user-user",
    model=UserUser,
    config=UserUserConfig,
    algorithm=AlgorithmInfo(
        label="People with your taste",
        description="What people with your taste liked that you have not seen.",
        default_limit=15,
    ),
)
