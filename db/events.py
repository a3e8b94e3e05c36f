"""Events: inserted, undone, read by person, pruned."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Engine, Text, cast, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from db.engine import read_transaction
from db.models import EndedSession, StoredEvent, StoredExposure, User
from domain.events import Event

_RECENT = {
    column: f"SELECT anime_id, kind, happened_at FROM events WHERE {column} = ? AND happened_at >= ?"  # nosec B608
    " ORDER BY happened_at DESC, event_id LIMIT ?"
    for column in ("session_id", "user_id")
}


class RecentEvent(NamedTuple):
    """One event of a session or of a user."""

    anime_id: int
    kind: str
    happened_at: datetime


class ReceivedEvent(NamedTuple):
    """An event as stream_received_events reads it; see StoredEvent."""

    event_id: UUID
    session_id: UUID | None
    user_id: int | None
    kind: str
    anime_id: int
    happened_at: datetime
    received_at: datetime
    recommendation_id: str | None
    position: int | None


def known_events(connection: Connection, event_ids: Collection[UUID]) -> set[UUID]:
    """Those of the ids that are stored, or were undone."""
    found = select(StoredEvent.event_id).where(StoredEvent.event_id.in_(event_ids))
    return set(connection.execute(found).scalars())


def ended_sessions(connection: Connection, session_ids: Collection[UUID]) -> set[UUID]:
    """Those of the sessions that were deleted."""
    found = select(EndedSession.session_id).where(EndedSession.session_id.in_(session_ids))
    return set(connection.execute(found).scalars())


def known_users(connection: Connection, user_ids: Collection[int]) -> set[int]:
    """Those of the ids that are of saved users, who cannot be erased until the transaction ends."""
    found = select(User.user_id).where(User.user_id.in_(user_ids)).with_for_update(key_share=True)
    return set(connection.execute(found).scalars())


def session_lengths(connection: Connection, session_ids: Collection[UUID]) -> dict[UUID, int]:
    """Session id -> the number of its events; sessions without any are not in it."""
    of_session = StoredEvent.session_id
    counted = select(of_session, func.count()).where(of_session.in_(session_ids)).group_by(of_session)
    return {session: count for session, count in connection.execute(counted) if session is not None}


def insert_events(connection: Connection, events: Sequence[Event], received_at: datetime) -> None:
    """Insert those that are not there yet."""
    if events:
        rows = [
            {
                "event_id": event.event_id,
                "received_at": received_at,
                "happened_at": event.happened_at,
                "kind": event.kind.value,
                "anime_id": event.anime_id,
                "session_id": event.session_id,
                "user_id": event.user_id,
                "recommendation_id": event.recommendation_id,
                "position": event.position,
            }
            for event in events
        ]
        connection.execute(insert_new(connection, StoredEvent), rows)


def undo_event(connection: Connection, event_id: UUID, now: datetime) -> None:
    """Leave nothing of an event but its id, whether it has come or not."""
    rows = [{"event_id": event_id, "received_at": now}]
    connection.execute(insert_new(connection, StoredEvent), rows)
    nothing = dict.fromkeys(
        ("happened_at", "kind", "anime_id", "session_id", "user_id", "recommendation_id", "position")
    )
    connection.execute(update(StoredEvent).where(StoredEvent.event_id == event_id).values(**nothing))


def end_session(connection: Connection, session_id: UUID, now: datetime) -> None:
    """Delete a session's events and exposures, and leave only its id."""
    rows = [{"session_id": session_id, "ended_at": now}]
    connection.execute(insert_new(connection, EndedSession), rows)
    for table in (StoredEvent, StoredExposure):
        connection.execute(delete(table).where(table.session_id == session_id))


