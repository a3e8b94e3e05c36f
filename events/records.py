"""Records of the topic of events, each record a JSON object: an event, an undo, the end of an actor.

The key of a record is its actor, so that one partition has all records of an actor, in order.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domain.events import Actor, Event, EventKind


@dataclass(frozen=True)
class Undone:
    """From now on there is no such event, whether it has come or not."""

    event_id: UUID


@dataclass(frozen=True)
class Ended:
    """A session was deleted, or a person erased: nothing before or after counts."""


Record = Event | Undone | Ended


def actor_key(actor: Actor) -> str:
    """`session:<uuid>` or `user:<id>`, as in keys of Kafka and Redis."""
    return f"session:{actor.session_id}" if actor.session_id is not None else f"user:{actor.user_id}"


def actor_of(key: str) -> Actor:
    """The actor of a key.

    Raises:
        ValueError: it is none.
    """
    kind, _, name = key.partition(":")
    if kind == "session":
        return Actor(session_id=UUID(name))
    if kind == "user":
        return Actor(user_id=int(name))
    raise ValueError(f"not the key of an actor: {key[:100]!r}")


def encode(record: Record) -> bytes:
    """A record as JSON; times are milliseconds since 1970, UTC."""
    if isinstance(record, Undone):
        return json.dumps({"undone": str(record.event_id)}).encode()
    if isinstance(record, Ended):
        return json.dumps({"ended": True}).encode()
    fields: dict[str, Any] = {
        "event_id": str(record.event_id),
        "kind": record.kind.value,
        "anime_id": record.anime_id,
        "happened_at": to_ms(record.happened_at),
        "session_id": None if record.session_id is None else str(record.session_id),
        "user_id": record.user_id,
        "recommendation_id": record.recommendation_id,
        "position": record.position,
    }
    return json.dumps({name: value for name, value in fields.items() if value is not None}).encode()


def decode(value: bytes) -> Record:
    """The record in a value.

    Raises:
        ValueError: it is none.
    """
    try:
        fields = json.loads(value)
        if not isinstance(fields.get("recommendation_id", ""), str):
            raise TypeError("recommendation_id")
        if "undone" in fields:
            return Undone(UUID(fields["undone"]))
        if "ended" in fields:
            return Ended()
        return Event(
            event_id=UUID(fields["event_id"]),
            kind=EventKind(fields["kind"]),
            anime_id=_whole(fields["anime_id"]),
            happened_at=from_ms(_whole(fields["happened_at"])),
            session_id=UUID(fields["session_id"]) if "session_id" in fields else None,
            user_id=_whole(fields["user_id"]) if "user_id" in fields else None,
            recommendation_id=fields.get("recommendation_id"),
            position=_whole(fields["position"]) if "position" in fields else None,
        )
    except (KeyError, TypeError, AttributeError, OverflowError, OSError, RecursionError) as error:
        raise ValueError(f"not a record of an event: {value[:200]!r}") from error


def _whole(number: Any) -> int:
    if type(number) is not int:
        raise TypeError(number)
    return number


def to_ms(time: datetime) -> int:
    """Milliseconds since 1970 of a naive UTC time."""
    return round(time.replace(tzinfo=UTC).timestamp() * 1_000)


def from_ms(milliseconds: int) -> datetime:
    """The naive UTC time of milliseconds since 1970."""
    return datetime.fromtimestamp(milliseconds / 1_000, UTC).replace(tzinfo=None)
