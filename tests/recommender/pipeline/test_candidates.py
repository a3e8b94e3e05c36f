"""Candidates: the best allowed titles, one of each group, and their scores."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.pipeline.candidates import Candidates, relative
from tests.recommender.small import likes

KEYS = Candidates(np.array([0.5, -1.0, 1.0, 0.5, -2.0]), np.array([True, True, True, True, False]))


def test_best_are_allowed_titles_by_key_then_row() -> None:
    assert KEYS.best(9).tolist() == [2, 0, 3, 1]
    assert KEYS.best(2).tolist() == [2, 0]


def test_best_has_one_title_of_each_group() -> None:
    grouped = replace(KEYS, groups=np.array([7, 1, 7, 3, 4], np.int32))
    assert grouped.best(9).tolist() == [2, 3, 1]


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.integers(0, 3)), max_size=400))
def test_best_of_groups_equals_a_full_scan(titles: list[tuple[int, bool, int]]) -> None:
    keys = np.array([key for key, _, _ in titles], float)
    allowed = np.array([flag for _, flag, _ in titles], bool)
    groups = np.array([group for _, _, group in titles], np.int32)
    expected, seen = [], set()
    for row in sorted(range(len(titles)), key=lambda row: (-keys[row], row)):
        if allowed[row] and groups[row] not in seen:
            seen.add(groups[row])
            expected.append(row)
    assert Candidates(keys, allowed, groups).best(3).tolist() == expected[:3]


def test_best_follows_a_chosen_order() -> None:
    assert replace(KEYS, order=np.array([3, 2, 0])).best(2).tolist() == [3, 2]


def test_ranking_shows_titles_without_a_score_as_zero() -> None:
    ranking = KEYS.ranking(4)
    assert ranking.anime_rows.tolist() == [2, 0, 3, 1]
    assert (ranking.scores.tolist(), ranking.scores.dtype) == ([1.0, 0.5, 0.5, 0.0], np.float32)


def test_relative_divides_by_the_best_outside_the_list() -> None:
    assert relative(np.array([8.0, 4.0, 2.0]), likes([0])).tolist() == [2.0, 1.0, 0.5]


@pytest.mark.parametrize("rows", [[0], []])
def test_relative_without_scores_is_zero(rows: list[int]) -> None:
    assert relative(np.zeros(3), likes(rows)).tolist() == [0, 0, 0]
