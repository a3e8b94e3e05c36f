"""top_k: the best candidates by score, ties in the order of rows."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender.data.ranking import top_k

# halves, so that ties are frequent
SCORES = st.lists(st.integers(0, 6).map(lambda n: n / 2), min_size=1, max_size=30)


@given(SCORES, st.integers(-1, 40), st.data())
def test_top_k_equals_a_full_sort_by_score_then_row(values: list[float], k: int, data: st.DataObject) -> None:
    mask = data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    expected = sorted((-score, row) for row, score in enumerate(values) if mask[row])[: max(k, 0)]
    found = top_k(np.array(values, np.float32), np.array(mask), k)
    assert found.tolist() == [row for _, row in expected]
