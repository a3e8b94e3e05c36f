"""Overlay: the latest ratings of each newer user count, empty ones erase the user."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender.data.overlay import Overlay
from tests.recommender.small import ratings_row

N_ANIME = 8
LISTS = st.lists(
    st.tuples(
        st.integers(1, 6),
        st.dictionaries(st.integers(0, N_ANIME - 1), st.integers(0, 10), max_size=4),
    ),
    max_size=12,
)


def as_dictionary(overlay: Overlay) -> dict[int, dict[int, int]]:
    matrix = overlay.ratings
    return {
        matrix.users.id(row): dict(zip(*(part.tolist() for part in matrix.row(row)), strict=True))
        for row in range(matrix.n_users)
    }


@given(LISTS, st.integers(0, 12))
def test_overlay_extended_twice_equals_a_dictionary(
    lists: list[tuple[int, dict[int, int]]], cut: int
) -> None:
    overlay = Overlay.empty(N_ANIME)
    for part in (lists[:cut], lists[cut:]):
        overlay = overlay.extended([(user_id, ratings_row(titles)) for user_id, titles in part])
    last = dict(lists)
    assert as_dictionary(overlay) == {user_id: titles for user_id, titles in last.items() if titles}
    assert overlay.user_ids.tolist() == sorted(last)
    assert len(overlay) == len(last)
    assert overlay.replaces(np.arange(10)).tolist() == [user_id in last for user_id in range(10)]


def test_extended_leaves_the_original_overlay_unchanged() -> None:
    before = Overlay.empty(N_ANIME).extended([(1, ratings_row({2: 9}))])
    before.extended([(1, ratings_row({3: 4})), (2, ratings_row({5: 5}))])
    assert as_dictionary(before) == {1: {2: 9}}


def test_overlay_keeps_nothing_of_those_who_are_gone() -> None:
    overlay = Overlay.empty(N_ANIME).extended([(1, ratings_row({2: 9})), (2, ratings_row({}))])
    overlay = overlay.extended([(3, ratings_row({4: 8}))], gone={1, 2})
    assert as_dictionary(overlay) == {3: {4: 8}}
    assert list(overlay.rows) == overlay.user_ids.tolist() == [3]


def test_empty_overlay_replaces_nobody() -> None:
    assert not Overlay.empty(N_ANIME).replaces(np.array([1, 2, 3])).any()
    assert Overlay.empty(N_ANIME).ratings.n_anime == N_ANIME
