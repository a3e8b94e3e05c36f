"""Events: what people do with titles, apart from rating them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

MAX_EVENTS = 100  # of one request
MAX_POSITION = 10_000  # on a page, from 1


class EventsUnavailableError(Exception):
    """Events cannot be taken in now; the message says why, without an address."""


class EventKind(StrEnum):
    """Something to do with a title."""

    VIEW = "view"  # saw the page of a title
    CLICK = "click"  # chose a title on a page
    LIKE = "like"  # "more like this"
    DISMISS = "dismiss"  # "not interested"
    IMPRESSION = "impression"  # had a title on the screen


class Actor(NamedTuple):
    """Whose events: those of a session, of a user, or of both."""

    session_id: UUID | None = None
    user_id: int | None = None


@dataclass(frozen=True)
class Event:
    """Something that a person did with a title.

    Attributes:
        event_id: made by the client: the same event may come again.
        session_id: random, made by the client; None: of a user.
        user_id: None: of a session.
        happened_at: UTC, by the client's clock, no later than it was received.
        recommendation_id, position: of the page that the title was on, and its place there, from 1.
    """

    event_id: UUID
    kind: EventKind
    anime_id: int
    happened_at: datetime
    session_id: UUID | None = None
    user_id: int | None = None
    recommendation_id: str | None = None
    position: int | None = None


@dataclass(frozen=True)
class TitleActivity:
    """Recent events of one person with one title.

    Attributes:
        counts: how many events of each kind.
        last_at: UTC, of the newest event that is not an impression; of impressions alone, of the newest.
    """

    anime_id: int
    counts: dict[EventKind, int] = field(default_factory=dict)
    last_at: datetime = datetime.min
