"""Alternating least squares against dense solutions of the same equations."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommender.kernels.factorization import (
    FactorizationConfig,
    factorize,
    half_step,
    in_principal_axes,
    influence,
    solve,
)

ROWS, COLUMNS, DIMS = 20, 30, 6
CONFIG = FactorizationConfig(dims=DIMS, unobserved=0.2)
RNG = np.random.default_rng(2)
FACTORS = RNG.standard_normal((COLUMNS, DIMS)).astype(np.float32)
OBSERVED = RNG.random((ROWS, COLUMNS)) < np.linspace(0, 0.6, ROWS)[:, None]  # few entries, many, and none
ENTRIES = np.where(OBSERVED, RNG.choice([1.0, 0.4, -0.3], (ROWS, COLUMNS)), 0).astype(np.float32)
PRIOR = np.linspace(0.5, 3, DIMS).astype(np.float32)


def sparse(dense: NDArray[np.float32]) -> csr_array:
    return csr_array(dense)


def loss(titles: NDArray[np.float32], config: FactorizationConfig) -> float:
    """Of what is minimized, at the best vectors of the people."""
    people = half_step(titles, sparse(ENTRIES), np.full(ROWS, config.people_l2), config)
    predicted = people @ titles.T
    errors = np.where(ENTRIES != 0, 1.0, 0.0) * (ENTRIES - predicted) ** 2
    of_titles = config.titles_l2 * ((ENTRIES != 0).sum(axis=0) + config.unobserved * ROWS)
    return float(
        errors.sum()
        + config.unobserved * np.square(predicted).sum()
        + config.people_l2 * np.square(people).sum()
        + (of_titles[:, None] * np.square(titles)).sum()
    )


def test_half_step_solves_each_row_as_a_dense_solver_would() -> None:
    l2 = np.linspace(0.1, 4, ROWS)
    solved = half_step(FACTORS, sparse(ENTRIES), l2, CONFIG)
    assert {len(row.nonzero()[0]) < DIMS for row in ENTRIES} == {True, False}
    for row, entries in enumerate(ENTRIES):
        observed = (entries != 0).astype(float)
        matrix = (FACTORS.T * (observed + CONFIG.unobserved)) @ FACTORS + l2[row] * np.eye(DIMS)
        assert solved[row] == pytest.approx(np.linalg.solve(matrix, FACTORS.T @ entries), abs=1e-4)
    assert (solved[0] == 0).all()


@pytest.mark.parametrize("length", [0, 1, DIMS - 1, DIMS, 25])
def test_influences_of_targets_add_up_to_the_solution(length: int) -> None:
    targets = ENTRIES[-1, :length]
    factors = FACTORS[:length]
    matrix = factors.T @ factors + np.diag(PRIOR)
    dense = np.linalg.solve(matrix, factors.T @ targets)
    assert solve(factors, targets, PRIOR) == pytest.approx(dense, abs=1e-5)
    assert influence(factors, PRIOR).shape == (length, DIMS)
    assert targets @ influence(factors, PRIOR) == pytest.approx(dense, abs=1e-5)


def test_principal_axes_keep_products_and_make_the_gram_diagonal() -> None:
    turned = in_principal_axes(FACTORS)
    assert turned @ turned.T == pytest.approx(FACTORS @ FACTORS.T, abs=1e-4)
    gram = turned.T @ turned
    assert gram == pytest.approx(np.diag(np.diag(gram)), abs=1e-3)


def test_sweeps_lower_the_loss() -> None:
    losses = [
        loss(factorize(sparse(ENTRIES), FactorizationConfig(DIMS, first_sweeps=n)), CONFIG) for n in range(5)
    ]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < losses[0] < loss(np.zeros_like(FACTORS), CONFIG)


def test_column_without_entries_gets_a_vector_of_zeros() -> None:
    entries = ENTRIES.copy()
    entries[:, [3, 7]] = 0
    vectors = factorize(sparse(entries), CONFIG)
    assert np.flatnonzero((vectors == 0).all(axis=1)).tolist() == [3, 7]


def test_factorize_learns_from_no_more_people_than_it_may() -> None:
    few = FactorizationConfig(DIMS, first_people=5, people=10)
    chosen = np.sort(np.random.default_rng(few.seed).permutation(ROWS)[:10])
    others = ENTRIES.copy()
    others[np.setdiff1d(np.arange(ROWS), chosen)] *= -1
    same, changed = factorize(sparse(ENTRIES), few), factorize(sparse(others), few)
    assert changed.tobytes() == same.tobytes()


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (2, 0), (1, 1)])
def test_factorize_takes_data_of_any_size(shape: tuple[int, int]) -> None:
    vectors = factorize(csr_array(np.ones(shape, np.float32)), CONFIG)
    assert vectors.shape == (shape[1], DIMS)
    assert np.isfinite(vectors).all()
