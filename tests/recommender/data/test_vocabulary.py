"""External ids and dense rows are one map, read both ways."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.data.vocabulary import Vocabulary
from tests.recommender.small import vocabulary

INT64 = st.integers(-(2**63), 2**63 - 1)


@given(st.sets(INT64, max_size=50))
def test_every_id_comes_back_from_its_row(ids: set[int]) -> None:
    known = vocabulary(ids)
    assert [known.id(row) for row in range(len(known))] == sorted(ids)
    assert [known.row(external) for external in sorted(ids)] == list(range(len(ids)))


@given(st.sets(INT64, max_size=20), st.lists(INT64 | st.integers(-3, 3), max_size=20))
def test_rows_agree_with_a_dictionary(ids: set[int], asked: list[int]) -> None:
    table = {external: row for row, external in enumerate(sorted(ids))}
    rows = vocabulary(ids).rows(asked)
    assert rows.dtype == np.int64
    assert rows.tolist() == [table.get(external, -1) for external in asked]
    assert [vocabulary(ids).row(external) for external in asked] == [table.get(e) for e in asked]


@pytest.mark.parametrize("external", [2**63, -(2**63) - 1, 10**30])
def test_a_number_too_large_for_an_id_is_simply_not_here(external: int) -> None:
    assert vocabulary([1, 2]).row(external) is None


@pytest.mark.parametrize("row", [-1, 2])
def test_a_row_outside_has_no_id(row: int) -> None:
    with pytest.raises(IndexError, match=f"row {row} is outside 0..1"):
        vocabulary([1, 2]).id(row)


@pytest.mark.parametrize("ids", [[1, 1], [2, 1]])
def test_ids_that_do_not_ascend_are_refused(ids: list[int]) -> None:
    with pytest.raises(ValueError, match="strictly ascending"):
        Vocabulary(np.array(ids, dtype=np.int64))


@pytest.mark.parametrize("ids", [np.array([1, 2], np.int32), np.array([[1, 2]], np.int64)])
def test_ids_of_another_dtype_or_shape_are_refused_by_name(ids: np.ndarray) -> None:
    with pytest.raises(ValueError, match=rf"got {ids.dtype} \({ids.shape[0]},"):
        Vocabulary(ids)
