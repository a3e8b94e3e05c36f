"""Values are read as data sets write them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import values

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
genres = st.sampled_from(["Action", "Sci-Fi", "Slice of Life", "Boys Love"])


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("24 min. per ep.", 24),
        ("24 min per ep", 24),
        ("1 hr. 30 min.", 90),
        ("1 hr 55 min", 115),
        ("2 hr.", 120),
        ("1 hr. 2 min. per ep.", 62),
        ("30 sec. per ep.", 1),
        ("10 sec", 1),
        ("4 min. 40 sec.", 5),
        ("0 min.", None),
        ("Unknown", None),
        ("per ep.", None),
        ("soon", None),
        ("", None),
    ],
)
def test_duration_is_in_minutes(text: str, minutes: int | None) -> None:
    assert values.duration_minutes(text) == minutes


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("G - All Ages", "G"),
        ("PG - Children", "PG"),
        ("PG-13 - Teens 13 or older", "PG-13"),
        ("R - 17+ (violence & profanity)", "R"),
        ("R+ - Mild Nudity", "R+"),
        ("Rx - Hentai", "Rx"),
        ("pg_13", "PG-13"),
        ("None", None),
        ("UNKNOWN", None),
        ("8.75", None),
    ],
)
def test_age_rating_is_the_code_of_its_text(text: str, rating: str | None) -> None:
    assert values.age_rating(text) == rating


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Finished Airing", "finished"),
        ("Currently Airing", "airing"),
        ("not_yet_aired", "upcoming"),
        ("Unknown", None),
    ],
)
def test_airing_status_is_read(text: str, status: str | None) -> None:
    assert values.airing_status(text) == status


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Action, Drama", ["Action", "Drama"]),
        ("['Action', 'Drama']", ["Action", "Drama"]),
        ('["Action", "Drama"]', ["Action", "Drama"]),
        ("""['Girls\\' Love', "Bird's Eye"]""", ["Girls' Love", "Bird's Eye"]),
        ('["\\u30ab\\u30a6"]', ["カウ"]),
        ("[]", []),
        ("UNKNOWN", []),
        ("Action, UNKNOWN, ,Unknown,Action", ["Action"]),
        ("['Unknown']", []),
        ("None found, add some", []),
        ("[C] Control", ["[C] Control"]),
        ("[K]", ["[K]"]),
    ],
)
def test_list_is_read(text: str, names: list[str]) -> None:
    assert values.names(text) == names


@given(st.lists(genres, max_size=5, unique=True))
def test_list_is_the_same_in_every_notation(names: list[str]) -> None:
    assert (
        values.names(", ".join(names))
        == values.names(repr(names))
        == values.names(json.dumps(names))
        == names
    )


def test_name_with_a_comma_is_one_name() -> None:
    assert values.whole_names("True Love Story Summer Days, and yet...") == [
        "True Love Story Summer Days, and yet..."
    ]
    assert values.whole_names("['X', 'Y']") == ["X", "Y"]
    assert values.whole_names("UNKNOWN") == []


@given(texts)
def test_any_text_is_accepted(text: str) -> None:
    for read in (
        values.names,
        values.duration_minutes,
        values.age_rating,
        values.airing_status,
        values.synopsis,
    ):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "Unknown", "UNKNOWN"),
        "No description available for this anime.",
        "No synopsis information has been added to this title. Help improve our database by adding one here.",
        "No synopsis has been added for this series yet.",
    ],
)
def test_missing_synopsis_is_unknown(text: str) -> None:
    assert values.synopsis(text) is None


def test_synopsis_keeps_its_paragraphs() -> None:
    text = "  Rock &amp; roll,\r\n  all  day. \r\n \r\n\r\n(Source: ANN)\n"
    assert values.synopsis(text) == "Rock & roll, all day.\n\n(Source: ANN)"


def test_long_synopsis_ends_with_a_whole_word() -> None:
    text = values.synopsis("seventeen " * 1_000)
    assert text
    assert len(text) <= values.MAX_SYNOPSIS
    assert text.endswith("seventeen…")
