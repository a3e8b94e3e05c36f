"""The `aired` text of MyAnimeList: "Apr 5, 2009 to Jul 4, 2010", "2011 to ?", …"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

_YEAR = re.compile(r"\b(19|20)\d\d\b")


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


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text.strip(), "%b %d, %Y").date()
    except ValueError:
        return None
