"""The best candidates by score: in order, with ties by row, or as a mask."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender.data.ranking import among_best, top_k

# halves, so that ties are frequent
SCORES = st.lists(st.integers(0, 6).map(lambda n: n / 2), min_size=1, max_size=30)


@given(SCORES, st.integers(-1, 40), st.data())
def test_top_k_equals_a_full_sort_by_score_then_row(values: list[float], k: int, data: st.DataObject) -> None:
    mask = data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    expected = sorted((-score, row) for row, score in enumerate(values) if mask[row])[: max(k, 0)]
    found = top_k(np.array(values, np.float32), np.array(mask), k)
    assert found.tolist() == [row for _, row in expected]


def test_among_best_are_the_highest_candidates_and_their_equals() -> None:
    scores = np.array([5.0, 9.0, 7.0, 7.0, 8.0, 1.0])
    candidates = np.array([True, False, True, True, True, True])
    assert np.flatnonzero(among_best(scores, candidates, 2)).tolist() == [2, 3, 4]
    assert np.flatnonzero(among_best(scores, candidates, 1)).tolist() == [4]
    assert among_best(scores, candidates, 5).tolist() == candidates.tolist()
    assert not among_best(scores, candidates, 0).any()
    assert not among_best(scores, np.zeros(6, bool), 3).any()
