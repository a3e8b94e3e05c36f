"""Records of the topic: read as they were written, and refused where they are none."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.events import Actor, Event, EventKind
from events.records import actor_key, actor_of, decode, encode

EVENT = Event(
    *(UUID(int=5), EventKind.LIKE, 9253, datetime(2026, 11, 27, 20, 15, 3, 250_000)),
    **{"user_id": 7, "recommendation_id": "ab", "position": 3},  # type: ignore[arg-type]
)


def test_event_is_written_as_documented() -> None:
    assert json.loads(encode(EVENT)) == {
        **{"event_id": str(UUID(int=5)), "kind": "like", "anime_id": 9253, "happened_at": 1795810503250},
        **{"user_id": 7, "recommendation_id": "ab", "position": 3},
    }
    assert decode(encode(EVENT)) == EVENT


@pytest.mark.parametrize("actor", [Actor(session_id=UUID(int=3)), Actor(user_id=7)])
def test_key_names_its_actor(actor: Actor) -> None:
    assert actor_of(actor_key(actor)) == actor


@pytest.mark.parametrize("key", ["", "session:", "user:x", "7", "session:user:7"])
def test_other_keys_are_refused(key: str) -> None:
    with pytest.raises(ValueError, match=r"key|UUID|invalid literal"):
        actor_of(key)


ATOMS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
NAMES = st.sampled_from([*json.loads(encode(EVENT)), "session_id", "undone", "ended"])
VALUES = st.recursive(ATOMS, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner))
ALMOST = st.dictionaries(NAMES, VALUES, max_size=2).map(
    lambda changes: {**json.loads(encode(EVENT)), **changes}
)


@given(st.binary() | (VALUES | ALMOST).map(lambda value: json.dumps(value).encode()))
def test_anything_is_read_or_refused(value: bytes) -> None:
    try:
        record = decode(value)
    except ValueError:
        return
    assert decode(encode(record)) == record


def test_deeply_nested_value_is_refused() -> None:
    with pytest.raises(ValueError, match="not a record"):
        decode(b"[" * 100_000)
