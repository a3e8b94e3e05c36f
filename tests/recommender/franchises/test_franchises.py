"""Franchises: what belongs together, where a newcomer starts, and how relations overrule names."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config import ROOT
from domain.relations import KINDS, SAME_STORY, Relation
from domain.titles import Title
from recommender.data.catalog import Catalog
from recommender.franchises import Franchises
from scripts.evaluate_franchises import count, read_pairs


def build(titles: Iterable[Title], *relations: tuple[int, int, str]) -> dict[str, tuple[str, str, bool]]:
    """Name -> (name of the group's first title, name of the entry, whether an extra)."""
    catalog = Catalog(tuple(sorted(titles, key=lambda title: title.anime_id)))
    made = Franchises.build(catalog, [Relation(*relation) for relation in relations])
    return {
        title.name: (catalog[made.groups[row]].name, catalog[made.entries[row]].name, bool(made.extras[row]))
        for row, title in enumerate(catalog.titles)
    }


def tv(anime_id: int, name: str, year: int | None = None, *aliases: str, type: str = "TV") -> Title:
    names = tuple((alias, "synonym") for alias in aliases)
    return Title(anime_id, name, names, ("Action",), type, members=1_000, year=year)


def records(name: str) -> list[dict[str, str]]:
    with (ROOT / "curated" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def demo() -> Catalog:
    """The demo catalog, with all the names that the demo has."""
    names: dict[int, list[tuple[str, str]]] = {}
    for record in [*records("titles.csv"), *records("aliases.csv")]:
        aliases = names.setdefault(int(record["anime_id"]), [])
        aliases += [(record["english"], "english")] if record["english"] else []
        aliases += [(alias, "synonym") for alias in record["aliases"].split("|") if alias]
    titles = [
        Title(
            int(record["anime_id"]),
            record["name"],
            tuple(dict.fromkeys(names[int(record["anime_id"])])),
            tuple(record["genres"].split(", ")),
            record["type"],
            members=int(record["members"]),
            year=int(record["year"]),
        )
        for record in records("titles.csv")
    ]
    return Catalog(tuple(sorted(titles, key=lambda title: title.anime_id)))


def curated() -> list[Relation]:
    return [Relation(int(r["anime_id"]), int(r["related_id"]), r["kind"]) for r in records("relations.csv")]


@pytest.mark.parametrize(
    ("relations", "precision", "recall", "entries"), [(True, 0.99, 0.97, 0.97), (False, 0.98, 0.90, 0.88)]
)
def test_labeled_pairs_of_the_demo_come_out_right(
    relations: bool, precision: float, recall: float, entries: float
) -> None:
    counts = count(demo(), Franchises.build(demo(), curated() if relations else []), read_pairs())
    assert min(counts.found, counts.apart) >= 150
    assert counts.precision >= precision
    assert counts.recall >= recall
    assert counts.right_entries >= entries


def test_the_labeled_pairs_are_different_ones_and_name_the_titles_that_they_mean() -> None:
    names = {title.anime_id: title.name for title in demo().titles}
    pairs = read_pairs()
    for pair in pairs:
        for anime_id, name in ((pair["anime_id"], pair["name"]), (pair["other_id"], pair["other_name"])):
            assert names.get(int(anime_id), name) == name
    assert len({frozenset((pair["anime_id"], pair["other_id"])) for pair in pairs}) == len(pairs)


@pytest.mark.parametrize(
    "name",
    [
        "Hagane 2nd Season",
        "Hagane II",
        "Hagane 2",
        "Hagane R2",
        "Hagane!!",
        "Hagane'",
        "Hagane°",
        "Hagane S",
        "Hagane Kai",
        "Hagane Second",
        "Zoku Hagane",
        "Hagane: Final Season",
        "Hagane Part 2",
        "Hagane Movie 1: Hajimari no Toki",
        "Gekijouban Hagane",
        "Hagane the Movie",
        "Hagane (2011)",
        "Hagane - Sora no Hate",
        "Hagane: Sora no Hate",
        "Hagane Shippuuden",
    ],
)
def test_a_later_one_starts_with_the_first(name: str) -> None:
    made = build([tv(1, "Hagane", 2009), tv(2, name, 2011)])
    assert made[name] == ("Hagane", "Hagane", False)
    assert made["Hagane"] == ("Hagane", "Hagane", False)


@pytest.mark.parametrize(
    "name", ["鋼の空 第二期", "鋼の空2期", "劇場版 鋼の空", "劇場版鋼の空", "鋼の空 シーズン2"]
)
def test_japanese_marks_are_understood(name: str) -> None:
    made = build([tv(1, "First", 2009, "鋼の空"), tv(2, "Second", 2011, name)])
    assert made["Second"][:2] == ("First", "First")


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Monster", "Monster Musume no Iru Nichijou"),
        ("Major S1", "Majo no Takkyuubin"),
        ("Kino", "Kino no Tabi"),
        ("Kimi", "Kimi to Boku"),
        ("K", "K-On!"),
        ("X", "X-Men"),
        ("Sola", "Solty Rei"),
        ("Aria The Animation", "Another The Animation"),
        ("Special A", "Special Duty Combat Unit"),
    ],
)
def test_a_common_beginning_alone_proves_nothing(name: str, other: str) -> None:
    made = build([tv(1, name, 2009), replace(tv(2, other, 2011), genres=("Comedy",))])
    assert made[other][0] == other


