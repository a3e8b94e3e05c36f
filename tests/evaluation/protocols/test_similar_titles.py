"""Pairs that people recommend: the file, votes for franchises, and pages measured by hand."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluation import EvaluationFileError
from evaluation.protocols.similar_titles import (
    RecommendedPair,
    Votes,
    read_pairs,
    recommended_ndcg,
    recommended_share,
    similar_page,
    similar_quality,
)
from recommender.franchises import Franchises
from tests.recommender.small import catalog

N = 40
HEADER = "mal_id_a,mal_id_b,votes\n"


def rows(*titles: int) -> NDArray[np.int64]:
    return np.array(titles, np.int64)


def franchises() -> Franchises:
    """0, 1 and 2 are one franchise, 10 and 11 another; 21 is a recap of 20."""
    groups = np.arange(N, dtype=np.int32)
    groups[[1, 2]], groups[11], groups[21] = 0, 10, 20
    extras = np.zeros(N, bool)
    extras[21] = True
    return Franchises(groups, groups.copy(), extras)


def votes(*pairs: tuple[int, int, int]) -> Votes:
    return Votes.of([RecommendedPair(*pair) for pair in pairs], catalog(N), franchises())


PAIRS = ((1, 10, 2), (1, 11, 1), (1, 30, 7), (1, 31, 1), (32, 1, 3), (1, 0, 9), (1, 999, 9), (999, 1, 9))


# -- votes ---------------------------------------------------------------------------------------------


def test_votes_of_a_franchise_are_the_sum_of_its_titles() -> None:
    gains = votes(*PAIRS).gains(rows(1))
    assert {int(row): gains[row] for row in np.flatnonzero(gains)} == pytest.approx(
        {10: math.log2(1 + 3), 30: math.log2(1 + 7), 32: math.log2(1 + 3)}
    )


def test_pair_counts_from_both_ends_but_once() -> None:
    both = votes((1, 30, 7), (30, 1, 7))
    assert both.gains(rows(1))[30] == pytest.approx(3.0)
    assert both.gains(rows(30))[0] == pytest.approx(3.0)
    assert both.sources.tolist() == [1, 30]


def test_titles_outside_the_catalog_count_for_nothing() -> None:
    found = votes(*PAIRS)
    assert found.sources.tolist() == [1, 32]
    assert found.table.nnz == 6  # 1: 10, 30, 32; 10 has two votes for 0, 30 and 32 have theirs


def test_list_gains_add_the_first_title_of_a_franchise() -> None:
    found = votes((1, 30, 3), (0, 30, 1), (0, 31, 2), (2, 32, 5))
    gains = found.list_gains(rows(1))
    assert gains[30] == pytest.approx(2.0)  # the single vote for title 0 is too few
    assert gains[31] == pytest.approx(math.log2(3))
    assert gains[32] == 0.0


def test_gains_of_several_titles_are_added() -> None:
    found = votes((5, 30, 3), (6, 30, 7), (5, 6, 9))
    gains = found.gains(rows(5, 6))
    assert gains[30] == pytest.approx(2.0 + 3.0)
    assert gains[[5, 6]].tolist() == [0.0, 0.0]


# -- pages ---------------------------------------------------------------------------------------------


def test_similar_page_has_one_of_a_franchise_and_no_recap() -> None:
    order = [0, 2, 21, 11, 30, 10, 20, *range(3, 10)]
    page = similar_page(lambda _row, k: rows(*order[:k]), 1, franchises())
    assert page.tolist() == [11, 30, 20, *range(3, 10)]


def test_similar_page_asks_again_where_too_few_are_left() -> None:
    depths = []

    def similar(_row: int, k: int) -> NDArray[np.int64]:
        depths.append(k)
        return rows(0, 2, 30)

    assert similar_page(similar, 1, franchises()).tolist() == [30]
    assert depths == [100, N]


def test_similar_quality_of_a_page_worked_out_by_hand() -> None:
    found = votes((1, 10, 3), (1, 30, 7), (1, 31, 1), (5, 6, 1))
    page = rows(11, 8, 30, 31)  # 11 stands for franchise 10
    likes = np.arange(N) * 10
    quality = similar_quality(lambda _row, _k: page, found, franchises(), likes, seed=1)
    assert quality.sources.tolist() == [1]  # nobody recommends twice for 5
    gained, ideal = 2.0 + 3.0 / math.log2(4), 3.0 + 2.0 / math.log2(3)
    assert quality.ndcg.value == pytest.approx(gained / ideal)
    assert quality.recall.value == 1.0
    assert quality.likes.value == 205.0


def test_similar_recall_is_against_at_most_ten() -> None:
    found = votes(*((1, other, 2) for other in range(22, 34)))
    quality = similar_quality(lambda _row, _k: rows(22, 23, 5), found, franchises(), np.zeros(N, int), 1)
    assert quality.recall.value == pytest.approx(2 / 10)


def test_recommended_share_leaves_the_own_franchise_aside() -> None:
    found = votes((1, 10, 2), (32, 0, 3), (1, 31, 1))
    # 2 is of the list's franchise; 11 and 32 are recommended, 31 by one person only
    assert recommended_share(rows(2, 11, 32, 31, 5), rows(1), found) == pytest.approx(2 / 4)


def test_recommended_share_is_unknown_without_sources() -> None:
    found = votes((1, 10, 2))
    assert math.isnan(recommended_share(rows(1), rows(10), found))  # 10 is no source
    assert math.isnan(recommended_share(rows(30), rows(5), found))
    assert math.isnan(recommended_share(rows(0, 2), rows(1), found))  # nothing is left


def test_recommended_ndcg_counts_a_franchise_once() -> None:
    found = votes((1, 10, 3), (1, 30, 7))
    ideal = 3.0 + 2.0 / math.log2(3)
    assert recommended_ndcg(rows(0, 30, 10, 11), rows(1), found) == pytest.approx(1.0)
    assert recommended_ndcg(rows(10, 11, 30), rows(1), found) == pytest.approx(
        (2.0 + 3.0 / math.log2(3)) / ideal
    )
    assert math.isnan(recommended_ndcg(rows(10), rows(5), found))


# -- the file ------------------------------------------------------------------------------------------


def write(folder: Path, text: str) -> Path:
    path = folder / "pairs.csv"
    path.write_text(text, "utf-8")
    return path


def test_read_pairs_returns_every_line(tmp_path: Path) -> None:
    assert read_pairs(write(tmp_path, f"{HEADER}1,205,113\n205,1,113\n")) == ((1, 205, 113), (205, 1, 113))


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("", "line 1", "the columns must be mal_id_a,mal_id_b,votes, not ''"),
        ("a,b,votes\n1,2,3\n", "line 1", "not 'a,b,votes'"),
        (HEADER, "line 2", "there are no pairs"),
        (f"{HEADER}1,2,3\n1,x,3\n", "line 3", "mal_id_b must be a number from 1 to 2147483647, not 'x'"),
        (f"{HEADER}1,2,0\n", "line 2", "votes must be a number from 1 to 2147483647, not '0'"),
        (f"{HEADER}1,2,-4\n", "line 2", "votes must be a number from 1 to 2147483647, not '-4'"),
        (f"{HEADER}1,2,1.5\n", "line 2", "not '1.5'"),
        (f"{HEADER}99999999999,2,1\n", "line 2", "not '99999999999'"),
        (f"{HEADER}1,2\n", "line 2", "3 values are needed, not ['1', '2']"),
        (f"{HEADER}7,7,2\n", "line 2", "7 is recommended for itself"),
        (f"{HEADER}1,2,3\n1,2,4\n", "line 3", "(1, 2) is there twice"),
        (f'{HEADER}1,2,3\n"1,2,3\n', "line 3", "is not CSV"),
    ],
)
def test_read_pairs_refuses_a_file_as_a_whole(tmp_path: Path, text: str, place: str, problem: str) -> None:
    with pytest.raises(EvaluationFileError) as refused:
        read_pairs(write(tmp_path, text))
    assert str(refused.value).startswith(f"pairs.csv, {place}: ")
    assert problem in str(refused.value)


def test_read_pairs_refuses_other_encodings(tmp_path: Path) -> None:
    (tmp_path / "pairs.csv").write_bytes(HEADER.encode() + b"1,\xff,3\n")
    with pytest.raises(EvaluationFileError, match=r"pairs\.csv.*UTF-8"):
        read_pairs(tmp_path / "pairs.csv")
