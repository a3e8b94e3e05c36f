"""Dates and seasons as MyAnimeList writes them: "Apr 5, 2009 to Jul 4, 2010", "2011 to ?", "Spring 2009"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from domain.titles import SEASON_NAMES, Season

_YEAR = re.compile(r"\b(19|20)\d\d\b")
_SEASON = re.compile(r"([a-z]+)\s+((?:19|20)\d\d)", re.ASCII | re.IGNORECASE)
_FORMATS = ("%b %d, %Y", "%Y-%m-%d")


@dataclass(frozen=True)
class Aired:
    """The first year and the first and last day on air; None if unknown."""

    year: int | None
    start: date | None
    end: date | None


def parse_aired(text: str) -> Aired:
    """Return the dates that the text contains. Accepts any text."""
    first, _, last = text.partition(" to ")
    year = _YEAR.search(first)
    return Aired(int(year.group()) if year else None, _day(first), _day(last))


def parse_season(text: str) -> Season | None:
    """The season of "spring 2005", None for another text."""
    found = _SEASON.fullmatch(text.strip())
    name = next((name for name in SEASON_NAMES if found and name == found[1].lower()), None)
    return Season(int(found[2]), name) if found and name else None


def _day(text: str) -> date | None:
    for day_format in _FORMATS:
        try:
            return datetime.strptime(text.strip(), day_format).date()
        except ValueError:
            continue
    return None
