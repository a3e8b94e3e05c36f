"""The state of an actor is the same in Java as in Python, record for record."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from domain.events import Event, EventKind
from events.actor_state import KNOWN_IDS, MAX_EVENTS, MAX_TITLES, MAX_UNDONE, ActorState
from events.records import Ended, Undone, actor_of, decode, encode
from tests.streaming.flink_job import run_java

NOW = datetime(2026, 11, 27, 20, 0)
EVENT = b'{"event_id": "%b", "kind": "%b", "anime_id": %b, "happened_at": %b%b}'
A, B, C = (f"session:{UUID(int=number, version=4)}" for number in range(3))
ID = b"4b1c9a4e-3c87-4d4e-9d1d-0f6f4f1b7a11"
UNUSUAL_KEYS = ("", "session:", "session:7", "user:", "user:me", "guest:7", "user:7")
UNUSUAL = (
    *(b"", b"{", b"null", b"[]", b'["undone"]', b'"undone"', b"7", b"{}", b"{} {}", b"\xff\xfe", b"NaN"),
    *(b'{"undone": null}', b'{"undone": 7}', b'{"undone": "7"}', b'{"ended": 0, "undone": "no"}'),
    EVENT % (ID, b"stare", b"1", b"0", b""),
    EVENT % (ID, b"Click", b"1", b"0", b""),
    EVENT % (ID[1:], b"click", b"1", b"0", b""),
    EVENT % (ID, b"click", b'"x"', b"0", b""),
    EVENT % (ID, b"click", b"null", b"0", b""),
    EVENT % (ID, b"click", b"1", b"null", b""),
    EVENT % (ID, b"click", b"1", b"999999999999999999", b""),
    EVENT % (ID, b"click", b"1", b"1", b', "session_id": "mine"'),
    EVENT % (ID, b"click", b"1", b"1", b', "session_id": 7'),
    EVENT % (ID.upper(), b"click", b"1", b"1", b', "unheard": {"of": []}'),
    EVENT % (ID, b"click", b"2", b"2", b""),
    EVENT % (b"5" + ID[1:], b"view", b"-3", b"0", b', "user_id": 3'),
    EVENT % (b"6" + ID[1:], b"like", b"9007199254740993", b"253402300799999", b', "position": 1'),
)


def an_event(chance: random.Random, ids: int, titles: int) -> Event:
    """One of so many ids and titles, at one of few times."""
    return Event(
        UUID(int=chance.randrange(ids) << 100, version=4),
        chance.choice(list(EventKind)),
        chance.randrange(1, titles + 1),
        NOW + timedelta(milliseconds=chance.randrange(ids)),
        session_id=UUID(int=7, version=4),
    )


def random_records(chance: random.Random, count: int, ids: int, titles: int) -> Iterator[bytes]:
    """Events, repeats of them, undos before and after; now and then an end."""
    for _ in range(count):
        event, what = an_event(chance, ids, titles), chance.random()
        if what < 0.3:
            yield encode(Undone(event.event_id))
        elif what < 0.3005:
            yield encode(Ended())
        else:
            yield encode(event)


def in_python(lines: list[tuple[str, bytes]]) -> Iterator[object]:
    """The answers that `Reduce` prints in Java."""
    states: dict[str, ActorState] = {}
    for actor, value in lines:
        try:
            actor_of(actor)
            record = decode(value)
        except ValueError:
            yield None
            continue
        state = states.setdefault(actor, ActorState())
        step = state.apply(record)
        yield {
            "is_changed": step.is_changed,
            "trends": {str(title): at for title, at in step.trends.items()},
            "published": state.published(),
        }


def test_state_in_java_is_the_one_in_python(chance: random.Random) -> None:
    few = [(f"user:{chance.randrange(20)}", value) for value in random_records(chance, 800, 40, 12)]
    # more events, titles and undone ids than are kept
    many = [(A, value) for value in random_records(chance, 1_500, 2_000, 400) if b"ended" not in value]
    undone = [(B, encode(Undone(UUID(int=number, version=4)))) for number in range(MAX_UNDONE + 5)]
    late = [(B, encode(an_event(chance, 2, 2))) for _ in range(10)]
    unusual = [(C, value) for value in UNUSUAL]
    unusual += [(key, b'{"ended": true}') for key in UNUSUAL_KEYS]
    lines = [*few, *many, *undone, *late, *unusual]

    output = run_java("anime.events.Reduce", b"".join(b"%b\t%b\n" % (a.encode(), v) for a, v in lines))
    found, expected = [json.loads(line) for line in output.splitlines()], list(in_python(lines))
    assert len(found) == len(expected)
    for line, one, other in zip(lines, found, expected, strict=True):
        assert one == other, line
    # the bounds were met, and malformed records too
    last = expected[len(few) + len(many) - 1]
    assert isinstance(last, dict)
    assert len(last["published"]["titles"]) == MAX_TITLES
    assert len(last["published"]["ids"]) == KNOWN_IDS
    assert len({value for _, value in many}) > 2 * MAX_EVENTS
    assert 10 < expected.count(None) < len(unusual)
