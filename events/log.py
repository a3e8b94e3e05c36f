"""The log of events, in the database: what is in it once is in it for good, or until it is pruned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NamedTuple, Protocol
from uuid import UUID

from sqlalchemy import Connection, Engine

from db.engine import write_transaction
from db.events import (
    delete_events_before,
    end_session,
    ended_sessions,
    insert_events,
    known_events,
    known_users,
    session_lengths,
    undo_event,
)
from domain.events import Actor, Event

MAX_SESSION_EVENTS = 5_000  # of one session; more are refused
_PRUNED_AT_ONCE = 10_000


class Appended(NamedTuple):
    """The outcome of appending events.

    Attributes:
        known: ids of those that were in the log already, or were undone.
        refused: id -> why it cannot be added.
    """

    known: frozenset[UUID]
    refused: Mapping[UUID, str]


class EventLog(Protocol):
    """Keeps events. What returns without an error is durable; what cannot be is an EventsUnavailableError.

    Attributes:
        needs_actor: whether an event is found by its actor only.
    """

    needs_actor: ClassVar[bool]

    def append(self, events: Sequence[Event], received_at: datetime) -> Appended:
        """Add those that are new."""
        ...

    def undo_event(self, event_id: UUID, actor: Actor | None, now: datetime) -> None:
        """From now on, and however often it comes again, there is no such event."""
        ...

    def undo_session(self, session_id: UUID, now: datetime) -> None:
        """The same of every event of a session, those still to come among them."""
        ...

    def erase_user(self, user_id: int) -> None:
        """Forget what a user did, who is about to be erased from the database."""
        ...

    def prune(self, before: datetime) -> None:
        """Forget what was received before."""
        ...

    def connect(self) -> None:
        """Get ready for the first event, in a worker that has just begun; does not wait."""
        ...


@dataclass(frozen=True)
class SqlEventLog:
    """Two tables of the database. See EventLog."""

    engine: Engine
    needs_actor: ClassVar[bool] = False

    def append(self, events: Sequence[Event], received_at: datetime) -> Appended:
        """In one transaction. See EventLog."""
        unique = {event.event_id: event for event in events}
        with write_transaction(self.engine) as connection:
            known = known_events(connection, unique)
            new = [event for event_id, event in unique.items() if event_id not in known]
            refused = _refusals(connection, new)
            insert_events(connection, [event for event in new if event.event_id not in refused], received_at)
        return Appended(frozenset(known), refused)

    def undo_event(self, event_id: UUID, actor: Actor | None, now: datetime) -> None:
        """See EventLog."""
        with write_transaction(self.engine) as connection:
            undo_event(connection, event_id, now)

    def undo_session(self, session_id: UUID, now: datetime) -> None:
        """See EventLog."""
        with write_transaction(self.engine) as connection:
            end_session(connection, session_id, now)

    def erase_user(self, user_id: int) -> None:
        """Their events go with the user, in one transaction."""

    def connect(self) -> None:
        """The database is connected to by whoever asks it first."""

    def prune(self, before: datetime) -> None:
        """In transactions so short that nobody waits. See EventLog."""
        while True:
            with write_transaction(self.engine) as connection:
                deleted = delete_events_before(connection, before, _PRUNED_AT_ONCE)
            if deleted < _PRUNED_AT_ONCE:
                return


def _refusals(connection: Connection, events: Sequence[Event]) -> dict[UUID, str]:
    """Id -> why an event cannot be added."""
    sessions = {event.session_id for event in events if event.session_id is not None}
    users = {event.user_id for event in events if event.user_id is not None}
    ended, lengths = ended_sessions(connection, sessions), session_lengths(connection, sessions)
    strangers, refused = users - known_users(connection, users), {}
    for event in events:
        if event.user_id in strangers:
            refused[event.event_id] = f"user {event.user_id} is not known"
        elif event.session_id in ended:
            refused[event.event_id] = "its session was deleted"
        elif event.session_id and lengths.get(event.session_id, 0) >= MAX_SESSION_EVENTS:
            most = f"{MAX_SESSION_EVENTS:,} events"
            refused[event.event_id] = f"its session has {most}, the most there may be: begin a new one"
    return refused
