"""Query: construction, validation, and the titles that it likes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ranges import WatchStatus
from recommender.data.query import Query


def test_query_sorts_rows_and_keeps_the_last_rating() -> None:
    query = Query.of([(5, 1), (2, 9), (5, 7)])
    assert query.anime_rows.tolist() == [2, 5]
    assert query.ratings.tolist() == [9, 7]


def test_query_may_be_empty() -> None:
    assert Query.of([]).anime_rows.shape == (0,)
    assert Query.of([]).liked_rows.tolist() == []


def test_query_refuses_rows_and_ratings_of_two_lengths() -> None:
    with pytest.raises(ValueError, match=r"\(2,\) and ratings \(1,\)"):
        Query(np.array([1, 2]), np.array([5], np.uint8))


@pytest.mark.parametrize("rows", [[2, 1], [1, 1]])
def test_query_refuses_rows_that_do_not_ascend(rows: list[int]) -> None:
    with pytest.raises(ValueError, match="ascend without repeats"):
        Query(np.array(rows), np.array([5, 5], np.uint8))


@pytest.mark.parametrize(
    ("entries", "liked"),
    [
        ({1: 8, 2: 7, 3: 10, 4: 0}, [1, 3]),  # 8 and more
        ({1: 5, 2: 7, 3: 6}, [2, 3]),  # nothing so high: the better half
        ({1: 6, 2: 6}, [1, 2]),
        ({1: 5, 2: 0, 3: 6}, [3]),  # titles without a rating do not count as the lowest
        ({1: 3, 2: 5, 3: 4}, [2]),  # of the better half, nothing below 5
        ({1: 1, 2: 4, 3: 0}, []),
        ({1: 0, 2: 0}, [1, 2]),  # no ratings at all: everything
    ],
)
def test_liked_rows_follow_the_ratings(entries: dict[int, int], liked: list[int]) -> None:
    assert Query.of(entries.items()).liked_rows.tolist() == liked


@pytest.mark.parametrize(
    ("entries", "dropped", "liked", "not_liked"),
    [
        ({1: 9, 2: 0, 3: 0}, [2], [1], [2]),  # dropped and not rated: not liked
        ({1: 9, 2: 8, 3: 4}, [2], [1, 2], [3]),  # a rating tells more than the status
        ({1: 0, 2: 0, 3: 0}, [2, 9], [1, 3], [2]),  # no ratings at all: everything else
        ({1: 0}, [1], [], [1]),
        ({1: 6, 2: 0, 3: 7}, [2], [3], [1, 2]),
    ],
)
def test_dropped_titles_without_ratings_are_not_liked(
    entries: dict[int, int], dropped: list[int], liked: list[int], not_liked: list[int]
) -> None:
    query = Query.of(entries.items(), statuses=dict.fromkeys(dropped, WatchStatus.DROPPED))
    assert query.liked_rows.tolist() == liked
    assert query.anime_rows[query.is_not_liked].tolist() == not_liked


@given(st.dictionaries(st.integers(0, 50), st.integers(0, 10), min_size=1))
def test_liked_rows_are_empty_only_below_bearable(entries: dict[int, int]) -> None:
    liked = Query.of(entries.items()).liked_rows.tolist()
    assert bool(liked) == (not any(entries.values()) or max(entries.values()) >= 5)
    assert set(liked) <= set(entries)


def test_unseen_is_every_title_outside_the_list() -> None:
    assert Query.of([(0, 9), (2, 0)]).unseen(4).tolist() == [False, True, False, True]


@pytest.mark.parametrize(
    ("entries", "distinct"),
    [([], False), ([(1, 9)], False), ([(1, 9), (2, 9)], False), ([(1, 9), (2, 0)], True)],
)
def test_query_tells_whether_ratings_are_distinct(entries: list[tuple[int, int]], distinct: bool) -> None:
    assert Query.of(entries).has_distinct_ratings == distinct
