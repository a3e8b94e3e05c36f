"""Neighbor search: the users whose likes are nearest to a query.

Candidates come from an hnswlib index over low-dimensional user vectors and are compared exactly on the sparse
rows; for lists of a few titles, everybody who likes one of them is. Users newer than the model always are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, diags_array

from recommender.data.arrays import ArrayReader, ArrayWriter
from recommender.data.overlay import Overlay
from recommender.data.query import Query
from recommender.data.ranking import top_k
from recommender.data.ratings_matrix import RatingsMatrix, ranges
from recommender.kernels.vector_index import VectorIndex, VectorIndexConfig, Vectors
from recommender.models.base import added

INDEX_FILE = "users.bin"


@dataclass(frozen=True)
class NeighborsConfig:
    """Chosen on validation users of the public data set; see docs/benchmarks."""

    # Neighbors are found among so many users, drawn by chance where there are more: the index and the likes
    # grow with them, and what is found hardly gets better.
    people: int = added(100_000)
    dims: int = 128  # length of a user vector
    projection_idf_power: float = 2.0  # rare titles weigh more in the vectors, …
    whitening: float = 0.5  # … and so do weak components: each is divided by its singular value^this
    svd_iterations: int = 3  # power iterations of the randomized SVD
    # A list whose titles have at most this many likers in all is compared with every one of them: a few
    # titles say too little for a vector, and for so many the index would take longer.
    likers_compared: int = 1_000_000
    candidates: int = 3_000  # users taken from the index for every other list
    similarity_idf_power: float = 0.75  # of each side of the exact cosine
    seed: int = 7
    index: VectorIndexConfig = field(default_factory=VectorIndexConfig)


class UserLikes(NamedTuple):
    """The likes of users, and the length of each one's weighted row, float32 (n_users,)."""

    matrix: RatingsMatrix
    norms: NDArray[np.float32]


class Likers(NamedTuple):
    """The users who like each title: title i has the user rows users[starts[i]:starts[i + 1]]."""

    users: NDArray[np.int32]
    starts: NDArray[np.int64]


class UniqueProfiles(NamedTuple):
    """Users grouped by what they liked: group g has the user rows users[starts[g]:starts[g + 1]].

    Only one of a group is indexed. A graph of near neighbors falls apart where hundreds of its points
    are the same, and hundreds of users like one popular title and nothing else.
    """

    users: NDArray[np.int64]  # rows; users who liked nothing are in no group
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, likes: RatingsMatrix) -> UniqueProfiles:
        # Zobrist (1970): the sum of one random number a liked title names the set, whatever its order
        names = np.random.default_rng(0).integers(1, 2**63, likes.n_anime, dtype=np.uint64)
        running = np.concatenate([np.zeros(1, np.uint64), np.cumsum(names[likes.indices], dtype=np.uint64)])
        signatures = running[likes.indptr[1:]] - running[likes.indptr[:-1]]
        users = np.argsort(signatures, kind="stable")
        users = users[signatures[users] != 0]
        firsts = np.flatnonzero(np.diff(signatures[users], prepend=np.uint64(0)))
        return cls(users, np.append(firsts, len(users)))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def members(self, groups: NDArray[np.int64]) -> NDArray[np.int64]:
        """The user rows of these groups, one group after the other."""
        entries, _ = ranges(self.starts, groups)
        return self.users[entries]


