"""Entry points of story lines, and extras."""

from __future__ import annotations

from tests.recommender.franchises.conftest import FISH, HOUSE, TREE, build, tv


def test_entry_is_the_series_rather_than_its_pilot() -> None:
    built = build([tv(1, "Hagane", 2008, type="OVA"), tv(2, "Hagane (TV)", 2010)])
    assert built["Hagane"] == ("Hagane (TV)", "Hagane (TV)", False)


def test_remake_of_the_same_name_is_an_entry_of_its_own() -> None:
    built = build(
        [
            tv(1, "Hagane no Sora", 1999),
            tv(2, "Hagane no Sora OVA", 2002, type="OVA"),
            tv(3, "Hagane no Sora (2011)", 2011),
            tv(4, "Hagane no Sora Movie: Umi", 2013, type="Movie"),
        ]
    )
    old, new = "Hagane no Sora", "Hagane no Sora (2011)"
    assert [entry for _, entry, _ in built.values()] == [old, old, new, new]
    assert {first for first, _, _ in built.values()} == {old}


def test_entry_is_no_sequel_that_aired_first() -> None:
    built = build([HOUSE, TREE], (2, 1, "sequel"))
    assert built["House"][1] == built["Tree"][1] == "Tree"


def test_sequels_of_each_other_have_an_entry() -> None:
    built = build([HOUSE, TREE, FISH], (1, 2, "sequel"), (2, 1, "sequel"), (3, 3, "sequel"))
    assert built["Tree"][1] == built["House"][1] == "House"
    assert built["Fish"][1] == "Fish"


def test_extras_are_specials_recaps_and_music_videos() -> None:
    built = build(
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
    assert [built[name][2] for name in built] == [True, False, True, True, False, True, False]
    assert {built[name][1] for name in built if name != "Sora"} == {"Hagane"}
