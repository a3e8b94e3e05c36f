"""Franchises of the demo catalog against labeled pairs of titles."""

from __future__ import annotations

import pytest

from recommender.franchises import Franchises
from scripts.evaluate_franchises import count, read_pairs
from tests.recommender.franchises.conftest import curated, demo


@pytest.mark.parametrize(
    ("relations", "precision", "recall", "entries"), [(True, 0.99, 0.97, 0.97), (False, 0.98, 0.90, 0.88)]
)
def test_demo_franchises_match_the_labeled_pairs(
    relations: bool, precision: float, recall: float, entries: float
) -> None:
    counts = count(demo(), Franchises.build(demo(), curated() if relations else []), read_pairs())
    assert min(counts.found, counts.apart) >= 150
    assert counts.precision >= precision
    assert counts.recall >= recall
    assert counts.right_entries >= entries


def test_labeled_pairs_are_distinct_and_name_their_titles() -> None:
    names = {title.anime_id: title.name for title in demo().titles}
    pairs = read_pairs()
    for pair in pairs:
        for anime_id, name in ((pair["anime_id"], pair["name"]), (pair["other_id"], pair["other_name"])):
            assert names.get(int(anime_id), name) == name
    assert len({frozenset((pair["anime_id"], pair["other_id"])) for pair in pairs}) == len(pairs)
