"""Sums and maxima over the rows of a sparse matrix that belong to a list."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommender.data.ratings_matrix import blocks, ranges

TITLES_AT_ONCE = 1_000  # of a list: each has hundreds of weights, which are copied


def weighted_sum(
    matrix: csr_array, rows: NDArray[np.int64], weights: NDArray[np.float32]
) -> NDArray[np.float32]:
    """float32 (columns,): the sum of these rows, each times its weight."""
    total = np.zeros(matrix.shape[1])
    rows, weights = rows[weights != 0], weights[weights != 0]
    for block in blocks(len(rows), TITLES_AT_ONCE):
        entries, lengths = ranges(matrix.indptr, rows[block])
        values = matrix.data[entries] * np.repeat(weights[block], lengths)
        total += np.bincount(matrix.indices[entries], weights=values, minlength=len(total))
    return total.astype(np.float32)


def highest_of_rows(
    matrix: csr_array, rows: NDArray[np.int64], weights: NDArray[np.float32]
) -> NDArray[np.float32]:
    """float32 (columns,): the highest entry of these rows, each times its weight, 0 or more."""
    highest = np.zeros(matrix.shape[1], dtype=np.float32)
    for block in blocks(len(rows), TITLES_AT_ONCE):
        entries, lengths = ranges(matrix.indptr, rows[block])
        values = matrix.data[entries] * np.repeat(weights[block], lengths)
        np.maximum.at(highest, matrix.indices[entries], values)
    return highest