def load_recent_events(
    connection: Connection, session_id: UUID | None, user_id: int | None, since: datetime, limit: int | None
) -> list[RecentEvent]:
    """The newest events of a session or of a user, newest first."""
    whose = []
    if session_id is not None:
        whose.append(StoredEvent.session_id == session_id)
    if user_id is not None:
        whose.append(StoredEvent.user_id == user_id)
    if not whose:
        return []
    statement = (
        select(StoredEvent.anime_id, StoredEvent.kind, StoredEvent.happened_at)
        .where(or_(*whose), StoredEvent.happened_at >= since)
        .order_by(StoredEvent.happened_at.desc(), StoredEvent.event_id)
        .limit(limit)
    )
    rows: Any = connection.execute(statement)  # of those that happened, none of these is NULL
    return [RecentEvent(*row) for row in rows]


def load_recent_events_of_page(
    engine: Engine, session_id: UUID | None, user_id: int | None, since: datetime, limit: int
) -> list[RecentEvent]:
    """As load_recent_events, cheap enough to ask before every page.

    Raises:
        sqlalchemy.exc.DBAPIError: the database cannot be used.
    """
    if engine.dialect.name == "sqlite" and (session_id is None or user_id is None):
        # straight from the driver: SQLAlchemy's own work takes several times as long as the query
        with suppress(sqlite3.Error):  # asked again below, for an error that says more
            column, value = ("user_id", user_id) if session_id is None else ("session_id", session_id.hex)
            pooled = engine.raw_connection()
            try:
                cursor = pooled.cursor()
                cursor.execute(_RECENT[column], (value, since.isoformat(" ", "microseconds"), limit))
                rows = cursor.fetchall()
            except sqlite3.Error:
                pooled.invalidate()
                raise
            finally:
                pooled.close()
            return [RecentEvent(title, kind, datetime.fromisoformat(at)) for title, kind, at in rows]
    with read_transaction(engine) as connection:
        return load_recent_events(connection, session_id, user_id, since, limit)


def stream_received_events(connection: Connection, since: datetime) -> Iterator[ReceivedEvent]:
    """The events that came since then and were not undone, in the order of coming."""
    columns = (getattr(StoredEvent, name) for name in ReceivedEvent._fields)
    statement = (
        select(*columns)
        .where(StoredEvent.received_at >= since, StoredEvent.kind.is_not(None))
        .order_by(StoredEvent.received_at, StoredEvent.event_id)
        .execution_options(yield_per=10_000)
    )
    for row in connection.execute(statement):
        yield ReceivedEvent(*row)


def count_by_title(connection: Connection, kinds: Iterable[str], since: datetime) -> dict[int, int]:
    """Anime id -> how many sessions and users had events of these kinds with the title since then."""
    who = func.coalesce(cast(StoredEvent.session_id, Text), cast(StoredEvent.user_id, Text))
    statement = (
        select(StoredEvent.anime_id, func.count(func.distinct(who)))
        .where(StoredEvent.happened_at >= since, StoredEvent.kind.in_(list(kinds)))
        .group_by(StoredEvent.anime_id)
    )
    rows: Any = connection.execute(statement)
    return {row[0]: row[1] for row in rows}


def delete_events_before(connection: Connection, before: datetime, limit: int) -> int:
    """Delete at most `limit` of the events that were received before, undone ones among them, and of the
    exposures; and ended sessions. Returns how many, of whichever were more."""
    events = select(StoredEvent.event_id).where(StoredEvent.received_at < before).limit(limit)
    page = StoredExposure.experiment, StoredExposure.recommendation_id
    exposures = select(*page).where(StoredExposure.exposed_at < before).limit(limit)
    deleted = connection.execute(delete(StoredEvent).where(StoredEvent.event_id.in_(events))).rowcount
    forgotten = connection.execute(delete(StoredExposure).where(tuple_(*page).in_(exposures))).rowcount
    connection.execute(delete(EndedSession).where(EndedSession.ended_at < before))
    return max(deleted, forgotten)


def insert_new(connection: Connection, table: Any) -> Any:
    """An INSERT that leaves out rows whose key is taken."""
    dialects: dict[str, Any] = {"postgresql": postgresql, "sqlite": sqlite}
    return dialects[connection.dialect.name].insert(table).on_conflict_do_nothing()
