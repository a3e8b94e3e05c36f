"""Quality of like predictions, worked out by hand, and the two simple predictions."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.metrics.likes import (
    PRIOR_OF_A_USER,
    PRIOR_RATINGS,
    auc,
    by_title,
    by_user_and_title,
    like_quality,
    title_like_rates,
)
from evaluation.protocols.holdout import Case
from recommender.data.query import Query
from tests.recommender.small import ratings


def case(sent: Mapping[int, int], hidden: Mapping[int, int]) -> Case:
    rows = np.array(sorted(hidden), np.int64)
    rated = np.array([hidden[row] for row in rows], np.uint8)
    return Case(Query.of(sent.items()), rows[rated >= 8], rows, rated)


def test_auc_counts_pairs() -> None:
    # liked .9 and .4, not liked .6 and .4: 1 + 1 + 0 + 1/2 of 4 pairs
    found = auc(np.array([0.9, 0.6, 0.4, 0.4]), np.array([True, False, True, False]))
    assert found == 2.5 / 4


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.5, 0.9]), st.booleans()), min_size=1, max_size=30))
def test_auc_equals_a_count_over_every_pair(pairs: list[tuple[float, bool]]) -> None:
    liked = [p for p, like in pairs if like]
    other = [p for p, like in pairs if not like]
    found = auc(np.array([p for p, _ in pairs]), np.array([like for _, like in pairs]))
    if not liked or not other:
        assert math.isnan(found)
    else:
        wins = sum((a > b) + (a == b) / 2 for a in liked for b in other)
        assert found == pytest.approx(wins / (len(liked) * len(other)))


def test_like_quality_is_over_all_ratings_together() -> None:
    rates = np.array([0.9, 0.6, 0.2, 0.4])
    cases = (case({}, {0: 10, 1: 3, 3: 0}), case({}, {2: 2, 3: 9}))  # 0: watched, not rated
    quality = like_quality(by_title(rates), cases)
    assert quality.accuracy.value == 2 / 4  # .9 and .2 are right; of 3 the first is no rating
    assert quality.auc.value == 3 / 4  # .9 above .6 and .2; .4 above .2 but not above .6


def test_like_quality_of_the_same_users_has_the_same_interval() -> None:
    rng = np.random.default_rng(1)
    cases = tuple(case({}, {row: int(rng.integers(1, 11)) for row in range(6)}) for _ in range(20))
    rates = np.linspace(0.2, 0.8, 6)
    first, second = (like_quality(by_title(rates), cases) for _ in range(2))
    assert first == second
    assert 0 < first.accuracy.margin < 0.3
    assert 0 < first.auc.margin < 0.3


def test_like_quality_without_a_rating_is_unknown() -> None:
    assert math.isnan(like_quality(by_title(np.zeros(3)), (case({0: 9}, {}),)).auc.value)


def test_title_like_rate_is_shrunk_toward_the_overall_rate() -> None:
    matrix = ratings({1: {0: 9, 1: 5, 2: 0}, 2: {0: 8, 1: 8}}, 4)
    overall = 3 / 4
    expected = [
        (2 + PRIOR_RATINGS * overall) / (2 + PRIOR_RATINGS),
        (1 + PRIOR_RATINGS * overall) / (2 + PRIOR_RATINGS),
        overall,  # watched by one, rated by nobody
        overall,
    ]
    assert title_like_rates(matrix) == pytest.approx(expected)


def test_generous_user_is_predicted_to_like_more() -> None:
    rates = np.array([0.5, 0.5, 0.9])
    predict = by_user_and_title(rates)
    generous = Query.of([(0, 9), (1, 8)])
    assert predict(generous, np.array([2, 0])) == pytest.approx([1.0, 0.5 + 1.0 / (2 + PRIOR_OF_A_USER)])
    strict = Query.of([(0, 3), (1, 4)])
    assert predict(strict, np.array([2])) == pytest.approx([0.9 - 1.0 / (2 + PRIOR_OF_A_USER)])


def test_user_without_ratings_is_predicted_the_titles_rate() -> None:
    rates = np.array([0.5, 0.25])
    assert by_user_and_title(rates)(Query.of([(0, 0)]), np.array([1])).tolist() == [0.25]
