"""Franchise metrics on pairs whose outcome can be worked out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from domain.titles import Title
from evaluation.metrics.franchises import FranchiseQuality, LabeledPair, franchise_quality, read_pairs
from recommender.data.catalog import Catalog
from recommender.franchises import Franchises

CATALOG = Catalog(tuple(Title(anime_id, f"Title {anime_id}") for anime_id in (10, 20, 30, 40)))
GROUPS = np.array([0, 0, 0, 3], np.int32)
FRANCHISES = Franchises(GROUPS, np.array([0, 0, 2, 3], np.int32), np.zeros(4, bool))


def pair(anime_id: int, other_id: int, *, together: bool, entry_id: int | None = None) -> LabeledPair:
    return LabeledPair(anime_id, "", other_id, "", together, entry_id)


def test_franchise_quality_counts_each_outcome() -> None:
    pairs = [
        pair(10, 20, together=True, entry_id=10),
        pair(20, 10, together=True, entry_id=10),
        pair(20, 30, together=True, entry_id=20),
        pair(30, 10, together=False, entry_id=99),  # an entry point outside the catalog
        pair(10, 40, together=True),
        pair(20, 40, together=True),
        pair(40, 30, together=False, entry_id=40),
        pair(40, 99, together=True, entry_id=40),  # a title outside the catalog
    ]
    quality = franchise_quality(CATALOG, FRANCHISES, pairs)
    assert quality == FranchiseQuality(3, 1, 2, 1, right_entries=3, wrong_entries=1)
    assert quality.precision == pytest.approx(3 / 4)
    assert quality.recall == pytest.approx(3 / 5)
    assert quality.entry_accuracy == pytest.approx(3 / 4)


def test_franchise_quality_of_no_pairs_is_zero() -> None:
    quality = franchise_quality(CATALOG, FRANCHISES, [])
    assert (quality.precision, quality.recall, quality.entry_accuracy) == (0.0, 0.0, 0.0)


def test_read_pairs_parses_every_column(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text(
        "anime_id,name,other_id,other_name,together,entry_id\n1,Ä,2,B,1,2\n1,Ä,3,C,0,\n", encoding="utf-8"
    )
    assert read_pairs(path) == [
        LabeledPair(1, "Ä", 2, "B", True, 2),
        LabeledPair(1, "Ä", 3, "C", False, None),
    ]
