"""What is asked, what is taken as liked, and how scores become a ranking."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.data.query import Query, rank, top_k

# halves, so that ties are frequent
SCORES = st.lists(st.integers(0, 6).map(lambda n: n / 2), min_size=1, max_size=30)


def test_a_query_is_ordered_by_row_and_of_a_repeated_title_the_last_rating_counts() -> None:
    query = Query.of([(5, 1), (2, 9), (5, 7)])
    assert query.anime_rows.tolist() == [2, 5]
    assert query.ratings.tolist() == [9, 7]


def test_an_empty_list_is_a_query() -> None:
    assert Query.of([]).anime_rows.shape == (0,)
    assert Query.of([]).liked_rows.tolist() == []


def test_rows_and_ratings_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(2,\) and ratings \(1,\)"):
        Query(np.array([1, 2]), np.array([5], np.uint8))


@pytest.mark.parametrize("rows", [[2, 1], [1, 1]])
def test_rows_that_do_not_ascend_are_refused(rows: list[int]) -> None:
    with pytest.raises(ValueError, match="ascend without repeats"):
        Query(np.array(rows), np.array([5, 5], np.uint8))


@pytest.mark.parametrize(
    ("given_ratings", "liked"),
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
def test_liked_titles(given_ratings: dict[int, int], liked: list[int]) -> None:
    assert Query.of(given_ratings.items()).liked_rows.tolist() == liked


@given(st.dictionaries(st.integers(0, 50), st.integers(0, 10), min_size=1))
def test_whoever_rates_nothing_or_something_bearable_likes_something(entries: dict[int, int]) -> None:
    liked = Query.of(entries.items()).liked_rows.tolist()
    assert bool(liked) == (not any(entries.values()) or max(entries.values()) >= 5)
    assert set(liked) <= set(entries)


def test_the_list_is_never_a_candidate_and_the_mask_given_is_not_changed() -> None:
    allowed = np.array([True, True, False, True])
    query = Query.of([(0, 9)], allowed=allowed)
    assert query.candidates(4).tolist() == [False, True, False, True]
    assert allowed.tolist() == [True, True, False, True]


@given(SCORES, st.integers(-1, 40), st.data())
def test_top_k_is_a_full_sort_by_score_then_row(values: list[float], k: int, data: st.DataObject) -> None:
    mask = data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    expected = sorted((-score, row) for row, score in enumerate(values) if mask[row])[: max(k, 0)]
    found = top_k(np.array(values, np.float32), np.array(mask), k)
    assert found.tolist() == [row for _, row in expected]


def test_titles_without_a_score_follow_by_the_fallback_with_score_zero() -> None:
    scores = np.array([0, 4, 0, 2, 0], np.float32)
    fallback = np.array([0.1, 1.0, 0.9, 1.0, 0.9], np.float32)
    ranking = rank(scores, fallback, Query.of([]), 5)
    assert ranking.anime_rows.tolist() == [1, 3, 2, 4, 0]
    assert ranking.scores.tolist() == [1.0, 0.5, 0.0, 0.0, 0.0]


def test_scores_are_relative_to_the_best_title_outside_the_list_allowed_or_not() -> None:
    scores = np.array([8, 4, 2, 1], np.float32)
    allowed = np.array([True, False, True, True])
    ranking = rank(scores, scores, Query.of([(0, 9)], allowed=allowed), 2)
    assert ranking.anime_rows.tolist() == [2, 3]
    assert ranking.scores.tolist() == [0.5, 0.25]


@given(SCORES, SCORES, st.sets(st.integers(0, 29)), st.integers(0, 35))
def test_a_ranking_is_as_long_as_it_can_be(
    scores: list[float], fallback: list[float], listed: set[int], k: int
) -> None:
    n = min(len(scores), len(fallback))
    query = Query.of([(row, 10) for row in listed if row < n])
    ranking = rank(np.array(scores[:n], np.float32), np.array(fallback[:n], np.float32), query, k)
    assert len(ranking) == min(k, n - len(query.anime_rows))
    assert len(set(ranking.anime_rows.tolist()) | set(query.anime_rows.tolist())) == len(ranking) + len(
        query.anime_rows
    )
    assert (np.diff(ranking.scores) <= 0).all()
