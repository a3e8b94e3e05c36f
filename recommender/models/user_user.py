"""`user-user`: people with your taste. Candidates from an hnswlib index over low-dimensional user vectors,
re-ranked exactly on the sparse rows; for lists of a few titles, everybody who likes one of them. People newer
than the model are all compared exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from recommender.data.overlay import Overlay
from recommender.data.query import Query, Ranking, rank, remembered, top_k
from recommender.data.ratings_matrix import RatingsMatrix, ranges
from recommender.data.vocabulary import Vocabulary
from recommender.kernels.vector_index import VectorIndex, VectorIndexConfig, Vectors


@dataclass(frozen=True)
class UserUserConfig:
    """Chosen on validation users of the public data set; see docs/benchmarks."""

    dims: int = 128  # length of a user vector
    projection_idf_power: float = 2.0  # rare titles weigh more in the vectors, …
    whitening: float = 0.5  # … and so do weak components: each is divided by its singular value^this
    svd_iterations: int = 3  # power iterations of the randomized SVD
    # A list whose titles have at most this many fans in all is compared with every one of them: a few
    # titles say too little for a vector, and for so many the index would take longer.
    fans_compared: int = 1_000_000
    candidates: int = 3_000  # people taken from the index for every other list
    neighbors: int = 1_000  # people kept after the exact comparison
    similarity_idf_power: float = 0.75  # of each side of the exact cosine
    vote_power: float = 1.5  # a neighbor's vote is similarity^this
    popularity_power: float = 0.3  # a title's votes are divided by (likes + 5)^this
    seed: int = 7
    index: VectorIndexConfig = field(default_factory=VectorIndexConfig)


@dataclass(frozen=True, eq=False)
class Neighbors:
    """The people nearest to a query, most similar first.

    Attributes:
        user_ids: int64 (k,).
        similarities: float32 (k,), cosine, above 0.
        in_common: int64 (k,), how many of the titles that the query likes they like too.
    """

    user_ids: NDArray[np.int64]
    similarities: NDArray[np.float32]
    in_common: NDArray[np.int64]


class _People(NamedTuple):
    """What people liked, and the length of each one's weighted row, float32 (n_users,)."""

    likes: RatingsMatrix
    norms: NDArray[np.float32]


class _Fans(NamedTuple):
    """Who likes each title: title i has the user rows users[starts[i]:starts[i + 1]]."""

    users: NDArray[np.int32]
    starts: NDArray[np.int64]


class _Tastes(NamedTuple):
    """People grouped by what they liked: group g has the user rows users[starts[g]:starts[g + 1]].

    Only one of a group is indexed. A graph of near neighbors falls apart where hundreds of its points
    are the same, and hundreds of people like one famous title and nothing else.
    """

    users: NDArray[np.int64]  # rows; people who liked nothing are in no group
    starts: NDArray[np.int64]

    def members(self, groups: NDArray[np.int64]) -> NDArray[np.int64]:
        """The user rows of these groups, one group after the other."""
        entries, _ = ranges(self.starts, groups)
        return self.users[entries]


