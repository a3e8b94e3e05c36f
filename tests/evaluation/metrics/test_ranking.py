"""Each metric on rankings whose values are worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.sparse import csr_array

from evaluation.metrics.ranking import (
    Mean,
    adult_share,
    graded_ndcg_at,
    hit_at,
    later_part_share,
    ndcg_at,
    recall_at,
    shows_two_of_one,
    variety,
)


def rows(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.int64)


def test_ndcg_discounts_by_place() -> None:
    # hits at places 1 and 3 of three, two are relevant: (1 + 1/2) / (1 + 1/log2(3))
    found = ndcg_at(rows(7, 5, 9), rows(7, 9), 3)
    assert found == pytest.approx(1.5 / (1 + 1 / math.log2(3)))


def test_ndcg_is_1_for_the_ideal_order_and_0_without_a_hit() -> None:
    assert ndcg_at(rows(1, 2, 3), rows(2, 1), 10) == pytest.approx(1.0)
    assert ndcg_at(rows(4, 5), rows(1), 10) == 0.0


def test_graded_ndcg_weighs_gains_by_place() -> None:
    shown, every = np.array([1.0, 0.0, 3.0]), np.array([2.0, 0.0, 1.0, 3.0])
    ideal = 3 + 2 / math.log2(3) + 1 / 2
    assert graded_ndcg_at(shown, every, 10) == pytest.approx((1 + 3 / 2) / ideal)
    assert graded_ndcg_at(shown, every, 1) == pytest.approx(1 / 3)
    assert graded_ndcg_at(np.array([3.0, 2.0, 1.0]), every, 3) == pytest.approx(1.0)
    assert graded_ndcg_at(np.empty(0), every, 10) == 0.0
    assert math.isnan(graded_ndcg_at(shown, np.zeros(4), 10))


def test_ndcg_ideal_has_at_most_k_hits() -> None:
    assert ndcg_at(rows(1, 2), rows(1, 2, 3, 4, 5), 2) == pytest.approx(1.0)


def test_metrics_ignore_titles_after_k() -> None:
    assert ndcg_at(rows(8, 9, 1), rows(1), 2) == 0.0
    assert recall_at(rows(8, 9, 1), rows(1), 2) == 0.0
    assert hit_at(rows(8, 9, 1), rows(1), 2) == 0.0


def test_recall_is_over_at_most_k_relevant_titles() -> None:
    assert recall_at(rows(1, 2, 3, 4), rows(1, 3, 9), 4) == pytest.approx(2 / 3)
    assert recall_at(rows(1, 2), rows(1, 3, 9), 2) == pytest.approx(1 / 2)


@pytest.mark.parametrize("metric", [ndcg_at, recall_at, hit_at])
def test_metrics_are_nan_where_nothing_is_relevant(metric: object) -> None:
    assert math.isnan(metric(rows(1, 2), rows(), 10))  # type: ignore[operator]


NSFW = np.array([False, True, False, True])


def test_adult_share_is_of_the_titles_shown() -> None:
    assert adult_share(rows(0, 1, 2, 3), rows(2), NSFW) == 0.5


def test_adult_share_is_nan_for_a_user_who_sent_one() -> None:
    assert math.isnan(adult_share(rows(1, 3), rows(1, 2), NSFW))


# the franchise of 0, 1 and 2 starts with 0; 3 and 4 stand alone
ENTRIES = np.array([0, 0, 0, 3, 4], dtype=np.int32)


def test_later_part_counts_unless_its_start_was_sent() -> None:
    assert later_part_share(rows(1, 2, 3, 4), rows(), ENTRIES) == 0.5
    assert later_part_share(rows(1, 2, 3, 4), rows(0), ENTRIES) == 0.0
    # a later part that was sent is not the start
    assert later_part_share(rows(2, 3), rows(1), ENTRIES) == 0.5


def test_start_of_a_franchise_is_no_later_part() -> None:
    assert later_part_share(rows(0, 3), rows(), ENTRIES) == 0.0


def test_two_titles_of_one_franchise_are_detected() -> None:
    groups = np.array([0, 0, 2, 3], dtype=np.int32)
    assert shows_two_of_one(rows(0, 2, 1), groups) == 1.0
    assert shows_two_of_one(rows(0, 2, 3), groups) == 0.0


# 0 and 1 are the same, 2 is at 60 degrees to both, 3 is not described
TERMS = csr_array(np.array([[1.0, 0.0], [1.0, 0.0], [0.5, math.sqrt(0.75)], [0.0, 0.0]], dtype=np.float32))


def test_variety_is_a_mean_over_pairs() -> None:
    assert variety(rows(0, 1), TERMS) == pytest.approx(0.0, abs=1e-6)
    assert variety(rows(0, 2), TERMS) == pytest.approx(0.5)
    assert variety(rows(0, 1, 2), TERMS) == pytest.approx((0 + 0.5 + 0.5) / 3)


def test_title_without_terms_is_like_no_other() -> None:
    assert variety(rows(0, 3, 1), TERMS) == pytest.approx((1 + 1 + 0) / 3)


def test_variety_of_one_title_is_nan() -> None:
    assert math.isnan(variety(rows(0), TERMS))
    assert math.isnan(variety(rows(), TERMS))


def test_shares_of_an_empty_ranking_are_nan() -> None:
    groups = np.zeros(3, np.int32)
    assert math.isnan(adult_share(rows(), rows(0), NSFW))
    assert math.isnan(later_part_share(rows(), rows(), ENTRIES))
    assert math.isnan(shows_two_of_one(rows(), groups))


def test_mean_skips_nan() -> None:
    mean = Mean.of([1.0, float("nan"), 0.0, 1.0, 0.0])
    assert mean.value == 0.5
    assert mean.margin == pytest.approx(1.96 * 0.5 / math.sqrt(4))
    assert str(mean) == "0.500 ±0.490"


def test_mean_of_nothing_is_nan() -> None:
    assert math.isnan(Mean.of([]).value)
    assert math.isnan(Mean.of([float("nan")]).margin)
