"""The effect of a rating on recommenders that respond to it, and on one that ignores it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_array

from evaluation.metrics.rating_effects import RATINGS, rating_effects
from evaluation.protocols.holdout import Case
from recommender.data.query import Query
from tests.recommender.small import likes

FAMILIES, SIZE = 4, 12  # titles that go together
N = FAMILIES * SIZE
FAMILY = np.arange(N) // SIZE
LIKES = np.arange(N)
GOES_WITH = csr_array((FAMILY[:, None] == FAMILY).astype(np.float32))
MIXED = np.random.default_rng(1).permutation(N) / N
NOTHING = np.empty(0, np.int64)


def responsive(query: Query) -> NDArray[np.float64]:
    """Titles of a family gain by every rating above 5, and lose by one below."""
    opinions = np.zeros(FAMILIES)
    np.add.at(opinions, FAMILY[query.anime_rows], query.ratings.astype(float) - 5)
    return opinions[FAMILY] + 10 * MIXED


def indifferent(query: Query) -> NDArray[np.float64]:
    return MIXED


def case(sent: list[int], relevant: list[int]) -> Case:
    return Case(likes(sent), np.array(relevant, np.int64), NOTHING, np.empty(0, np.uint8))


CASES = [case([0, 12, 24, 36], [3, 4])] * 20


def test_companions_fall_after_a_3_and_rise_after_a_10() -> None:
    effects = rating_effects(responsive, GOES_WITH, LIKES, CASES, seed=1)
    assert list(effects) == [None, *RATINGS] == [None, 3, 10]
    assert effects[None].change.value == 0.0
    assert effects[3].change.value > 0.1
    assert effects[3].down.value == 1.0
    assert effects[10].change.value < -0.1
    assert effects[10].down.value == 0.0
    changed = effects[3].log_rank.value - effects[None].log_rank.value
    assert effects[3].change.value == pytest.approx(changed)


def test_companions_of_another_title_move_the_other_way_at_most() -> None:
    effects = rating_effects(responsive, GOES_WITH, LIKES, CASES, seed=1)
    assert effects[3].others.value <= 0.0
    assert effects[10].others.value >= 0.0


def test_indifferent_recommender_moves_nothing() -> None:
    effects = rating_effects(indifferent, GOES_WITH, LIKES, CASES, seed=1)
    for rating in RATINGS:
        assert (
            effects[rating].change.value == effects[rating].down.value == effects[rating].others.value == 0.0
        )


def test_added_title_is_neither_sent_nor_liked() -> None:
    queries: list[Query] = []

    def spied(query: Query) -> NDArray[np.float64]:
        queries.append(query)
        return responsive(query)

    known = case([0, 12], [*range(1, 11), *range(13, N - 1)])  # all but 11 and the last
    rating_effects(spied, GOES_WITH, LIKES, [known], seed=3)
    without, bad, good = queries
    (added,) = set(bad.anime_rows.tolist()) - {0, 12}
    assert added in {11, N - 1}
    assert without.anime_rows.tolist() == [0, 12]
    assert bad.anime_rows.tolist() == good.anime_rows.tolist() == sorted([0, 12, added])
    assert bad.ratings[bad.anime_rows == added].tolist() == [3]
    assert good.ratings.tolist() == [10, 10, 10]


def test_log_rank_is_a_mean_over_titles_neither_sent_nor_added() -> None:
    goes_with = np.zeros((7, 7))
    goes_with[1, [3, 4]] = goes_with[2, [5, 6]] = 1.0
    scores = np.array([1.0, 0.7, 0.6, 0.9, 0.5, 0.8, 0.3])
    user = case([0], [3, 4, 5, 6])  # so 1 or 2 is added
    found = {
        round(np.exp(effects[None].log_rank.value), 6)
        for effects in (
            rating_effects(lambda _: scores, csr_array(goes_with), np.arange(7), [user], seed)
            for seed in range(20)
        )
    }
    # 3 and 4 are the first and the fourth, or 5 and 6 the second and the fifth
    assert found == {round(math.sqrt(1 * 4), 6), round(math.sqrt(2 * 5), 6)}


def test_effects_without_an_eligible_title_are_unknown() -> None:
    steps: list[int] = []
    everything = case(list(range(N)), [])
    effects = rating_effects(responsive, GOES_WITH, LIKES, [everything], 1, lambda: steps.append(1))
    assert math.isnan(effects[3].change.value)
    assert len(steps) == 1