class _Nearest(NamedTuple):
    """Parallel arrays; rows from the model's n_users on are rows of the overlay."""

    rows: NDArray[np.int64]
    similarities: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class UserUser:
    """User-based nearest neighbors (Herlocker et al., 1999) on what people liked.

    Attributes:
        people: everybody the model was built with.
        overlay, newer: people newer than the model.
        damping: float32 (n_anime,), what a title's votes are divided by.
        popularity: float32 (n_anime,), 0..1, orders titles that no neighbor liked.
        idf: float32 (n_anime,), log(people / people who liked the title).
        projection: float32 (n_anime, dims), from liked titles to a user vector.
        fans: the people who like each title.
        tastes: the people behind each vector of the index.
        index: over the vectors of the different tastes.
    """

    config: UserUserConfig
    people: _People
    overlay: Overlay
    newer: _People
    damping: NDArray[np.float32]
    popularity: NDArray[np.float32]
    idf: NDArray[np.float32]
    projection: Vectors
    fans: _Fans
    tastes: _Tastes
    index: VectorIndex

    @classmethod
    def fit(cls, ratings: RatingsMatrix, popularity: NDArray[np.float32], config: UserUserConfig) -> UserUser:
        idf = np.log((ratings.n_users + 2.0) / (ratings.likes + 1.0)).astype(np.float32)
        likes = ratings.only_liked
        matrix = likes.to_binary()
        projection = _fit_projection(matrix, idf**config.projection_idf_power, config)
        tastes = _tastes(likes)
        norms = _norms(likes, idf, config)
        one_of_each = tastes.users[tastes.starts[:-1]]
        vectors = np.ascontiguousarray(matrix[one_of_each] @ projection, dtype=np.float32)
        by_title = matrix.tocsc()
        arrays = {
            "idf": idf,
            "projection": projection,
            "likes_indptr": likes.indptr,
            "likes_indices": likes.indices,
            "likes_data": likes.data,
            "fans_users": by_title.indices.astype(np.int32),
            "fans_starts": by_title.indptr.astype(np.int64),
            "norms": norms,
            "tastes_users": tastes.users,
            "tastes_starts": tastes.starts,
        }
        index = VectorIndex.build(vectors, config.index)
        return cls.assemble(config, ratings.users, popularity, arrays, index)

    @classmethod
    def assemble(
        cls,
        config: UserUserConfig,
        users: Vocabulary,
        popularity: NDArray[np.float32],
        arrays: Mapping[str, NDArray[Any]],
        index: VectorIndex,
    ) -> UserUser:
        """Put a model together from its learned parts, as fitted or as loaded. See `arrays`."""
        idf, projection = arrays["idf"], arrays["projection"]
        likes = RatingsMatrix(
            users, len(idf), *(arrays[f"likes_{part}"] for part in ("indptr", "indices", "data"))
        )
        tastes = _Tastes(arrays["tastes_users"], arrays["tastes_starts"])
        if projection.shape != (len(idf), index.dim) or len(index) != len(tastes.starts) - 1:
            raise ValueError(
                f"projection {projection.shape} and index ({len(index)}, {index.dim}) do not fit "
                f"{len(idf)} titles and {len(tastes.starts) - 1} different tastes"
            )
        fans = _Fans(arrays["fans_users"], arrays["fans_starts"])
        overlay = Overlay.empty(len(idf))
        return cls(
            config=config,
            people=_People(likes, arrays["norms"]),
            overlay=overlay,
            newer=_People(overlay.ratings, _norms(overlay.ratings, idf, config)),
            damping=((np.diff(fans.starts) + 5.0) ** config.popularity_power).astype(np.float32),
            popularity=popularity,
            idf=idf,
            projection=projection,
            fans=fans,
            tastes=tastes,
            index=index,
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything learned but the index, to be saved."""
        likes = self.people.likes
        return {
            "idf": self.idf,
            "projection": self.projection,
            "likes_indptr": likes.indptr,
            "likes_indices": likes.indices,
            "likes_data": likes.data,
            "fans_users": self.fans.users,
            "fans_starts": self.fans.starts,
            "norms": self.people.norms,
            "tastes_users": self.tastes.users,
            "tastes_starts": self.tastes.starts,
        }

    def with_overlay(self, overlay: Overlay) -> UserUser:
        """The same model with these people newer than it."""
        likes = overlay.ratings.only_liked
        return replace(self, overlay=overlay, newer=_People(likes, _norms(likes, self.idf, self.config)))

    def neighbors(self, query: Query, k: int) -> Neighbors:
        """The k people whose likes are nearest to the query's."""
        return self._described(query, self._nearest(query, k))

    def exact_neighbors(self, query: Query, k: int) -> Neighbors:
        """As `neighbors`, without the index whatever it takes: what the index is measured against."""
        return self._described(query, self._nearest(query, k, through_index=False))

    def indexed_neighbors(self, query: Query, k: int) -> Neighbors:
        """As `neighbors`, through the index however short the list."""
        return self._described(query, self._nearest(query, k, through_index=True))

    def _described(self, query: Query, nearest: _Nearest) -> Neighbors:
        liked = np.zeros(len(self.idf), dtype=np.float32)
        liked[query.liked_rows] = 1.0
        in_common = self._sum_over_likes(liked, nearest.rows).astype(np.int64)
        return Neighbors(self._user_ids(nearest.rows), nearest.similarities, in_common)

    def votes(self, query: Query) -> tuple[NDArray[np.float32], float]:
        """(float32 (n_anime,): how much weight the neighbors who liked a title have, that of all)."""
        nearest = self._voters(query)
        weights = nearest.similarities**self.config.vote_power
        votes = np.zeros(len(self.idf))
        for people, mask, rows in self._split(nearest.rows):
            entries, lengths = people.likes.gather(rows)
            votes += np.bincount(
                people.likes.indices[entries],
                weights=np.repeat(weights[mask], lengths),
                minlength=len(votes),
            )
        return votes.astype(np.float32), float(weights.sum())

    def contributions(self, query: Query, anime_rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """float32 (titles of the list, len(anime_rows)): the parts that these titles' scores are the sum of.

        A neighbor's vote is divided among the liked titles that make them one, as their cosine is.
        """
        nearest = self._voters(query)
        parts = np.zeros((len(query.anime_rows), len(anime_rows)), dtype=np.float32)
        if not len(nearest.rows):
            return parts
        weights = self.idf[query.anime_rows] ** (2 * self.config.similarity_idf_power)
        weights = weights * query.is_liked
        for people, mask, rows in self._split(nearest.rows):
            likes = people.likes.rows_of(rows)
            shared = likes[:, query.anime_rows].toarray() * weights
            shared /= np.maximum(shared.sum(axis=1, keepdims=True), 1e-9)
            shared *= (nearest.similarities[mask] ** self.config.vote_power)[:, None]
            parts += shared.T @ likes[:, anime_rows].toarray()
        divided: NDArray[np.float32] = parts / self.damping[anime_rows]
        return divided

    def supporters(self, query: Query, anime_rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """int64 (len(anime_rows),): how many of the neighbors liked each of these titles."""
        counts = np.zeros(len(anime_rows), dtype=np.int64)
        for people, _, rows in self._split(self._voters(query).rows):
            likes = people.likes.rows_of(rows)
            counts += np.asarray(likes[:, anime_rows].sum(axis=0), dtype=np.int64).ravel()
        return counts

    def scores(self, query: Query) -> NDArray[np.float32]:
        """Votes of the neighbors who liked a title, against its popularity. See Recommender."""
        votes, _ = self.votes(query)
        scores: NDArray[np.float32] = votes / self.damping
        return scores

    def recommend(self, query: Query, k: int) -> Ranking:
        """See Recommender."""
        return rank(self.scores(query), self.popularity, query, k)

    def vector(self, query: Query) -> Vectors:
        """float32 (dims,): where the query lies among the users' vectors."""
        total: Vectors = self.projection[query.liked_rows].sum(axis=0, dtype=np.float32)
        return total

    @remembered
    def _voters(self, query: Query) -> _Nearest:
        return self._nearest(query, self.config.neighbors)

    def _nearest(self, query: Query, k: int, *, through_index: bool | None = None) -> _Nearest:
        if through_index is None:
            fans = self.fans.starts[query.liked_rows + 1] - self.fans.starts[query.liked_rows]
            through_index = int(fans.sum()) > self.config.fans_compared
        base, base_similarities = self._by_index(query) if through_index else self._by_fans(query)
        newer = np.arange(len(self.newer.norms)) + len(self.people.norms)
        rows = np.concatenate([base, newer])
        similarities = np.concatenate([base_similarities, self._similarities(query, newer)])
        eligible = similarities > 0
        eligible[: len(base)] &= ~self.overlay.replaces(self.people.likes.users.ids[base])
        if query.user_id is not None:
            eligible &= self._user_ids(rows) != query.user_id
        best = top_k(similarities, eligible, k)
        return _Nearest(rows[best], similarities[best])

    def _by_index(self, query: Query) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Candidates near the query's vector, compared exactly: (rows, similarities)."""
        groups, _ = self.index.search(self.vector(query), self.config.candidates)
        rows = np.sort(self.tastes.members(groups))
        return rows, self._similarities(query, rows)

    def _by_fans(self, query: Query) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Everybody who likes any of the titles, compared exactly: (rows, similarities)."""
        liked = query.liked_rows
        weights = self.idf[liked] ** (2 * self.config.similarity_idf_power)
        dots = np.zeros(len(self.people.norms))
        starts, ends = self.fans.starts[liked].tolist(), self.fans.starts[liked + 1].tolist()
        for start, end, weight in zip(starts, ends, weights.tolist(), strict=True):
            np.add.at(dots, self.fans.users[start:end], weight)
        rows = np.flatnonzero(dots)
        norms = self.people.norms[rows] * np.sqrt(weights.sum())
        return rows, (dots[rows] / np.maximum(norms, 1e-9)).astype(np.float32)

    def _similarities(self, query: Query, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """float32 (len(rows),): exact cosine of the query's likes with each of these people's."""
        weights = np.zeros(len(self.idf), dtype=np.float32)
        weights[query.liked_rows] = self.idf[query.liked_rows] ** (2 * self.config.similarity_idf_power)
        dots = self._sum_over_likes(weights, rows)
        norms = np.empty(len(rows), dtype=np.float32)
        for people, mask, matrix_rows in self._split(rows):
            norms[mask] = people.norms[matrix_rows]
        cosines: NDArray[np.float32] = dots / np.maximum(norms * np.sqrt(weights.sum()), np.float32(1e-9))
        return cosines

    def _sum_over_likes(self, weights: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """float32 (len(rows),): the sum of `weights` over the titles that each of these people liked."""
        sums = np.zeros(len(rows), dtype=np.float32)
        for people, mask, matrix_rows in self._split(rows):
            entries, lengths = people.likes.gather(matrix_rows)
            running = np.zeros(len(entries) + 1)
            np.cumsum(weights[people.likes.indices[entries]], out=running[1:])
            ends = np.cumsum(lengths)
            sums[mask] = running[ends] - running[ends - lengths]
        return sums

    def _split(
        self, rows: NDArray[np.int64]
    ) -> Iterator[tuple[_People, NDArray[np.bool_], NDArray[np.int64]]]:
        """The people that rows belong to: (which, mask over `rows`, their rows there)."""
        n_users = len(self.people.norms)
        modeled = rows < n_users
        yield self.people, modeled, rows[modeled]
        if not modeled.all():
            yield self.newer, ~modeled, rows[~modeled] - n_users

    def _user_ids(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        ids = np.empty(len(rows), dtype=np.int64)
        for people, mask, matrix_rows in self._split(rows):
            ids[mask] = people.likes.users.ids[matrix_rows]
        return ids


def _norms(likes: RatingsMatrix, idf: NDArray[np.float32], config: UserUserConfig) -> NDArray[np.float32]:
    """float32 (n_users,): the length of each one's weighted row."""
    squares = (idf ** (2 * config.similarity_idf_power))[likes.indices]
    running = np.concatenate([np.zeros(1), np.cumsum(squares, dtype=np.float64)])
    return np.sqrt(np.diff(running[likes.indptr])).astype(np.float32)


def _tastes(likes: RatingsMatrix) -> _Tastes:
    # Zobrist (1970): the sum of one random number a liked title names the set, whatever its order
    names = np.random.default_rng(0).integers(1, 2**63, likes.n_anime, dtype=np.uint64)
    running = np.concatenate([np.zeros(1, np.uint64), np.cumsum(names[likes.indices], dtype=np.uint64)])
    signatures = running[likes.indptr[1:]] - running[likes.indptr[:-1]]
    users = np.argsort(signatures, kind="stable")
    users = users[signatures[users] != 0]
    firsts = np.flatnonzero(np.diff(signatures[users], prepend=np.uint64(0)))
    return _Tastes(users, np.append(firsts, len(users)))


def _fit_projection(liked: csr_array, weights: NDArray[np.float32], config: UserUserConfig) -> Vectors:
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
