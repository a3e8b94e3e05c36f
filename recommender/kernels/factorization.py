"""Matrix factorization by alternating least squares, for ratings that people chose to give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack
from scipy.sparse import csr_array

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class FactorizationConfig:
    """Parameters of alternating least squares."""

    dims: int = 192  # length of a vector; time grows with its square
    unobserved: float = (
        0.3  # weight of a title that a person does not have, expected to be 0; an entry's is 1
    )
    people_l2: float = 6.0  # pulls the vector of a person toward 0
    titles_l2: float = 0.003  # pulls that of a title toward 0, times its weight of entries, observed or not
    first_people: int = 12_000  # the vectors begin with so many people, chosen by chance …
    first_sweeps: int = 5  # … who are gone through so often,
    people: int = 100_000  # before at most so many people …
    sweeps: int = 1  # … are
    seed: int = 7


def factorize(observed: csr_array, config: FactorizationConfig) -> Floats:
    """float32 (titles, dims): vectors whose products with the vector of a person resemble their entries.

    An entry that is not observed counts as 0 with a small weight (Hu, Koren, Volinsky 2008). The
    regularization of a title grows with how many people have it (Rendle et al. 2021, arXiv:2110.14037). A
    column without entries has a vector of zeros. The axes are those in which the vectors' Gram matrix is
    diagonal, so that `solve` needs no more than its diagonal.

    Args:
        observed: csr float32 (people, titles), what each entry should be.
    """
    rng = np.random.default_rng(config.seed)
    n_people, n_titles = observed.shape
    order = rng.permutation(n_people)
    scale = 0.1 / np.sqrt(config.dims)
    titles = (rng.standard_normal((n_titles, config.dims)) * scale).astype(np.float32)
    titles[np.bincount(observed.indices, minlength=n_titles) == 0] = 0
    for people, sweeps in ((config.first_people, config.first_sweeps), (config.people, config.sweeps)):
        by_person = observed[np.sort(order[:people])]
        by_title = csr_array(by_person.T.tocsr())
        entries = np.diff(by_title.indptr)
        titles_l2 = config.titles_l2 * (entries + config.unobserved * by_person.shape[0])
        for _ in range(sweeps):
            of_people = half_step(titles, by_person, np.full(by_person.shape[0], config.people_l2), config)
            titles = half_step(of_people, by_title, titles_l2, config)
    return in_principal_axes(titles)


def half_step(
    factors: Floats, observed: csr_array, l2: NDArray[np.floating], config: FactorizationConfig
) -> Floats:
    """The best vectors of the rows, float32 (rows, dims), given those of the columns.

    Args:
        factors: float32 (columns, dims).
        observed: csr float32 (rows, columns).
        l2: (rows,), of each.
    """
    axes, lengths = _principal_axes(factors)
    rotated, base = factors @ axes, config.unobserved * lengths
    solved = np.zeros((observed.shape[0], factors.shape[1]), dtype=np.float32)
    starts = observed.indptr
    for row in np.flatnonzero(np.diff(starts)).tolist():
        entries = slice(starts[row], starts[row + 1])
        prior = base + np.float32(l2[row])
        solved[row] = solve(rotated[observed.indices[entries]], observed.data[entries], prior)
    return solved @ axes.T


def solve(factors: Floats, targets: Floats, prior: Floats) -> Floats:
    """The vector whose products with `factors` are nearest to `targets`, float32 (dims,).

    Minimizes |factors w - targets|^2 + w' diag(prior) w, by the smaller of its two systems of equations.

    Args:
        factors: float32 (n, dims).
        targets: float32 (n,).
        prior: float32 (dims,), above 0.
    """
    if len(factors) < len(prior):
        scaled: Floats = factors / prior
        dual: Floats = _solve(scaled @ factors.T, np.ones(len(factors), np.float32), targets) @ scaled
        return dual
    return _solve(factors.T @ factors, prior, targets @ factors)


def influence(factors: Floats, prior: Floats) -> Floats:
    """float32 (n, dims), the part of each target: targets @ this is the vector that `solve` returns."""
    if len(factors) < len(prior):
        scaled: Floats = factors / prior
        return _solve(scaled @ factors.T, np.ones(len(factors), np.float32), scaled)
    return np.ascontiguousarray(_solve(factors.T @ factors, prior, factors.T).T)


def in_principal_axes(factors: Floats) -> Floats:
    """The same vectors, turned so that their Gram matrix is diagonal."""
    return np.ascontiguousarray(factors @ _principal_axes(factors)[0])


def _principal_axes(factors: Floats) -> tuple[Floats, Floats]:
    """(float32 (dims, dims), float32 (dims,)): eigenvectors and eigenvalues of the Gram matrix."""
    lengths, axes = np.linalg.eigh(factors.T.astype(np.float64) @ factors)
    return axes.astype(np.float32), np.maximum(lengths, 0).astype(np.float32)


def _solve(matrix: Floats, diagonal: Floats, right: Floats) -> Floats:
    """(matrix + diag(diagonal))^-1 right, of a positive definite matrix, which is overwritten."""
    if not right.size:
        return right
    matrix.ravel()[:: len(matrix) + 1] += diagonal
    _, solved, info = lapack.sposv(matrix.T, right, overwrite_a=1)  # in Fortran order it is not copied
    if info:
        raise np.linalg.LinAlgError(f"the system is not positive definite (sposv: {info})")
    found: Floats = solved
    return found
