"""Relations, and how they overrule names."""

from __future__ import annotations

import pytest

from domain.relations import Relation
from tests.recommender.franchises.conftest import FISH, HOUSE, TREE, build, tv


@pytest.mark.parametrize(
    ("kind", "first", "entry", "extra"),
    [
        ("sequel", "House", "House", False),
        ("side_story", "House", "House", False),
        ("summary", "House", "House", True),
        ("alternative", "House", "Tree", False),
        ("same_franchise", "House", "Tree", False),
        ("unrelated", "Tree", "Tree", False),
    ],
)
def test_relation_of_each_kind_joins_as_defined(kind: str, first: str, entry: str, extra: bool) -> None:
    assert build([HOUSE, TREE], (1, 2, kind))["Tree"] == (first, entry, extra)


def test_relation_rejects_an_unknown_kind() -> None:
    with pytest.raises(ValueError, match="'prequel'; expected one of sequel, side_story"):
        Relation(1, 2, "prequel")


def test_relations_connect_through_titles_outside_the_catalog() -> None:
    built = build([HOUSE, FISH], (1, 900, "sequel"), (900, 3, "sequel"))
    assert built["Fish"] == ("House", "House", False)


def test_unrelated_separates_despite_names_and_relations() -> None:
    titles = [tv(1, "Hagane", 2001), tv(2, "Hagane: Sora", 2003), tv(3, "Hagane: Sora II", 2005)]
    built = build(titles, (1, 2, "unrelated"))
    assert [built[name][0] for name in built] == ["Hagane", "Hagane: Sora", "Hagane: Sora"]
    built = build([HOUSE, TREE], (1, 2, "sequel"), (2, 1, "unrelated"))
    assert built["Tree"][0] == "Tree"


def test_alternative_keeps_the_titles_named_after_it() -> None:
    names = ["Hagane", "Hagane: Kyoudai", "Hagane: Kyoudai Specials", "Hagane: Umi"]
    titles = [tv(number, name, 2000 + number) for number, name in enumerate(names, 1)]
    built = build(titles, (1, 2, "alternative"))
    assert [built[name][1] for name in names] == [names[0], names[1], names[1], names[0]]
    assert {built[name][0] for name in names} == {"Hagane"}


def test_alternatives_of_one_title_are_separate_entries() -> None:
    names = ["Kidou Hagane", "Kidou Hagane Umi", "Kidou Hagane Sora"]
    titles = [tv(number, name, 2000 + number) for number, name in enumerate(names, 1)]
    built = build(titles, (1, 2, "alternative"), (1, 3, "alternative"))
    assert [built[name][1] for name in names] == names
