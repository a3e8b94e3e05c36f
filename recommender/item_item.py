"""`item-item`: titles that go with the ones you like. A linear model in closed form, two strengths of
regularisation blended by how much is known, kept sparse for serving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack
from scipy.sparse import csc_array, csr_array

from recommender.query import Query, Ranking, rank
from recommender.ratings import LIKED_FROM, RatingsMatrix

# What one entry of a list says of the titles that go with it, by rating. People go on watching what goes
# with a lukewarm title, less than with a liked one; what goes with a bad one they avoid.
#                   unrated   1     2     3     4    5    6    7    8    9   10
EVIDENCE = np.array([0.4, -0.3, -0.3, -0.3, -0.2, 0.1, 0.4, 0.4, 1.0, 1.0, 1.0], dtype=np.float32)


@dataclass(frozen=True)
class AutoencoderConfig:
    """One denoising linear autoencoder."""

    dropout: float  # share of a list that training hides, 0..1: the higher, the less a list is trusted
    l2: float = 30.0  # added to each title's own weight of evidence
    not_liked: float = 0.0  # what a watched but not liked title counts in training; a like counts 1


@dataclass(frozen=True)
class ItemItemConfig:
    """Chosen on validation users of the public data set; see docs/benchmarks."""

    titles: int = 5_000  # the model knows this many, by likes; memory of a build grows with its square
    weights: int = 150  # kept for each title, the strongest
    list_power: float = 0.3  # a user counts (likes / 40)^-this in training
    long: AutoencoderConfig = field(default_factory=lambda: AutoencoderConfig(0.25, not_liked=0.4))
    short: AutoencoderConfig = field(default_factory=lambda: AutoencoderConfig(0.95))
    half_length: float = 15.0  # a list of this many titles trusts both alike


@dataclass(frozen=True, eq=False)
class ItemItem:
    """Denoising linear autoencoders (EDLAE: Steck 2020, NeurIPS; EASE: Steck 2019, arXiv:1905.03375).

    Attributes:
        columns: int64 (titles,), the anime rows that the model knows, ascending.
        long, short: csr float32 (titles, titles): entry (i, j) is what liking i says of j. `long` trusts a
            list as it is, `short` takes it for a small part of what the person likes.
        popularity: float32 (n_anime,), 0..1, orders titles that nothing is known of.
    """

    config: ItemItemConfig
    columns: NDArray[np.int64]
    long: csr_array
    short: csr_array
    popularity: NDArray[np.float32]

    @classmethod
    def fit(cls, ratings: RatingsMatrix, popularity: NDArray[np.float32], config: ItemItemConfig) -> ItemItem:
        known = min(config.titles, int((ratings.likes > 0).sum()))
        columns = np.sort(np.argsort(-ratings.likes, kind="stable")[:known])
        models = []
        for autoencoder in (config.long, config.short):
            gram = _gram(_training_columns(ratings, columns, autoencoder.not_liked, config.list_power))
            weights = _autoencoder(gram, autoencoder) if known else gram
            size = float(np.sqrt(np.mean(np.square(weights)))) if known else 1.0
            models.append((_strongest(weights, config.weights), size))
            del gram, weights
        (long, long_size), (short, short_size) = models
        short.data *= np.float32(long_size / max(short_size, 1e-12))  # so that a blend is of equals
        return cls(config, columns, long, short, popularity)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything learned, to be saved."""
        saved: dict[str, NDArray[Any]] = {"columns": self.columns}
        for name, matrix in (("long", self.long), ("short", self.short)):
            saved |= {
                f"{name}_data": matrix.data,
                f"{name}_indices": matrix.indices,
                f"{name}_indptr": matrix.indptr,
            }
        return saved

    @classmethod
    def assemble(
        cls, config: ItemItemConfig, arrays: Mapping[str, NDArray[Any]], popularity: NDArray[np.float32]
    ) -> ItemItem:
        """The inverse of `arrays`."""
        columns = arrays["columns"]
        matrices = [
            csr_array(
                (arrays[f"{name}_data"], arrays[f"{name}_indices"], arrays[f"{name}_indptr"]),
                shape=(len(columns), len(columns)),
            )
            for name in ("long", "short")
        ]
        return cls(config, columns, matrices[0], matrices[1], popularity)

    def scores(self, query: Query) -> NDArray[np.float32]:
        """The sum of what each title of the list says. See Recommender."""
        scores = np.zeros(len(self.popularity), dtype=np.float32)
        scores[self.columns] = self.contributions(query).sum(axis=0)
        return scores

    def recommend(self, query: Query, k: int) -> Ranking:
        """See Recommender."""
        return rank(self.scores(query), self.popularity, query, k)

    def contributions(self, query: Query) -> csr_array:
        """csr float32 (titles of the list, titles of the model): the parts that `scores` is the sum of."""
        evidence = _evidence(query)
        position = np.searchsorted(self.columns, query.anime_rows).clip(max=max(len(self.columns) - 1, 0))
        known = self.columns[position] == query.anime_rows if len(self.columns) else evidence != evidence
        rows, weights = position[known], evidence[known]
        short = self._trust_in_short(query)
        blend = (1.0 - short) * self.long[rows] + short * self.short[rows]
        selected = csr_array(
            (weights, (np.flatnonzero(known), np.arange(len(rows)))), shape=(len(known), len(rows))
        )
        return csr_array(selected @ blend)

    def _trust_in_short(self, query: Query) -> np.float32:
        """0..1: near 1 for a title or two, near 0 for a long list; sooner where ratings tell more."""
        power = 4 if len(np.unique(query.ratings)) > 1 else 2
        return np.float32(1.0 / (1.0 + (len(query.anime_rows) / self.config.half_length) ** power))