class Nearest(NamedTuple):
    """Parallel arrays; rows from the model's n_users on are rows of the overlay."""

    rows: NDArray[np.int64]
    similarities: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class NeighborSearch:
    """User-based nearest neighbors (Herlocker et al., 1999) by cosine of what users liked.

    Attributes:
        base: those of the model who can be neighbors.
        idf: float32 (n_anime,), log(users / users who liked the title).
        projection: float32 (n_anime, dims), from liked titles to a user vector.
        likers: the users who like each title.
        profiles: the users behind each vector of the index.
        index: over the vectors of the unique profiles.
    """

    config: NeighborsConfig
    base: UserLikes
    idf: NDArray[np.float32]
    projection: Vectors
    likers: Likers
    profiles: UniqueProfiles
    index: VectorIndex

    def __post_init__(self) -> None:
        if self.projection.shape != (len(self.idf), self.index.dim) or len(self.index) != len(self.profiles):
            raise ValueError(
                f"projection {self.projection.shape} and index ({len(self.index)}, {self.index.dim}) do not "
                f"fit {len(self.idf)} titles and {len(self.profiles)} unique profiles"
            )

    @classmethod
    def fit(cls, ratings: RatingsMatrix, config: NeighborsConfig) -> NeighborSearch:
        if (surplus := ratings.n_users - config.people) > 0:
            drawn = np.random.default_rng(config.seed).permutation(ratings.n_users)
            ratings = ratings.without(drawn[:surplus])
        idf = np.log((ratings.n_users + 2.0) / (ratings.likes + 1.0)).astype(np.float32)
        likes = ratings.only_liked
        matrix = likes.to_binary()
        projection = _fit_projection(matrix, idf**config.projection_idf_power, config)
        profiles = UniqueProfiles.of(likes)
        base = UserLikes(likes, _norms(likes, idf, config))
        one_of_each = profiles.users[profiles.starts[:-1]]
        vectors = np.ascontiguousarray(matrix[one_of_each] @ projection, dtype=np.float32)
        by_title = matrix.tocsc()
        likers = Likers(by_title.indices.astype(np.int32), by_title.indptr.astype(np.int64))
        return cls(config, base, idf, projection, likers, profiles, VectorIndex.build(vectors, config.index))

    def save(self, writer: ArrayWriter) -> None:
        likes = self.base.matrix
        writer.array("user_ids", likes.users.ids)
        writer.array("likes_indptr", likes.indptr)
        writer.array("likes_indices", likes.indices)
        writer.array("likes_data", likes.data)
        writer.array("norms", self.base.norms)
        writer.array("idf", self.idf)
        writer.array("projection", self.projection)
        writer.array("likers_users", self.likers.users)
        writer.array("likers_starts", self.likers.starts)
        writer.array("profiles_users", self.profiles.users)
        writer.array("profiles_starts", self.profiles.starts)
        self.index.save(writer.path(INDEX_FILE))

    @classmethod
    def load(cls, reader: ArrayReader, config: NeighborsConfig) -> NeighborSearch:
        n_anime, likes = reader.n_anime, RatingsMatrix.load(reader, "likes_")
        norms = reader.array("norms", np.float32, (likes.n_users,), within=(0, 1e9))
        likers = reader.rows("likers_users", np.int32, (None,), likes.n_users)
        profiled = reader.rows("profiles_users", np.int64, (None,), likes.n_users)
        profiles = UniqueProfiles(profiled, reader.offsets("profiles_starts", (None,), len(profiled)))
        return cls(
            config,
            UserLikes(likes, norms),
            reader.array("idf", np.float32, (n_anime,), within=(0, 100)),
            reader.array("projection", np.float32, (n_anime, config.dims)),
            Likers(likers, reader.offsets("likers_starts", (n_anime + 1,), len(likers))),
            profiles,
            VectorIndex.load(reader.path(INDEX_FILE), config.dims, len(profiles)),
        )

    def nearest(
        self, query: Query, overlay: Overlay, k: int, *, through_index: bool | None = None
    ) -> Nearest:
        """The k users whose likes are nearest to the query's.

        Args:
            through_index: default: for long lists only.
        """
        if through_index is None:
            likers = self.likers.starts[query.liked_rows + 1] - self.likers.starts[query.liked_rows]
            through_index = int(likers.sum()) > self.config.likers_compared
        base, base_similarities = self._by_index(query, overlay) if through_index else self._by_likers(query)
        rows, similarities, eligible = base, base_similarities, base_similarities > 0
        if len(overlay):
            newer = np.arange(len(self.newer(overlay).norms)) + len(self.base.norms)
            newer_similarities = self._similarities(query, newer, overlay)
            rows = np.concatenate([base, newer])
            similarities = np.concatenate([base_similarities, newer_similarities])
            outdated = overlay.replaces(self.base.matrix.users.ids[base])
            eligible = np.concatenate([eligible & ~outdated, newer_similarities > 0])
        if query.user_id is not None:
            eligible &= self.user_ids(rows, overlay) != query.user_id
        best = top_k(similarities, eligible, k)
        return Nearest(rows[best], similarities[best])

    def newer(self, overlay: Overlay) -> UserLikes:
        """The likes of the users who are newer than the model."""

        def derive() -> UserLikes:
            likes = overlay.ratings.only_liked
            return UserLikes(likes, _norms(likes, self.idf, self.config))

        return overlay.cache.get((self, "newer"), derive)

    def split(
        self, rows: NDArray[np.int64], overlay: Overlay
    ) -> Iterator[tuple[UserLikes, NDArray[np.bool_], NDArray[np.int64]]]:
        """The users that rows belong to: (base or newer, mask over `rows`, their rows there)."""
        n_users = len(self.base.norms)
        in_base = rows < n_users
        yield self.base, in_base, rows[in_base]
        if not in_base.all():
            yield self.newer(overlay), ~in_base, rows[~in_base] - n_users

    def user_ids(self, rows: NDArray[np.int64], overlay: Overlay) -> NDArray[np.int64]:
        """int64 (len(rows),): the ids of these users."""
        ids = np.empty(len(rows), dtype=np.int64)
        for users, mask, matrix_rows in self.split(rows, overlay):
            ids[mask] = users.matrix.users.ids[matrix_rows]
        return ids

    @cached_property
    def likes(self) -> NDArray[np.int64]:
        """int64 (n_anime,): how many users of the model like each title."""
        return np.diff(self.likers.starts)

    def vector(self, query: Query) -> Vectors:
        """float32 (dims,): where the query lies among the users' vectors."""
        of_titles = self.projection[query.liked_rows] * query.liked_weights[:, None]
        total: Vectors = of_titles.sum(axis=0, dtype=np.float32)
        return total

    def sum_over_likes(
        self, weights: NDArray[np.float32], rows: NDArray[np.int64], overlay: Overlay
    ) -> NDArray[np.float32]:
        """float32 (len(rows),): the sum of `weights` over the titles that each of these users liked."""
        sums = np.zeros(len(rows), dtype=np.float32)
        for users, mask, matrix_rows in self.split(rows, overlay):
            entries, lengths = users.matrix.gather(matrix_rows)
            running = np.zeros(len(entries) + 1)
            np.cumsum(weights[users.matrix.indices[entries]], out=running[1:])
            ends = np.cumsum(lengths)
            sums[mask] = running[ends] - running[ends - lengths]
        return sums

    def _by_index(self, query: Query, overlay: Overlay) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Candidates near the query's vector, compared exactly: (rows, similarities)."""
        groups, _ = self.index.search(self.vector(query), self.config.candidates)
        rows = np.sort(self.profiles.members(groups))
        return rows, self._similarities(query, rows, overlay)

    def _by_likers(self, query: Query) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Everybody who likes any of the titles, compared exactly: (rows, similarities)."""
        liked, weights = query.liked_rows, self._weights(query)
        starts, ends = self.likers.starts[liked], self.likers.starts[liked + 1]
        ranges_of_users = (slice(*ends_of) for ends_of in zip(starts.tolist(), ends.tolist(), strict=True))
        users = np.concatenate([np.empty(0, np.int32), *map(self.likers.users.__getitem__, ranges_of_users)])
        # both kinds of indices in 32 bits: scipy would copy the longer one
        columns = np.append(0, np.cumsum(ends - starts)).astype(np.int32)
        shape = len(self.base.norms), len(liked)
        dots = csc_array((np.ones(len(users), np.float32), users, columns), shape=shape) @ weights
        rows = np.flatnonzero(dots > 0)
        norms = self.base.norms[rows] * np.sqrt((weights * query.liked_weights).sum())
        return rows, (dots[rows] / np.maximum(norms, 1e-9)).astype(np.float32)

    def _similarities(self, query: Query, rows: NDArray[np.int64], overlay: Overlay) -> NDArray[np.float32]:
        """float32 (len(rows),): exact cosine of the query's likes with each of these users'."""
        weights, squares = np.zeros((2, len(self.idf)), dtype=np.float32)
        weights[query.liked_rows] = self._weights(query)
        squares[query.liked_rows] = self._weights(query) * query.liked_weights
        dots = self.sum_over_likes(weights, rows, overlay)
        norms = np.empty(len(rows), dtype=np.float32)
        for users, mask, matrix_rows in self.split(rows, overlay):
            norms[mask] = users.norms[matrix_rows]
        cosines: NDArray[np.float32] = dots / np.maximum(norms * np.sqrt(squares.sum()), np.float32(1e-9))
        return cosines

    def _weights(self, query: Query) -> NDArray[np.float32]:
        """float32 (liked titles,): what each counts where it is liked by both, in the square of a length."""
        idf = self.idf[query.liked_rows] ** (2 * self.config.similarity_idf_power)
        return idf.astype(np.float32) * query.liked_weights


def _norms(likes: RatingsMatrix, idf: NDArray[np.float32], config: NeighborsConfig) -> NDArray[np.float32]:
    """float32 (n_users,): the length of each one's weighted row."""
    squares = (idf ** (2 * config.similarity_idf_power))[likes.indices]
    running = np.concatenate([np.zeros(1), np.cumsum(squares, dtype=np.float64)])
    return np.sqrt(np.diff(running[likes.indptr])).astype(np.float32)


def _fit_projection(liked: csr_array, weights: NDArray[np.float32], config: NeighborsConfig) -> Vectors:
    """float32 (n_anime, dims): right singular vectors of the unit-length weighted rows, whitened.

    Randomized SVD: Halko, Martinsson & Tropp (2011), arXiv:0909.4061.
    """
    # imported here: a server that only loads a finished model does without scikit-learn's 60 MB
    from sklearn.utils.extmath import randomized_svd

    n_users, n_anime = liked.shape
    projection = np.zeros((n_anime, config.dims), dtype=np.float32)
    rank_limit = min(config.dims, n_users, n_anime)
    if rank_limit and liked.nnz:
        weighted = liked @ diags_array(weights)
        lengths = np.sqrt((weighted.multiply(weighted)).sum(axis=1))
        unit = diags_array((1.0 / np.maximum(lengths, 1e-9)).astype(np.float32)) @ weighted
        _, strengths, components = randomized_svd(
            unit, rank_limit, n_iter=config.svd_iterations, random_state=config.seed
        )
        scale = np.maximum(strengths, strengths[0] * 1e-6) ** -config.whitening
        projection[:, :rank_limit] = weights[:, None] * (components.T * scale)
    return projection