def test_specials_recaps_and_music_videos_are_extras_of_what_they_are_named_after() -> None:
    made = build(
        [
            tv(1, "Hagane Recap", 2008, type="Special"),
            tv(2, "Hagane", 2009),
            tv(3, "Hagane Specials", 2010, type="Special"),
            tv(4, "Hagane: Uta", 2010, type="Music"),
            tv(5, "Hagane OVA", 2010, type="OVA"),
            tv(6, "Hagane Soushuuhen", 2010, type="Movie"),
            tv(7, "Sora", 2010, type="Music"),
        ]
    )
    assert [made[name][2] for name in made] == [True, False, True, True, False, True, False]
    assert {made[name][1] for name in made if name != "Sora"} == {"Hagane"}


def test_a_series_is_started_with_rather_than_its_pilot() -> None:
    made = build([tv(1, "Hagane", 2008, type="OVA"), tv(2, "Hagane (TV)", 2010)])
    assert made["Hagane"] == ("Hagane (TV)", "Hagane (TV)", False)


def test_a_series_of_the_very_name_years_later_tells_the_story_anew() -> None:
    made = build(
        [
            tv(1, "Hagane no Sora", 1999),
            tv(2, "Hagane no Sora OVA", 2002, type="OVA"),
            tv(3, "Hagane no Sora (2011)", 2011),
            tv(4, "Hagane no Sora Movie: Umi", 2013, type="Movie"),
        ]
    )
    old, new = "Hagane no Sora", "Hagane no Sora (2011)"
    assert [entry for _, entry, _ in made.values()] == [old, old, new, new]
    assert {first for first, _, _ in made.values()} == {old}


HOUSE, TREE, FISH = tv(1, "House", 2001), tv(2, "Tree", 2003), tv(3, "Fish", 2005)


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
def test_each_kind_of_relation(kind: str, first: str, entry: str, extra: bool) -> None:
    assert build([HOUSE, TREE], (1, 2, kind))["Tree"] == (first, entry, extra)


def test_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="'prequel'; expected one of sequel, side_story"):
        Relation(1, 2, "prequel")


def test_a_sequel_is_never_the_entry_even_when_it_aired_first() -> None:
    made = build([HOUSE, TREE], (2, 1, "sequel"))
    assert made["House"][1] == made["Tree"][1] == "Tree"


def test_titles_that_the_catalog_does_not_have_connect_those_that_it_has() -> None:
    made = build([HOUSE, FISH], (1, 900, "sequel"), (900, 3, "sequel"))
    assert made["Fish"] == ("House", "House", False)


