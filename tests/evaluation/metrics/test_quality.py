"""Rankings are made for every case and measured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import count

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_array

from evaluation.metrics.quality import DEPTH, Rankings, TitleFacts, measure, rank_cases
from evaluation.protocols.holdout import Case
from recommender.data.query import Query
from tests.recommender.small import likes

N = 8
FACTS = TitleFacts(
    likes=np.array([6, 6, 2, 2, 0, 0, 0, 0]),
    n_users=14,
    nsfw=np.arange(N) == 3,
    entries=np.array([0, 0, 2, 3, 4, 5, 6, 7], dtype=np.int32),
    groups=np.array([0, 0, 2, 3, 4, 5, 6, 7], dtype=np.int32),
    terms=csr_array(np.eye(N, dtype=np.float32)[[0, 0, 2, 3, 4, 5, 6, 7]]),  # 0 and 1 are alike
)


def case(sent: Sequence[int], relevant: Sequence[int]) -> Case:
    return Case(likes(sent), np.array(relevant, np.int64), np.empty(0, np.int64), np.empty(0, np.uint8))


def rankings(*ranked: Sequence[int]) -> Rankings:
    return Rankings(tuple(np.array(rows, np.int64) for rows in ranked), 2.0)


def test_quality_has_every_metric_of_two_users() -> None:
    cases = (case([7], [0, 1]), case([6], [2]))
    quality = measure(rankings([0, 1], [3, 1]), cases, FACTS)
    assert quality.ndcgs.tolist() == [1.0, 0.0]
    assert quality.ndcg.value == quality.recall.value == quality.hit_rate.value == 0.5
    assert quality.coverage == 3 / N
    assert quality.popularity == (6 + 6 + 2 + 6) / 4
    assert quality.novelty == pytest.approx((3 * math.log2(16 / 7) + math.log2(16 / 3)) / 4)
    assert quality.nsfw_leak.value == 0.25  # one of two titles of one of two people
    assert quality.later_parts.value == 0.5  # title 1 before title 0, for both
    assert quality.near_duplicates.value == 0.5  # 0 and 1, for the first
    assert quality.variety.value == 0.5  # 0 and 1 are alike, 3 and 1 are not
    assert quality.milliseconds == 2.0


def test_quality_without_franchises_and_terms_is_unknown() -> None:
    facts = TitleFacts(FACTS.likes, FACTS.n_users, FACTS.nsfw)
    quality = measure(rankings([0, 1]), (case([7], [0]),), facts)
    assert math.isnan(quality.later_parts.value)
    assert math.isnan(quality.near_duplicates.value)
    assert math.isnan(quality.variety.value)


def test_quality_of_no_cases_is_unknown() -> None:
    quality = measure(rankings(), (), FACTS)
    assert math.isnan(quality.ndcg.value)
    assert quality.coverage == 0.0


def test_rank_cases_ranks_and_times_each_case_once() -> None:
    calls = []
    seconds = count(step=3)  # each reading of the clock is three seconds later

    def recommend(query: Query, k: int) -> NDArray[np.int64]:
        calls.append((query.anime_rows.tolist(), k))
        return np.array([0], np.int64)

    cases = (case([1], [0]), case([2, 3], [0]))
    found = rank_cases(recommend, cases, lambda: float(next(seconds)))
    assert calls == [([1], DEPTH), ([2, 3], DEPTH)]
    assert found.milliseconds == 3_000.0
    assert [rows.tolist() for rows in found.ranked] == [[0], [0]]


def test_check_refuses_impossible_rankings() -> None:
    cases = (case([1], [0]),)
    assert rankings([0, 2]).check(cases).ranked[0].tolist() == [0, 2]
    with pytest.raises(ValueError, match="1 cases need as many rankings, got 2"):
        rankings([0], [2]).check(cases)
    with pytest.raises(ValueError, match="ranking 0 has a title twice"):
        rankings([0, 0]).check(cases)
    with pytest.raises(ValueError, match="ranking 0 has a title that was sent"):
        rankings([0, 1]).check(cases)
