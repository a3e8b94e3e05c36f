"""Pages of a recommender whose order is known: title 0 is the best, then 1, and so on."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommender.data.query import Query, Ranking, rank
from recommender.franchises import Franchises
from recommender.pipeline.page import FranchiseMode, PageMaker, Wishes
from tests.recommender.small import likes

N = 10
#          a saga: 2 starts it, 0 and 5 follow, 6 is its recap; 3 is a second line of the same franchise
GROUPS = np.array([2, 1, 2, 2, 4, 2, 2, 7, 8, 9], np.int32)
ENTRIES = np.array([2, 1, 2, 3, 4, 2, 2, 7, 8, 9], np.int32)
EXTRAS = np.array([0, 0, 0, 0, 0, 0, 1, 0, 0, 0], bool)
POPULARITY = np.linspace(0, 1, N, dtype=np.float32)
ALLOW, EXCLUDE, ENTRY_POINT = FranchiseMode.ALLOW, FranchiseMode.EXCLUDE, FranchiseMode.ENTRY_POINT


class InOrder:
    """Scores 1, .9, .8, …; the last three titles have none."""

    def scores(self, query: Query) -> NDArray[np.float32]:
        return np.maximum(1 - np.arange(N) / 10, 0).astype(np.float32) * (np.arange(N) < 7)

    def recommend(self, query: Query, k: int) -> Ranking:
        return rank(self.scores(query), POPULARITY, query, k)


def pages(kinds: list[int] | None = None) -> PageMaker:
    terms = np.eye(N, dtype=np.float32)[kinds if kinds is not None else range(N)]
    likes_of = np.array([10_000, 5_000, 3_000, 1_000, 100, 10, 0, 0, 0, 0])
    return PageMaker(Franchises(GROUPS, ENTRIES, EXTRAS), POPULARITY, likes_of, csr_array(terms))


def page(query: Query, wishes: Wishes, k: int = N, kinds: list[int] | None = None) -> list[int]:
    ranking, _ = pages(kinds).compose(InOrder(), query, k, wishes)
    return ranking.anime_rows.tolist()


def test_without_wishes_it_is_the_algorithms_own_order() -> None:
    assert page(likes([1]), Wishes(ALLOW)) == [0, 2, 3, 4, 5, 6, 9, 8, 7]


def test_a_later_season_of_something_unseen_is_replaced_by_its_first() -> None:
    ranking, barred = pages().compose(InOrder(), likes([4]), 5, Wishes())
    assert ranking.anime_rows.tolist() == [2, 1, 9, 8, 7]  # 2 stands where 0 would, and for all its franchise
    assert ranking.scores[0] == 1.0
    assert np.flatnonzero(barred).tolist() == [0, 5, 6]


def test_who_has_seen_the_first_season_gets_a_later_one_but_one_of_a_franchise() -> None:
    assert page(likes([2]), Wishes(), 3) == [0, 1, 4]


def test_recaps_come_last_even_after_titles_without_a_score() -> None:
    query = Query.of([(row, 10) for row in (0, 2, 3, 5)])
    assert page(query, Wishes()) == [1, 4, 9, 8, 7, 6]


def test_a_franchise_in_the_list_can_be_excluded_as_a_whole() -> None:
    assert page(likes([5]), Wishes(EXCLUDE)) == [1, 4, 9, 8, 7]
    assert page(likes([1]), Wishes(EXCLUDE), 2) == [2, 4]


def test_what_stands_for_a_franchise_must_be_allowed_itself() -> None:
    allowed = np.arange(N) != 2
    query = Query.of([(1, 10)], allowed=allowed)
    assert page(query, Wishes(), 3) == [3, 4, 9]


@pytest.mark.parametrize("k", [1, 3, 6])
def test_fewer_are_the_beginning_of_more(k: int) -> None:
    assert page(likes([4]), Wishes(), k) == page(likes([4]), Wishes(), N)[:k]


def test_niche_puts_little_known_titles_first_and_keeps_scores_in_range() -> None:
    ranking, _ = pages().compose(InOrder(), likes([9]), 6, Wishes(ALLOW, niche=1.0))
    assert ranking.anime_rows.tolist() == [5, 4, 6, 3, 2, 1]
    assert ranking.scores[0] == 1.0
    assert (np.diff(ranking.scores) <= 0).all()


def test_diversity_takes_the_next_best_of_another_kind() -> None:
    kinds = [0, 0, 0, 0, 1, 1, 2, 2, 2, 2]
    assert page(likes([9]), Wishes(ALLOW, diversity=0.6), 4, kinds)[:3] == [0, 4, 6]
    assert page(likes([9]), Wishes(ALLOW, diversity=0.0), 4, kinds) == [0, 1, 2, 3]


@pytest.mark.parametrize("mode", FranchiseMode)
def test_nothing_of_the_list_and_nothing_twice(mode: FranchiseMode) -> None:
    found = page(likes([0, 4]), Wishes(mode, diversity=0.3, niche=0.3))
    assert len(set(found)) == len(found)
    assert not {0, 4} & set(found)