def test_sequels_of_each_other_still_have_an_entry() -> None:
    made = build([HOUSE, TREE, FISH], (1, 2, "sequel"), (2, 1, "sequel"), (3, 3, "sequel"))
    assert made["Tree"][1] == made["House"][1] == "House"
    assert made["Fish"][1] == "Fish"


def test_unrelated_splits_what_names_or_other_relations_bring_together() -> None:
    titles = [tv(1, "Hagane", 2001), tv(2, "Hagane: Sora", 2003), tv(3, "Hagane: Sora II", 2005)]
    made = build(titles, (1, 2, "unrelated"))
    assert [made[name][0] for name in made] == ["Hagane", "Hagane: Sora", "Hagane: Sora"]
    made = build([HOUSE, TREE], (1, 2, "sequel"), (2, 1, "unrelated"))
    assert made["Tree"][0] == "Tree"


def test_what_is_named_after_an_alternative_goes_along_with_it() -> None:
    names = ["Hagane", "Hagane: Kyoudai", "Hagane: Kyoudai Specials", "Hagane: Umi"]
    titles = [tv(number, name, 2000 + number) for number, name in enumerate(names, 1)]
    made = build(titles, (1, 2, "alternative"))
    assert [made[name][1] for name in names] == [names[0], names[1], names[1], names[0]]
    assert {made[name][0] for name in names} == {"Hagane"}


def test_alternatives_of_one_title_do_not_become_sequels_of_each_other() -> None:
    names = ["Kidou Hagane", "Kidou Hagane Umi", "Kidou Hagane Sora"]
    titles = [tv(number, name, 2000 + number) for number, name in enumerate(names, 1)]
    made = build(titles, (1, 2, "alternative"), (1, 3, "alternative"))
    assert [made[name][1] for name in names] == names


def families() -> list[Title]:
    """Two franchises of four titles each, 10-13 and 20-23, and a title 30 that is called like neither."""
    made = [
        tv(10 * family + number, f"{name} {number + 1}", 2000 + number)
        for family, name in ((1, "Hagane"), (2, "Midori"))
        for number in range(4)
    ]
    return [*made, tv(30, "Festa", 2015, type="Special")]


def test_a_crossover_does_not_chain_franchises_together() -> None:
    hints = [(30, other, "same_franchise") for other in (10, 11, 12, 20, 21)]
    made = build(families(), *hints, (13, 23, "same_franchise"))
    assert made["Festa"][0] == "Festa"
    assert {made[f"Hagane {number}"][0] for number in range(1, 5)} == {"Hagane 1"}
    assert {made[f"Midori {number}"][0] for number in range(1, 5)} == {"Midori 1"}


def test_a_special_that_only_a_hint_connects_becomes_an_extra() -> None:
    made = build(families(), (11, 30, "same_franchise"))
    assert made["Festa"] == ("Hagane 1", "Hagane 1", True)


def test_two_pairs_whose_names_agree_bring_two_franchises_together() -> None:
    titles = [
        tv(10 * family + number, f"Toaru {name} no Hon{mark}", 2000 + family + number)
        for family, name in ((1, "Majutsu"), (2, "Kagaku"))
        for number, mark in enumerate(("", " II", " III"))
    ]
    apart = build(titles, (10, 20, "same_franchise"))
    assert len({first for first, _, _ in apart.values()}) == 2
    made = build(titles, (10, 20, "same_franchise"), (11, 21, "same_franchise"))
    assert {first for first, _, _ in made.values()} == {"Toaru Majutsu no Hon"}
    assert made["Toaru Kagaku no Hon II"][1] == "Toaru Kagaku no Hon"


def test_a_crossover_by_name_belongs_to_what_it_is_named_after_first() -> None:
    titles = [*families(), tv(31, "Hagane x Midori", 2010, "Midori x Hagane")]
    made = build(titles)
    assert made["Hagane x Midori"][0] == "Hagane 1"
    assert made["Midori 4"][0] == "Midori 1"


