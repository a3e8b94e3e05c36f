"""One entry of an imported list, the same from every site and every format, and what its fields may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from domain.ranges import MAX_ANIME_ID, RATINGS, UNRATED, WatchStatus
from ingest.report import ImportFileError

MAX_NAME = 200  # characters of a name that are kept
MAX_BYTES = 10_000_000  # of one list, decompressed; a title of an XML export takes about 1,000

T = TypeVar("T")


class UnreadableListError(ImportFileError):
    """The list is not in the form that it should have; the message says where and why."""


class ListTooLargeError(UnreadableListError):
    """The list exceeds a limit."""


class ExternalId(NamedTuple):
    """The id of a title on a site."""

    site: str
    id: str


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One title of a list.

    Attributes:
        anime_id: MyAnimeList id, None where the list has none.
        rating: 1-10, or UNRATED.
        status: None where the list has none.
        external_ids: on other sites, the most reliable first.
        found_by: what `anime_id` follows from: mal_id, the id on another site, the name, or a similar one.
    """

    anime_id: int | None
    name: str = ""
    rating: int = UNRATED
    status: WatchStatus | None = None
    external_ids: tuple[ExternalId, ...] = ()
    found_by: str = "mal_id"


# as sites, their exports and people write them, in lower case without - and _
_STATUSES: Mapping[WatchStatus, tuple[str, ...]] = {
    WatchStatus.WATCHING: ("watching", "currently watching", "current", "1"),
    # somebody who watches it again has seen it
    WatchStatus.COMPLETED: ("completed", "complete", "watched", "finished", "repeating", "rewatching", "2"),
    WatchStatus.ON_HOLD: ("on hold", "onhold", "hold", "paused", "stalled", "3"),
    WatchStatus.DROPPED: ("dropped", "notinteresting", "4"),
    WatchStatus.PLAN_TO_WATCH: (
        *("plan to watch", "plantowatch", "planned", "planning", "want to watch", "ptw", "6"),
    ),
}
_OF_WORD = {word: status for status, words in _STATUSES.items() for word in words}


def clean_name(text: object) -> str:
    """Text with each run of white space and unprintable characters as one space, cut where it is long."""
    if not isinstance(text, str):
        return ""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.split())[:MAX_NAME]


def status_of(text: object) -> WatchStatus | None:
    """A status by any of its names; None for nothing. Raises ValueError with what is expected."""
    if text is None or text == "":
        return None
    word = " ".join(str(text).lower().replace("-", " ").replace("_", " ").split())
    if word not in _OF_WORD:
        raise ValueError("watching, completed, on hold, dropped or plan to watch")
    return _OF_WORD[word]


def rating_of(value: object, full_marks: float = RATINGS[-1]) -> int:
    """A score as a rating of 1-10, UNRATED for nothing and for 0.

    Args:
        full_marks: the highest score there is.

    Raises:
        ValueError: with what is expected.
    """
    if value is None or value == "":
        return UNRATED
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else float("nan")
    if not 0 <= number <= full_marks:
        raise ValueError(f"a number from 0 to {full_marks:g}")
    # half a point counts up, everywhere: round() would go to the even one
    return max(RATINGS[0], int(number / full_marks * RATINGS[-1] + 0.5)) if number else UNRATED


def mal_id_of(value: object) -> int | None:
    """A MyAnimeList id, None for nothing and for 0. Raises ValueError with what is expected."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= MAX_ANIME_ID):
        raise ValueError("a MyAnimeList id")
    return int(text) or None


def external_id(site: str, value: object) -> tuple[ExternalId, ...]:
    """The id on a site as a tuple; empty where there is none, or one that no site has."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return ()
    text = str(value).strip()
    return (
        (ExternalId(site, text),) if text and text != "0" and len(text) <= 50 and text.isprintable() else ()
    )


def checked(name: str, parse: Callable[..., T], value: object, *more: Any) -> T:
    """The value as `parse` reads it; its ValueError, which says what is expected, names the value."""
    try:
        return parse(value, *more)
    except ValueError as error:
        raise ValueError(f"{name} is {str(value)[:50]!r}; expected {error}") from None


def member(value: Any, *path: str) -> Any:
    """A member of objects in objects; None where there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value
