"""Reasons, true and false, of a recommender whose sums are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluation.metrics.reasons import SAMPLE, Reason, reason_quality
from evaluation.protocols.holdout import Case
from recommender.data.query import Query
from tests.recommender.small import likes

N, SHOWN, UNLIKED = 60, 50, 7
LIKED = [0, 1, 2, 3, 4]
WEIGHTS = np.arange(1.0, N + 1)  # weight of a liked title for the one shown: the later, the more


def odds(query: Query) -> NDArray[np.float64]:
    """All titles have the same odds, but for one that grows with the list."""
    every = np.ones(N)
    every[SHOWN] = 1.0 + WEIGHTS[query.liked_rows].sum()
    return every


def case(query: Query) -> Case:
    return Case(query, np.array([SHOWN]), np.empty(0, np.int64), np.empty(0, np.uint8))


LIST = case(likes(LIKED))


def naming(row: int | None) -> list[Reason]:
    return [Reason(SHOWN, row)]


@pytest.mark.parametrize(
    ("named", "above_median", "largest", "in_three"),
    [(4, 1, 1, 1), (3, 1, 0, 1), (2, 0, 0, 1), (1, 0, 0, 0), (0, 0, 0, 0)],
)
def test_named_title_stands_by_the_size_of_its_fall(
    named: int, above_median: int, largest: int, in_three: int
) -> None:
    found = reason_quality(odds, lambda _: naming(named), [LIST], seed=1)
    standing = found.named
    values = (standing.above_median.value, standing.largest.value, standing.in_three.value)
    assert values == (above_median, largest, in_three)
    assert found.named_share.value == 1.0


def test_chance_is_the_mean_over_the_list() -> None:
    chance = reason_quality(odds, lambda _: naming(0), [LIST], seed=1).chance
    assert chance.above_median.value == pytest.approx(2 / 5)
    assert chance.largest.value == pytest.approx(1 / 5)
    assert chance.in_three.value == pytest.approx(3 / 5)


def test_equal_falls_are_never_the_largest() -> None:
    equal = reason_quality(
        lambda query: np.full(N, 1.0 + len(query.liked_rows)), lambda _: naming(0), [LIST], 1
    )
    assert equal.named.largest.value == equal.chance.largest.value == 0.0


def test_sample_of_a_long_list_includes_the_named_title() -> None:
    lengths: list[int] = []

    def counted(query: Query) -> NDArray[np.float64]:
        lengths.append(len(query.anime_rows))
        return odds(query)

    long = case(likes(range(45)))
    for seed in range(5):
        lengths.clear()
        found = reason_quality(counted, lambda _: naming(44), [long], seed)
        assert found.named.largest.value == 1.0
        assert lengths.count(45) == 1
        assert SAMPLE - 1 <= lengths.count(44) <= SAMPLE


def test_only_liked_titles_are_compared() -> None:
    disliked = case(Query.of([*((row, 10) for row in LIKED), (UNLIKED, 2)]))
    removed: list[set[int]] = []

    def spied(query: Query) -> NDArray[np.float64]:
        removed.append({*LIKED, UNLIKED} - set(query.anime_rows.tolist()))
        return odds(query)

    reason_quality(spied, lambda _: naming(4), [disliked], seed=1)
    assert sorted(map(sorted, removed)) == [[], [0], [1], [2], [3], [4]]


def test_named_share_counts_titles_without_a_reason() -> None:
    reasons = [Reason(SHOWN, None), Reason(SHOWN, 4)]
    found = reason_quality(odds, lambda _: reasons, [LIST], seed=1)
    assert found.named_share.value == 0.5
    assert found.named.largest.value == 1.0


def test_reason_quality_is_a_mean_over_users() -> None:
    steps: list[int] = []
    found = reason_quality(
        odds,
        lambda query: naming(4) * 3 if len(query.anime_rows) == len(LIKED) else naming(0),
        [LIST, case(likes([0, 1, 2]))],
        1,
        lambda: steps.append(1),
    )
    assert found.named.largest.value == 0.5
    assert len(steps) == 2


def test_of_lists_of_one_title_nothing_is_known() -> None:
    found = reason_quality(odds, lambda _: naming(3), [case(likes([3]))], seed=1)
    assert math.isnan(found.named.largest.value)
    assert math.isnan(found.chance.largest.value)
