"""The name of a title that a query matches."""

from __future__ import annotations

import pytest

from domain.titles import Title
from recommender.data.catalog import Catalog
from recommender.search import TitleIndex
from tests.recommender.search.conftest import index_of, query_bank

GIANTS = Title(
    1,
    "Shingeki no Kyojin",
    (
        ("Attack on Titan", "english"),
        ("AoT", "synonym"),
        ("進撃の巨人", "japanese"),
        ("Titan!", "synonym"),
        ("墓場（はかば）", "japanese"),
    ),
)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("SHINGEKI", "Shingeki no Kyojin"),
        ("進撃", "進撃の巨人"),
        ("aot", "AoT"),
        ("attack", "Attack on Titan"),
        ("titan", "Titan!"),  # whole, where another name only has it inside
        ("tita", "Titan!"),  # and starts with it
        ("on titan", "Attack on Titan"),  # the prefix of a word
        ("ttack", "Attack on Titan"),  # a substring
        ("attackon", "Attack on Titan"),  # without spaces
        ("はかば", "墓場（はかば）"),  # the reading
        ("shingeky no kyojin", "Shingeki no Kyojin"),  # a typo
        ("no", "Shingeki no Kyojin"),
        ("zzz", None),
        ("", None),
    ],
)
def test_matched_name_is_the_best_match_as_written(typed: str, name: str | None) -> None:
    assert index_of(Title(0, "Aria"), GIANTS).matched_name(1, typed) == name


def test_matched_name_prefers_the_main_title_then_the_first() -> None:
    index = index_of(Title(1, "Aria (TV)", (("Aria the OVA", "english"), ("Aria the TV", "synonym"))))
    assert index.matched_name(0, "ari") == "Aria (TV)"
    assert index.matched_name(0, "aria the") == "Aria the OVA"
    assert index.matched_name(0, "aria") == "Aria (TV)"  # the whole name, qualifier aside


def test_matched_name_keeps_the_qualifier_of_an_alias() -> None:
    index = index_of(Title(1, "Hagane", (("Alchemist Club", "synonym"), ("Alchemist (2009)", "english"))))
    assert index.matched_name(0, "alchemist") == "Alchemist (2009)"


def test_every_suggestion_has_a_matched_name(index: TitleIndex, catalog: Catalog) -> None:
    for text, _ in query_bank():
        for typed in (text, text[:3], text[2:7]):
            for row in index.suggest(typed, 20):
                names = [catalog[row].name, *(alias for alias, _ in catalog[row].aliases)]
                assert index.matched_name(row, typed) in names