def _evidence(query: Query) -> NDArray[np.float32]:
    """float32 (n,): what each title of the list counts."""
    evidence: NDArray[np.float32] = EVIDENCE[query.ratings]
    if not (query.ratings >= LIKED_FROM).any():
        evidence = np.where(np.isin(query.anime_rows, query.liked_rows), np.float32(1.0), evidence)
    return evidence


def _training_columns(
    ratings: RatingsMatrix, columns: NDArray[np.int64], not_liked: float, list_power: float
) -> csc_array:
    """csc float32 (n_users, titles): 1 for a like, `not_liked` for the rest, long lists scaled down."""
    source = ratings if not_liked else ratings.only_liked
    values = np.where(source.data >= LIKED_FROM, np.float32(1.0), np.float32(not_liked))
    likes = np.maximum(np.diff(ratings.only_liked.indptr), 1)
    scale = ((likes / 40.0) ** -list_power).astype(np.float32)
    values *= np.repeat(scale, np.diff(source.indptr))
    matrix = csr_array((values, source.indices, source.indptr), shape=(source.n_users, source.n_anime))
    return csc_array(matrix)[:, columns]


def _gram(columns: csc_array, block: int = 500) -> NDArray[np.float32]:
    """float32 (n, n) in Fortran order: columns' columns, a block at a time: no sparse square is held."""
    transposed = columns.T  # csr over the same memory
    n = columns.shape[1]
    gram = np.empty((n, n), dtype=np.float32, order="F")
    for low in range(0, n, block):
        gram[:, low : low + block] = (transposed @ columns[:, low : low + block]).toarray()
    return gram


def _autoencoder(gram: NDArray[np.float32], config: AutoencoderConfig) -> NDArray[np.float32]:
    """The weights, float32 (n, n) with a zero diagonal, in the memory of `gram`.

    Minimises the expected error under dropout, subject to that diagonal: with P the inverse of the
    regularised gram, B = I - P / diag(P) (Steck 2020, eq. 11).
    """
    diagonal = np.diag_indices_from(gram)
    gram[diagonal] += config.l2 + config.dropout / (1.0 - config.dropout) * gram[diagonal]
    inverse = _inverse(gram)
    inverse /= -np.diag(inverse).copy()[None, :]
    inverse[diagonal] = 0.0
    return inverse


def _inverse(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of a symmetric positive definite matrix in Fortran order, by Cholesky, in its own memory."""
    factor, info = lapack.spotrf(matrix, lower=1, overwrite_a=1, clean=0)
    if info:
        raise np.linalg.LinAlgError(f"the gram matrix is not positive definite (spotrf: {info})")
    inverse, _ = lapack.spotri(factor, lower=1, overwrite_c=1)
    for low in range(0, len(inverse), 512):  # LAPACK fills one triangle
        high = min(low + 512, len(inverse))
        inverse[low:high, high:] = inverse[high:, low:high].T
        corner = inverse[low:high, low:high]
        corner[:] = np.tril(corner) + np.tril(corner, -1).T
    filled: NDArray[np.float32] = inverse
    return filled


def _strongest(weights: NDArray[np.float32], k: int) -> csr_array:
    """The k weights of each row that are largest in size, columns ascending."""
    n = len(weights)
    k = min(k, n)
    indices = np.empty((n, k), dtype=np.int32)
    data = np.empty((n, k), dtype=np.float32)
    for low in range(0, n, 500):
        block = weights[low : low + 500]
        chosen = np.argpartition(-np.abs(block), k - 1, axis=1)[:, :k]
        chosen.sort(axis=1)
        indices[low : low + 500] = chosen
        data[low : low + 500] = np.take_along_axis(block, chosen, axis=1)
    indptr = np.arange(0, n * k + 1, max(k, 1), dtype=np.int64) if k else np.zeros(n + 1, np.int64)
    return csr_array((data.ravel(), indices.ravel(), indptr), shape=(n, n))
