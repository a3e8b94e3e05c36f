"""Linear models between titles in closed form: gram matrices, denoising autoencoders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack
from scipy.sparse import csc_array, csr_array

BLOCK = 500  # columns worked on at a time


@dataclass(frozen=True)
class AutoencoderConfig:
    """One denoising linear autoencoder."""

    dropout: float  # share of a list that training hides, 0..1: the higher, the less a list is trusted
    l2: float = 30.0  # added to each title's own weight of evidence
    not_liked: float = 0.0  # what a watched but not liked title counts in training; a like counts 1


def gram(columns: csc_array) -> NDArray[np.float32]:
    """float32 (n, n) in Fortran order: columns' columns, a block at a time: no sparse square is held."""
    n = columns.shape[1]
    product = np.empty((n, n), dtype=np.float32, order="F")
    for low, together in _half_gram(columns):
        high = low + BLOCK
        product[low:, low:high] = together
        product[low:high, high:] = together[BLOCK:].T
    return product


def autoencoder(gram: NDArray[np.float32], config: AutoencoderConfig) -> NDArray[np.float32]:
    """The weights, float32 (n, n) with a zero diagonal, in the memory of `gram`.

    Minimizes the expected error under dropout, subject to that diagonal: with P the inverse of the
    regularized gram, B = I - P / diag(P) (Steck 2020, eq. 11).
    """
    diagonal = np.diag_indices_from(gram)
    gram[diagonal] += config.l2 + config.dropout / (1.0 - config.dropout) * gram[diagonal]
    inverse = _inverse(gram)
    inverse /= -np.diag(inverse).copy()[None, :]
    inverse[diagonal] = 0.0
    return inverse


def forget_rare_pairs(weights: NDArray[np.float32], columns: csc_array, people: int) -> None:
    """Set the weights between two columns to 0 where fewer people than that have both.

    Such a weight would tell what one of them has: of 60 profiles of random titles, four titles of each
    recovered half of the others.

    Args:
        weights: (n, n), changed in place.
        columns: csc (n_people, n), an entry for everything that a person has.
    """
    ones = csc_array(
        (np.ones(columns.nnz, dtype=np.int32), columns.indices, columns.indptr), shape=columns.shape
    )
    for low, together in _half_gram(ones):
        rare = together < people
        weights[low:, low : low + BLOCK][rare] = 0.0
        weights[low : low + BLOCK, low:][rare.T] = 0.0


def strongest(weights: NDArray[np.float32], k: int, titles: NDArray[np.int64], n_anime: int) -> csr_array:
    """The k weights of each row that are largest in size, as csr float32 (n_anime, n_anime).

    Args:
        weights: (n, n), from and to `titles`.
        k: how many to keep of each row.
        titles: int64 (n,), the anime row of each row and column of `weights`, ascending.
        n_anime: rows and columns of the result; those of other titles are empty.
    """
    n = len(weights)
    k = min(k, n)
    indices = np.empty((n, k), dtype=np.int32)
    data = np.empty((n, k), dtype=np.float32)
    for low in range(0, n, BLOCK):
        block = weights[low : low + BLOCK]
        chosen = np.argpartition(-np.abs(block), k - 1, axis=1)[:, :k]
        chosen.sort(axis=1)
        indices[low : low + BLOCK] = titles[chosen]
        data[low : low + BLOCK] = np.take_along_axis(block, chosen, axis=1)
    lengths = np.zeros(n_anime + 1, dtype=np.int64)
    lengths[titles + 1] = k
    return csr_array((data.ravel(), indices.ravel(), np.cumsum(lengths)), shape=(n_anime, n_anime))


def _half_gram(columns: csc_array) -> Iterator[tuple[int, NDArray[Any]]]:
    """Yield (low, columns[:, low:]' columns[:, low:low + BLOCK]): the rest follows by symmetry."""
    ends = columns.indptr
    for low in range(0, columns.shape[1], BLOCK):
        entries = slice(ends[low], None)  # of the columns from `low` on, as rows over the same memory
        rows = csr_array(
            (columns.data[entries], columns.indices[entries], ends[low:] - ends[low]),
            shape=(columns.shape[1] - low, columns.shape[0]),
        )
        yield low, (rows @ columns[:, low : low + BLOCK]).toarray()


def _inverse(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of a symmetric positive definite matrix in Fortran order, by Cholesky, in its own memory."""
    factor, info = lapack.spotrf(matrix, lower=1, overwrite_a=1, clean=0)
    if info:
        raise np.linalg.LinAlgError(f"the gram matrix is not positive definite (spotrf: {info})")
    inverse, _ = lapack.spotri(factor, lower=1, overwrite_c=1)
    for low in range(0, len(inverse), BLOCK):  # LAPACK fills one triangle
        high = min(low + BLOCK, len(inverse))
        inverse[low:high, high:] = inverse[high:, low:high].T
        corner = inverse[low:high, low:high]
        corner[:] = np.tril(corner) + np.tril(corner, -1).T
    filled: NDArray[np.float32] = inverse
    return filled
