"""Ratings are sorted in bounded memory, as if all at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ingest.ratings_sort as ratings_sort
from ingest.ratings_rows import RatingRows
from ingest.ratings_sort import SortedRatings

pairs = st.tuples(st.integers(0, 6) | st.just(2**62), st.integers(1, 4))


def collected(
    parts: list[list[tuple[int, int]]], run: int
) -> tuple[list[tuple[int, int, int]], int, list[int]]:
    """(user, anime, line) of the sorted rows, the number of repeated ones, and their lines."""
    with pytest.MonkeyPatch.context() as patch, SortedRatings(None) as rows:
        patch.setattr(ratings_sort, "RUN_ROWS", run)
        patch.setattr(ratings_sort, "MERGED_ROWS", 0)
        patch.setattr(ratings_sort, "LEAST_ROOM", 2)
        patch.setattr(ratings_sort, "BLOCK_ROWS", 3)
        line = 2
        for part in parts:
            users, titles = np.array(part, np.int64).reshape(-1, 2).T
            lines = np.arange(line, line + len(part))
            rows.add(RatingRows(users, titles, titles, titles, lines))
            line += len(part)
        blocks = list(rows.blocks())
        assert all(len(block) == 3 for block in blocks[:-1])
        assert all(1 <= len(block) <= 3 for block in blocks[-1:])
        found = [(int(u), int(a), int(n)) for b in blocks for u, a, _, _, n in b.tolist()]
        return found, rows.repeated, rows.repeated_lines


@given(st.lists(st.lists(pairs, max_size=12), max_size=8), st.integers(1, 20))
@settings(max_examples=200)
def test_first_row_of_each_pair_is_kept(parts: list[list[tuple[int, int]]], run: int) -> None:
    first: dict[tuple[int, int], int] = {}
    repeated = []
    for line, pair in enumerate((pair for part in parts for pair in part), start=2):
        if first.setdefault(pair, line) != line:
            repeated.append(line)
    expected = [(*pair, line) for pair, line in sorted(first.items())]
    assert collected(parts, run) == (expected, len(repeated), repeated[:5])


def test_nothing_collected_yields_nothing() -> None:
    assert collected([], 5) == ([], 0, [])
