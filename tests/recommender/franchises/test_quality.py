"""Franchises of the demo catalog against labeled pairs of titles."""

from __future__ import annotations

import pytest

from config import ROOT
from evaluation.metrics.franchises import franchise_quality, read_pairs
from recommender.franchises import Franchises
from tests.recommender.franchises.conftest import curated, demo

PAIRS = read_pairs(ROOT / "evaluation" / "data" / "franchise_pairs.csv")


@pytest.mark.parametrize(
    ("relations", "precision", "recall", "entries"), [(True, 0.99, 0.97, 0.97), (False, 0.98, 0.90, 0.88)]
)
def test_demo_franchises_match_the_labeled_pairs(
    relations: bool, precision: float, recall: float, entries: float
) -> None:
    franchises = Franchises.build(demo(), curated() if relations else [])
    quality = franchise_quality(demo(), franchises, PAIRS)
    assert min(quality.true_positives, quality.true_negatives) >= 150
    assert quality.precision >= precision
    assert quality.recall >= recall
    assert quality.entry_accuracy >= entries


def test_labeled_pairs_are_distinct_and_name_their_titles() -> None:
    names = {title.anime_id: title.name for title in demo().titles}
    for pair in PAIRS:
        assert names.get(pair.anime_id, pair.name) == pair.name
        assert names.get(pair.other_id, pair.other_name) == pair.other_name
    assert len({frozenset((pair.anime_id, pair.other_id)) for pair in PAIRS}) == len(PAIRS)
