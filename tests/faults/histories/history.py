"""A history: every write and read that clients of a server made, with what each was answered, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from domain.ranges import LIKED_FROM

Ratings = Mapping[int, int]  # anime id -> rating

WATCHED = range(106, 114)  # titles that the watcher likes
DIGITS = range(114, 120)  # titles whose ratings spell the number of a list; nobody in the history likes them
BADGE = 130  # a title that everybody in the history likes
_BASE = LIKED_FROM - 1  # digits are ratings from 1 on that are no likes
LISTS = _BASE ** len(DIGITS)


class Outcome(Enum):
    """The end of a write, as its client knows it."""

    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    UNKNOWN = "unknown"  # the connection broke, or the database failed meanwhile


class View(Enum):
    """A way to look at one person."""

    LIST = "list"  # the ratings
    NEIGHBOR = "neighbor"  # how many liked titles the person shares with the watcher
    EXISTS = "exists"  # only whether there is such a person


Seen = Ratings | int | bool | None  # None: the person was not there


@dataclass(frozen=True)
class Write:
    """A list that was saved, or an erasure (`ratings` None). Times are those of one clock, in seconds.

    Attributes:
        user_id: None where the server was to choose it, and the answer did not come.
    """

    user_id: int | None
    ratings: Ratings | None
    started: float
    ended: float
    outcome: Outcome = Outcome.ACKNOWLEDGED


@dataclass(frozen=True)
class Read:
    """One person, as one session saw them."""

    session: str
    view: View
    user_id: int
    seen: Seen
    started: float
    ended: float


@dataclass(frozen=True)
class Neighbors:
    """Everybody whom one session saw beside the watcher: user id -> titles in common."""

    session: str
    in_common: Mapping[int, int]
    started: float
    ended: float


@dataclass(frozen=True)
class Supporters:
    """The number of people of the history by whom a recommendation of `BADGE` was explained."""

    session: str
    people: int
    started: float
    ended: float
    nobody: bool = False  # not even those who are there from the start


@dataclass
class History:
    """The events of all sessions, in any order. Threads append to it."""

    writes: list[Write] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    neighbors: list[Neighbors] = field(default_factory=list)
    supporters: list[Supporters] = field(default_factory=list)
    outages: list[tuple[float, float]] = field(default_factory=list)  # of the database, at most from, to
    stored: Mapping[int, Ratings] | None = None  # lists in the database at the end, by user
    unexpected: list[str] = field(default_factory=list)  # answers that no fault excuses

    @property
    def operations(self) -> int:
        return len(self.writes) + len(self.reads) + len(self.neighbors) + len(self.supporters)


def list_of(number: int) -> Ratings:
    """A list that no other number has, and that shares 1-8 titles with the watcher."""
    if not 0 <= number < LISTS:
        raise ValueError(f"{number} is not from 0 to {LISTS - 1}")
    liked = dict.fromkeys(WATCHED[: 1 + number % len(WATCHED)], LIKED_FROM + number % 3)
    digits = {title: 1 + number // _BASE**place % _BASE for place, title in enumerate(DIGITS)}
    return {**liked, **digits, BADGE: 10}


def shared_with_watcher(ratings: Ratings) -> int:
    """The number of liked titles that a list shares with the watcher."""
    return sum(ratings.get(anime_id, 0) >= LIKED_FROM for anime_id in WATCHED)


def fits(view: View, ratings: Ratings | None, seen: Seen) -> bool:
    """True where a person with these ratings (None: erased, or not there yet) looks like this."""
    if view is View.EXISTS:
        return (ratings is not None) == seen
    if ratings is None or seen is None:
        return ratings is seen
    return shared_with_watcher(ratings) == seen if view is View.NEIGHBOR else ratings == seen