def test_an_empty_catalog_and_the_way_to_disk_and_back() -> None:
    assert Franchises.build(Catalog(()), []).groups.shape == (0,)
    made = Franchises.build(demo(), curated())
    again = Franchises.assemble(made.arrays())
    for name, array in made.arrays().items():
        np.testing.assert_array_equal(again.arrays()[name], array)
    assert (made.groups.dtype, made.entries.dtype, made.extras.dtype) == (np.int32, np.int32, np.bool_)


def test_arrays_of_different_lengths_are_refused() -> None:
    rows = np.zeros(2, np.int32)
    with pytest.raises(ValueError, match="one shape"):
        Franchises(rows, rows, np.zeros(3, bool))


WORDS = st.sampled_from(
    [
        "Hagane",
        "Sora",
        "no",
        "II",
        "2",
        ":",
        "-",
        "Movie",
        "Specials",
        "Recap",
        "Zoku",
        "x",
        "!",
        "(TV)",
        "第2期",
        "K",
    ]
)
TITLES = st.builds(
    Title,
    anime_id=st.integers(1, 40),
    name=st.lists(WORDS, min_size=1, max_size=4).map(" ".join),
    aliases=st.lists(
        st.tuples(st.lists(WORDS, min_size=1, max_size=3).map(" ".join), st.just("synonym")), max_size=2
    ).map(tuple),
    genres=st.sampled_from([(), ("Action",), ("Drama", "Action"), ("Hentai",)]),
    type=st.sampled_from([None, "TV", "Movie", "OVA", "ONA", "Special", "Music"]),
    members=st.one_of(st.none(), st.integers(0, 10**6)),
    year=st.one_of(st.none(), st.integers(1960, 2020)),
)
CATALOGS = st.lists(TITLES, max_size=25, unique_by=lambda title: title.anime_id).map(
    lambda titles: Catalog(tuple(sorted(titles, key=lambda title: title.anime_id)))
)
RELATIONS = st.lists(
    st.builds(Relation, st.integers(1, 45), st.integers(1, 45), st.sampled_from(KINDS)), max_size=12
)


@settings(max_examples=300, deadline=None)
@given(CATALOGS, RELATIONS)
def test_groups_entries_and_extras_agree_with_each_other(catalog: Catalog, relations: list[Relation]) -> None:
    made = Franchises.build(catalog, relations)
    rows = np.arange(len(catalog))
    np.testing.assert_array_equal(made.entries[made.entries], made.entries)
    np.testing.assert_array_equal(made.groups[made.groups], made.groups)
    np.testing.assert_array_equal(made.groups[made.entries], made.groups)
    np.testing.assert_array_equal(made.entries[made.groups], made.groups)
    assert not (made.extras & (made.entries == rows)).any()


@settings(max_examples=200, deadline=None)
@given(CATALOGS, RELATIONS)
def test_unrelated_titles_are_apart_and_an_entry_does_not_air_after_its_series(
    catalog: Catalog, relations: list[Relation]
) -> None:
    made = Franchises.build(catalog, relations)
    rows = {title.anime_id: row for row, title in enumerate(catalog.titles)}
    for relation in relations:
        pair = (rows.get(relation.anime_id), rows.get(relation.related_id))
        if relation.kind == "unrelated" and None not in pair and pair[0] != pair[1]:
            assert made.groups[pair[0]] != made.groups[pair[1]]
    told = {relation.related_id for relation in relations}
    for title, entry in zip(catalog.titles, made.entries, strict=True):
        first = catalog[entry]
        if title.type == "TV" and title.anime_id not in told and title.year and first.year:
            assert first.year <= title.year


@settings(max_examples=100, deadline=None)
@given(CATALOGS, RELATIONS, st.randoms(use_true_random=False))
def test_the_order_of_sequels_does_not_matter(
    catalog: Catalog, relations: list[Relation], random: Random
) -> None:
    relations = [relation for relation in relations if relation.kind in SAME_STORY]
    shuffled = random.sample(relations, len(relations))
    made, again = Franchises.build(catalog, relations), Franchises.build(catalog, shuffled)
    np.testing.assert_array_equal(made.groups, again.groups)
    np.testing.assert_array_equal(made.entries, again.entries)
