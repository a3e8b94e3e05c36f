"""The values of catalog files, as data sets write them: unknown ones, numbers, lists, durations, ratings."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import TypeVar

from domain.titles import AGE_RATINGS, AgeRating, AiringStatus

MAX_SYNOPSIS = 5_000  # characters
_UNKNOWN = {
    *("", "unknown", "none", "n/a", "nan", "null", "?", "-", "not available"),
    *("none found", "add some"),  # together: "None found, add some"
}
_NO_SYNOPSIS = ("no description available", "no synopsis")  # how such a text begins
_WHOLE = re.compile(r"([+-]?(?:\d+|\d{1,3}(?:,\d{3})+))(?:\.0*)?", re.ASCII)
_QUOTED = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""")
_DURATION = re.compile(
    r"(?:(\d{1,3})\s*(?:hr|hour)s?\b\.?)?\s*(?:(\d{1,4})\s*min(?:ute)?s?\b\.?)?\s*"
    r"(?:(\d{1,4})\s*(?:seconds?|secs?)\b\.?)?(?:\s*per ep\b.*)?",
    re.ASCII | re.IGNORECASE,
)
_AIRING: dict[str, AiringStatus] = {
    **{"finished airing": "finished", "finished": "finished"},
    **{"currently airing": "airing", "airing": "airing"},
    **{"not yet aired": "upcoming", "upcoming": "upcoming"},
}

T = TypeVar("T")


def is_unknown(text: str) -> bool:
    """True for a text that stands for a value that is not known."""
    return text.strip().lower() in _UNKNOWN


def clean(text: str) -> str:
    """The text without HTML entities, its white space single spaces. Raises ValueError for a NUL byte."""
    if "\x00" in text:
        raise ValueError("contains a NUL byte")
    return " ".join(html.unescape(text).split())


def known(text: str) -> str | None:
    """The clean text, None if it says that the value is not known."""
    return None if is_unknown(text) else clean(text)


def names(text: str) -> list[str]:
    """The different known names of a list: `A, B`, or the list of a program, `['A', "B"]`."""
    listed = _listed(text)
    parts = text.split(",") if listed is None else listed
    return list(dict.fromkeys(name for part in parts if (name := known(part))))


def whole_names(text: str) -> list[str]:
    """As `names`, but only a program's list has several: names themselves contain commas."""
    listed = _listed(text)
    return names(text) if listed is not None else [name for name in [known(text)] if name]


def number(text: str, kind: Callable[[str], T], name: str, low: float, high: float) -> T | None:
    """A number, None if it is unknown; `26.0` and `1,234` are whole numbers.

    Raises:
        ValueError: another text, or not between `low` and `high`.
    """
    if is_unknown(text):
        return None
    text = text.strip()
    if whole := _WHOLE.fullmatch(text):
        text = whole[1].replace(",", "")
    try:
        value = kind(text)
    except ValueError:
        raise ValueError(f"{name} is not a number") from None
    if not low <= float(value) <= high:  # type: ignore[arg-type]  # int and float only; NaN fails too
        raise ValueError(f"{name} is not between {low:,} and {high:,}")
    return value


def duration_minutes(text: str) -> int | None:
    """Minutes of `24 min. per ep.`, `1 hr. 30 min.` or `30 sec.` (1 at least), None for another text."""
    found = _DURATION.fullmatch(text.strip())
    if not found:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    total = 3_600 * hours + 60 * minutes + seconds
    return max(1, round(total / 60)) if total else None


def age_rating(text: str) -> AgeRating | None:
    """The age rating of `R - 17+ (violence & profanity)`, `pg_13`, …, None for another text."""
    code = text.partition(" - ")[0].strip().replace("_", "-").lower()
    return next((rating for rating in AGE_RATINGS if rating.lower() == code), None)


def airing_status(text: str) -> AiringStatus | None:
    """The airing status of `Finished Airing`, `currently_airing`, …, None for another text."""
    return _AIRING.get(text.strip().lower().replace("_", " "))


def synopsis(text: str) -> str | None:
    """The paragraphs of a synopsis, separated by blank lines, at most `MAX_SYNOPSIS` characters."""
    paragraphs = [clean(part) for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n"))]
    text = "\n\n".join(part for part in paragraphs if part)
    if is_unknown(text) or text.lower().startswith(_NO_SYNOPSIS):
        return None
    return text if len(text) <= MAX_SYNOPSIS else text[: MAX_SYNOPSIS - 1].rpartition(" ")[0] + "…"


def _listed(text: str) -> list[str] | None:
    """The strings of a JSON or Python list, None if the text is no list."""
    text = text.strip()
    if not (text.startswith("[") and text.endswith("]")):
        return None
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        if _QUOTED.sub("", text[1:-1]).strip(" ,"):
            return None  # a name in brackets
        return [re.sub(r"\\(.)", r"\1", single or double) for single, double in _QUOTED.findall(text)]
    return values if all(isinstance(value, str) for value in values) else None
