"""RatingsMatrix: construction, selection and counts, compared with dictionaries."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from domain.ranges import LIKED_FROM
from recommender.data.ratings_matrix import RatingsMatrix, ranges
from tests.recommender.small import checkerboard, random_lists, ratings, vocabulary

KNOWN = (2, 3, 5, 8, 13)  # anime ids of the catalog
ENTRIES = st.dictionaries(  # (user id, anime id) -> rating; some anime ids are unknown
    st.tuples(st.integers(-3, 6), st.integers(0, 14)), st.integers(0, 10), max_size=40
)


def in_runs(
    entries: dict[tuple[int, int], int], cuts: list[int]
) -> list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]]:
    """The entries in order, cut into runs at these positions."""
    table = np.array([(u, a, r) for (u, a), r in sorted(entries.items())], np.int64).reshape(-1, 3)
    parts = np.split(table, sorted(min(cut, len(table)) for cut in cuts))
    return [(part[:, 0], part[:, 1], part[:, 2].astype(np.uint8)) for part in parts]


def dense(matrix: RatingsMatrix) -> dict[tuple[int, int], int]:
    """(user id, anime id) -> rating, entry by entry."""
    found = {}
    for user_row in range(matrix.n_users):
        for column, rating in zip(*matrix.row(user_row), strict=True):
            found[matrix.users.id(user_row), KNOWN[column]] = int(rating)
    return found


@given(ENTRIES, st.lists(st.integers(0, 40), max_size=6))
def test_from_columns_cut_anywhere_equals_a_dictionary(
    entries: dict[tuple[int, int], int], cuts: list[int]
) -> None:
    matrix = RatingsMatrix.from_columns(in_runs(entries, cuts), vocabulary(KNOWN))
    expected = {key: rating for key, rating in entries.items() if key[1] in KNOWN}
    assert dense(matrix) == expected
    assert matrix.users.ids.tolist() == sorted({user for user, _ in expected})
    assert (matrix.n_entries, matrix.n_anime) == (len(expected), len(KNOWN))


def test_from_columns_joins_a_user_split_over_runs() -> None:
    entries = {(1, 2): 5, (7, 2): 8, (7, 3): 9, (7, 5): 0, (9, 13): 10}
    matrix = RatingsMatrix.from_columns(in_runs(entries, [2, 3]), vocabulary(KNOWN))
    assert matrix.users.ids.tolist() == [1, 7, 9]
    assert matrix.indptr.tolist() == [0, 1, 4, 5]
    assert matrix.row(1)[1].tolist() == [8, 9, 0]


def test_from_columns_drops_users_of_unknown_titles_only() -> None:
    matrix = RatingsMatrix.from_columns(in_runs({(1, 4): 9, (2, 5): 9}, [1]), vocabulary(KNOWN))
    assert matrix.users.ids.tolist() == [2]


def test_from_columns_without_runs_has_no_users() -> None:
    matrix = RatingsMatrix.from_columns([], vocabulary(KNOWN))
    assert (matrix.n_users, matrix.n_entries, matrix.likes.tolist()) == (0, 0, [0] * 5)


@given(ENTRIES)
def test_likes_and_only_liked_equal_counts(entries: dict[tuple[int, int], int]) -> None:
    matrix = RatingsMatrix.from_columns(in_runs(entries, []), vocabulary(KNOWN))
    liked = {key: r for key, r in entries.items() if key[1] in KNOWN and r >= LIKED_FROM}
    assert matrix.likes.tolist() == [sum(anime == known for _, anime in liked) for known in KNOWN]
    assert dense(matrix.only_liked) == liked
    assert matrix.only_liked.users.ids.tolist() == matrix.users.ids.tolist()


def test_to_binary_has_a_one_for_every_entry() -> None:
    matrix = ratings({1: {0: 0, 2: 7}, 4: {1: 10}}, 3)
    assert matrix.to_binary().toarray().tolist() == [[1, 0, 1], [0, 1, 0]]


@given(st.lists(st.integers(0, 4), max_size=8), st.data())
def test_ranges_concatenate_slices_in_order(lengths: list[int], data: st.DataObject) -> None:
    starts = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int64)
    picked = data.draw(st.lists(st.integers(0, len(lengths) - 1), max_size=10) if lengths else st.just([]))
    positions, found = ranges(starts, np.array(picked, dtype=np.int64))
    assert positions.tolist() == [p for group in picked for p in range(starts[group], starts[group + 1])]
    assert found.tolist() == [lengths[group] for group in picked]


def test_without_drops_users_and_keeps_everybody_else() -> None:
    lists = checkerboard(6, 9)
    kept = ratings(lists, 9).without(np.array([0, 4]))
    expected = {user: titles for row, (user, titles) in enumerate(lists.items()) if row not in (0, 4)}
    found = {
        kept.users.id(row): dict(zip(*(part.tolist() for part in kept.row(row)), strict=True))
        for row in range(kept.n_users)
    }
    assert found == expected


def test_rows_of_is_binary_in_the_order_of_rows() -> None:
    matrix = ratings({1: {0: 0, 2: 7}, 4: {1: 10}}, 3)
    assert matrix.rows_of(np.array([1, 0])).toarray().tolist() == [[0, 1, 0], [1, 0, 1]]


def test_gather_returns_entries_in_the_order_of_rows() -> None:
    matrix = ratings(random_lists(12, 9), 9)
    users = np.array([7, 0, 7, 10], dtype=np.int64)
    positions, lengths = matrix.gather(users)
    expected = np.concatenate([matrix.row(int(user))[0] for user in users])
    assert matrix.indices[positions].tolist() == expected.tolist()
    assert lengths.tolist() == [len(matrix.row(int(user))[0]) for user in users]


def test_matrix_refuses_parts_that_do_not_fit() -> None:
    users, zero = vocabulary([1]), np.zeros(1, np.int64)
    none, nothing = np.empty(0, np.int32), np.empty(0, np.uint8)
    with pytest.raises(ValueError, match=r"indptr must be \(2,\), got \(1,\)"):
        RatingsMatrix(users, 3, zero, none, nothing)
    with pytest.raises(ValueError, match=r"must both be \(1,\)"):
        RatingsMatrix(users, 3, np.array([0, 1]), none, nothing)
    with pytest.raises(ValueError, match="got int32 and int8"):
        RatingsMatrix(users, 3, np.array([0, 0]), none, nothing.astype(np.int8))
