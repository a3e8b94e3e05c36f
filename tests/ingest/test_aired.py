"""Air dates in the format of MyAnimeList."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.aired import Aired, parse_aired

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
days = st.dates(date(1917, 1, 1), date(2099, 12, 31))


def printed(day: date) -> str:
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


@pytest.mark.parametrize(
    ("text", "year", "start", "end"),
    [
        ("Apr 5, 2009 to Jul 4, 2010", 2009, date(2009, 4, 5), date(2010, 7, 4)),
        ("Aug 26, 2016", 2016, date(2016, 8, 26), None),
        ("Oct 4, 2015 to ?", 2015, date(2015, 10, 4), None),
        ("Oct 2015 to ?", 2015, None, None),
        ("Oct 2015 to Mar 27, 2016", 2015, None, date(2016, 3, 27)),
        ("2011 to ?", 2011, None, None),
        ("2011 to 2012", 2011, None, None),
        ("2011", 2011, None, None),
        ("? to Jul 4, 2010", None, None, date(2010, 7, 4)),
        ("Feb 29, 2012", 2012, date(2012, 2, 29), None),
        ("Feb 29, 2011", 2011, None, None),
        ("  Apr 5, 2009  to  Jul 4, 2010  ", 2009, date(2009, 4, 5), date(2010, 7, 4)),
        ("Not available", None, None, None),
        ("?", None, None, None),
        ("", None, None, None),
        ("12345", None, None, None),
    ],
)
def test_aired_text_is_parsed(text: str, year: int | None, start: date | None, end: date | None) -> None:
    assert parse_aired(text) == Aired(year, start, end)


@given(days, st.integers(0, 9_000))
def test_range_of_days_is_parsed(start: date, length: int) -> None:
    end = start + timedelta(days=length)
    assert parse_aired(f"{printed(start)} to {printed(end)}") == Aired(start.year, start, end)


@given(days)
def test_single_day_has_no_end(day: date) -> None:
    assert parse_aired(printed(day)) == Aired(day.year, day, None)


@given(st.one_of(st.text(), st.from_regex(r"(Jan|Feb|Foo) \d+, \d+( to .*)?", fullmatch=True)))
def test_any_text_is_accepted(text: str) -> None:
    parse_aired(text)
