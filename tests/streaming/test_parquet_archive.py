"""The Parquet archive of a topic has what the topic says: each event once, and nothing that was undone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

import pytest

from domain.events import Actor, Event, EventKind
from events.records import Ended, Record, Undone
from events.topic import Topic
from events.topic_reader import stored_events
from scripts import archive_events
from serving.events import utc_now
from tests.events.test_archive import read
from tests.serving.servers import SECRET
from tests.streaming.kafka_broker import KafkaBroker
from tests.streaming.topics import send

SESSIONS = [Actor(UUID(int=number, version=4)) for number in range(1, 6)]


def event(actor: Actor, anime_id: int) -> Event:
    return Event(uuid4(), EventKind.CLICK, anime_id, utc_now().replace(microsecond=0), actor.session_id)


def test_topic_read_back_has_each_event_once(kafka: KafkaBroker, topic: str) -> None:
    chance = Random(7)  # noqa: S311 - not a secret
    sent = [(chance.choice(SESSIONS[1:]), number) for number in range(300)]
    events = [(actor, event(actor, number)) for actor, number in sent]
    undone = chance.sample(events, 40)
    records: list[tuple[Actor, Record | bytes]] = [*events, *chance.sample(events, 100)]
    records += [(actor, Undone(one.event_id)) for actor, one in undone]
    records += [(SESSIONS[1], b"no record"), (SESSIONS[0], event(SESSIONS[0], 1)), (SESSIONS[0], Ended())]
    chance.shuffle(records)
    send(kafka, topic, records)
    found = list(stored_events(Topic(kafka.address, topic)))
    assert len({one.event_id for one in found}) == len(found)
    assert {one.event_id for one in found} == {one.event_id for _, one in events} - {
        one.event_id for _, one in undone
    }


def test_archive_of_a_topic(
    kafka: KafkaBroker, topic: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(kafka, topic, [(SESSIONS[0], event(SESSIONS[0], number)) for number in (1, 2)])
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'unused.db'}")
    monkeypatch.setenv("SECRET_KEY", SECRET)
    monkeypatch.setenv("EVENT_LOG", f"kafka://{kafka.address}/{topic}")
    monkeypatch.setenv("RECENT_EVENTS", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(archive_events, "utc_now", lambda: utc_now() + timedelta(days=1))
    assert archive_events.main(["--out", str(tmp_path / "archive")]) == 0
    assert read(tmp_path / "archive") == [(1, "click", None), (2, "click", None)]
