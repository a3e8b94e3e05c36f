"""Links between titles by name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.recommender.franchises.conftest import build, families, tv


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
def test_entry_of_a_later_title_is_the_first(name: str) -> None:
    built = build([tv(1, "Hagane", 2009), tv(2, name, 2011)])
    assert built[name] == ("Hagane", "Hagane", False)
    assert built["Hagane"] == ("Hagane", "Hagane", False)


@pytest.mark.parametrize(
    "name", ["鋼の空 第二期", "鋼の空2期", "劇場版 鋼の空", "劇場版鋼の空", "鋼の空 シーズン2"]
)
def test_japanese_season_marks_join_titles(name: str) -> None:
    built = build([tv(1, "First", 2009, "鋼の空"), tv(2, "Second", 2011, name)])
    assert built["Second"][:2] == ("First", "First")


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
def test_shared_prefix_alone_joins_no_titles(name: str, other: str) -> None:
    built = build([tv(1, name, 2009), replace(tv(2, other, 2011), genres=("Comedy",))])
    assert built[other][0] == other


def test_crossover_by_name_belongs_to_the_first_name() -> None:
    titles = [*families(), tv(31, "Hagane x Midori", 2010, "Midori x Hagane")]
    built = build(titles)
    assert built["Hagane x Midori"][0] == "Hagane 1"
    assert built["Midori 4"][0] == "Midori 1"
