"""Parses the `aired` text as MyAnimeList prints it: "Apr 5, 2009 to Jul 4, 2010", "2011 to ?", …"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

_YEAR = re.compile(r"\b(19|20)\d\d\b")


@dataclass(frozen=True)
class Aired:
    """When a title aired; None where the text does not say, or not to the day."""

    year: int | None
    start: date | None
    end: date | None


def parse_aired(text: str) -> Aired:
    """Understand what can be understood; never raises."""
    first, _, last = text.partition(" to ")
    year = _YEAR.search(first)
    return Aired(int(year.group()) if year else None, _day(first), _day(last))


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text.strip(), "%b %d, %Y").date()
    except ValueError:
        return None
