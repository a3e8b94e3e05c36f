"""Recent events of one person, title by title: a function of their set, in whatever order they came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Engine

from db.engine import read_transaction
from db.events import RecentEvent, count_by_title, load_recent_events, load_recent_events_of_page
from domain.events import Actor, EventKind, TitleActivity

MAX_TITLES = 50
_MAX_EVENTS = 2_000  # that are read, the newest ones
_TRENDING = (EventKind.CLICK, EventKind.VIEW, EventKind.LIKE)


class RecentEvents(Protocol):
    """Knows what somebody did lately."""

    def of(self, actor: Actor, since: datetime) -> list[TitleActivity]:
        """Their newest MAX_TITLES titles, newest first."""
        ...

    def all_of(self, user_id: int) -> list[RecentEvent]:
        """Everything that is stored of a user, newest first."""
        ...

    def trending(self, since: datetime) -> dict[int, int]:
        """Anime id -> how many different sessions and users clicked, viewed or liked it since then."""
        ...


@dataclass(frozen=True)
class SqlRecentEvents:
    """From the log in the database. See RecentEvents."""

    engine: Engine

    def of(self, actor: Actor, since: datetime) -> list[TitleActivity]:
        """See RecentEvents."""
        found = load_recent_events_of_page(self.engine, *actor, since, _MAX_EVENTS)
        return activity_of((row.anime_id, EventKind(row.kind), row.happened_at) for row in found)

    def all_of(self, user_id: int) -> list[RecentEvent]:
        """See RecentEvents."""
        with read_transaction(self.engine) as connection:
            return load_recent_events(connection, None, user_id, datetime.min, None)

    def trending(self, since: datetime) -> dict[int, int]:
        """See RecentEvents."""
        with read_transaction(self.engine) as connection:
            return count_by_title(connection, _TRENDING, since)


def activity_of(events: Iterable[tuple[int, EventKind, datetime]]) -> list[TitleActivity]:
    """Of (title, kind, time) of different events in any order: the newest MAX_TITLES titles, newest first."""
    counts: dict[int, Counter[EventKind]] = {}
    newest: dict[int, tuple[bool, datetime]] = {}
    for anime_id, kind, happened_at in events:
        counts.setdefault(anime_id, Counter())[kind] += 1
        # whatever else happened with a title, its impressions do not make it newer
        key = (kind is not EventKind.IMPRESSION, happened_at)
        newest[anime_id] = max(newest.get(anime_id, key), key)
    ordered = sorted(newest, key=lambda anime_id: (newest[anime_id], anime_id), reverse=True)
    return [TitleActivity(one, dict(counts[one]), newest[one][1]) for one in ordered[:MAX_TITLES]]
