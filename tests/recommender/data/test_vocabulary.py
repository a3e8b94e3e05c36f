"""Vocabulary: external ids to dense rows and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.data.vocabulary import Vocabulary
from tests.recommender.small import vocabulary

INT64 = st.integers(-(2**63), 2**63 - 1)


@given(st.sets(INT64, max_size=50))
def test_ids_survive_the_round_trip_through_rows(ids: set[int]) -> None:
    known = vocabulary(ids)
    assert [known.id(row) for row in range(len(known))] == sorted(ids)
    assert [known.row(external) for external in sorted(ids)] == list(range(len(ids)))


@given(st.sets(INT64, max_size=20), st.lists(INT64 | st.integers(-3, 3), max_size=20))
def test_rows_equal_those_of_a_dictionary(ids: set[int], wanted: list[int]) -> None:
    table = {external: row for row, external in enumerate(sorted(ids))}
    rows = vocabulary(ids).rows(wanted)
    assert rows.dtype == np.int64
    assert rows.tolist() == [table.get(external, -1) for external in wanted]
    assert [vocabulary(ids).row(external) for external in wanted] == [table.get(e) for e in wanted]


@pytest.mark.parametrize("external", [2**63, -(2**63) - 1, 10**30])
def test_row_of_an_id_beyond_64_bits_is_none(external: int) -> None:
    assert vocabulary([1, 2]).row(external) is None


@pytest.mark.parametrize("row", [-1, 2])
def test_id_of_a_row_out_of_range_raises(row: int) -> None:
    with pytest.raises(IndexError, match=f"row {row} is outside 0..1"):
        vocabulary([1, 2]).id(row)


@pytest.mark.parametrize("ids", [[1, 1], [2, 1]])
def test_vocabulary_refuses_ids_that_do_not_ascend(ids: list[int]) -> None:
    with pytest.raises(ValueError, match="strictly ascending"):
        Vocabulary(np.array(ids, dtype=np.int64))


@pytest.mark.parametrize("ids", [np.array([1, 2], np.int32), np.array([[1, 2]], np.int64)])
def test_vocabulary_refuses_other_dtypes_and_shapes(ids: np.ndarray) -> None:
    with pytest.raises(ValueError, match=rf"got {ids.dtype} \({ids.shape[0]},"):
        Vocabulary(ids)
