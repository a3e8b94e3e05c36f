"""`matrix-factorization`: scores against a dense solution, reasons that add up, who counts against what."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender.data.query import Query
from recommender.kernels.factorization import FactorizationConfig
from recommender.models.base import Models
from recommender.models.matrix_factorization import FactorsConfig, MatrixFactorization
from tests.recommender.small import (
    Lists,
    catalog,
    checkerboard,
    context,
    random_lists,
    ratings,
    training_data,
)

N_ANIME = 30
CONFIG = FactorsConfig(people=3, factorization=FactorizationConfig(dims=8, first_sweeps=4))
EVIDENCE = [0.4, -0.3, -0.3, -0.3, -0.2, 0.1, 0.4, 0.4, 1.0, 1.0, 1.0]
LISTS: list[dict[int, int]] = [
    {4: 10},
    {1: 9, 5: 2, 8: 0, 13: 7},
    {1: 1},
    {2: 5, 3: 6},
    {row: row % 11 for row in range(N_ANIME)},
]


def fit(lists: Lists, n_anime: int = N_ANIME, config: FactorsConfig = CONFIG) -> MatrixFactorization:
    return MatrixFactorization.fit(training_data(ratings(lists, n_anime)), Models(), config)


def scores(model: MatrixFactorization, entries: dict[int, int]) -> NDArray[np.float32]:
    return model.scores(context(Query.of(entries.items()), catalog(len(model.factors)), model))


@pytest.fixture(scope="module")
def model() -> MatrixFactorization:
    return fit(random_lists(120, N_ANIME))


@pytest.mark.parametrize("entries", LISTS, ids=lambda entries: f"{len(entries)} titles")
def test_scores_are_those_of_a_dense_least_squares_step(
    model: MatrixFactorization, entries: dict[int, int]
) -> None:
    factors = model.factors.astype(float)
    liked = any(rating >= 8 for rating in entries.values())
    targets = [EVIDENCE[rating] if liked or rating < 5 else 1.0 for rating in entries.values()]
    if entries == {2: 5, 3: 6}:
        targets = [0.1, 1.0]  # the better half are the likes
    listed = factors[list(entries)]
    l2 = CONFIG.list_l2 / len(entries)
    matrix = listed.T @ listed + CONFIG.factorization.unobserved * factors.T @ factors + l2 * np.eye(8)
    assert scores(model, entries) == pytest.approx(
        factors @ np.linalg.solve(matrix, listed.T @ np.array(targets)), abs=1e-5
    )


@pytest.mark.parametrize("entries", LISTS, ids=lambda entries: f"{len(entries)} titles")
def test_contributions_add_up_to_every_score(model: MatrixFactorization, entries: dict[int, int]) -> None:
    request = context(Query.of(entries.items()), catalog(N_ANIME), model)
    parts = model.contributions(request, np.arange(N_ANIME))
    assert parts.shape == (len(entries), N_ANIME)
    assert parts.sum(axis=0) == pytest.approx(model.scores(request), abs=1e-5)


def test_mates_of_the_liked_titles_come_first() -> None:
    found = scores(fit(checkerboard(200), 20), {2: 10, 6: 9})
    assert found[0::2].min() > found[1::2].max()


def test_bad_title_counts_against_its_mates() -> None:
    found = scores(fit(checkerboard(200), 20), {2: 10, 6: 9, 3: 2})
    assert (found[1::2] < 0).all()


def test_empty_list_has_no_scores(model: MatrixFactorization) -> None:
    assert (scores(model, {}) == 0).all()


def test_title_that_too_few_people_have_is_not_learned() -> None:
    lists = {
        user: {0: 9, 1: 9, **({2: 9} if user < 4 else {}), **({3: 9} if user < 5 else {})}
        for user in range(20)
    }
    known = fit(lists, 5, replace(CONFIG, people=5)).factors.any(axis=1)
    assert known.tolist() == [True, True, False, True, False]


def test_long_list_counts_no_further_than_it_may(model: MatrixFactorization) -> None:
    few = replace(CONFIG, long_list=4)
    entries = dict.fromkeys(range(8), 9)
    half_as_much = replace(CONFIG, list_l2=CONFIG.list_l2 * 2)
    capped, doubled = (scores(MatrixFactorization(c, model.factors), entries) for c in (few, half_as_much))
    assert capped == pytest.approx(doubled, abs=1e-6)
