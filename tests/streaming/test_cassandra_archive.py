"""The archive in Cassandra is a function of the topic, whatever is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random
from uuid import UUID, uuid4

import pytest
from cassandra import InvalidRequest
from cassandra.cluster import Cluster, NoHostAvailable, Session
from cassandra.policies import ConstantReconnectionPolicy
from confluent_kafka import Producer

from config import ROOT
from domain.events import Actor, Event, EventKind
from events.records import Ended, Record, Undone, actor_key, encode
from serving.events import utc_now
from tests.faults.checks import wait_until
from tests.serving.servers import SECRET, settings
from tests.streaming.cassandra_server import CassandraServer
from tests.streaming.kafka_broker import KafkaBroker

SESSIONS = [UUID(int=number, version=4) for number in range(1, 9)]
KEYSPACE = "CREATE KEYSPACE {} WITH replication = {{'class': 'SimpleStrategy', 'replication_factor': 1}}"


@pytest.fixture(scope="session")
def cassandra(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CassandraServer]:
    server = CassandraServer(tmp_path_factory.mktemp("cassandra"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def keyspace(cassandra: CassandraServer) -> Iterator[Session]:
    """A new keyspace."""
    at_once = ConstantReconnectionPolicy(0.5, None)
    cluster = Cluster(["127.0.0.1"], port=cassandra.port, reconnection_policy=at_once)
    session, name = cluster.connect(), f"k{uuid4().hex[:8]}"
    session.execute(KEYSPACE.format(name))
    session.set_keyspace(name)
    yield session
    cluster.shutdown()


def event(session: UUID, anime_id: int, happened_at: datetime | None = None) -> Event:
    moment = (happened_at or utc_now()).replace(microsecond=0)
    return Event(uuid4(), EventKind.CLICK, anime_id, moment, session_id=session)


def produce(kafka: KafkaBroker, topic: str, records: list[tuple[UUID, Record]]) -> None:
    producer = Producer({"bootstrap.servers": kafka.address, "enable.idempotence": True})
    for session, record in records:
        producer.produce(topic, encode(record), actor_key(Actor(session)))
        producer.poll(0)
    assert producer.flush(60) == 0


@contextmanager
def consuming(
    kafka: KafkaBroker, topic: str, cassandra: CassandraServer, keyspace: str
) -> Iterator[subprocess.Popen[bytes]]:
    """The script runs inside, as an operator runs it; told to stop afterwards, it ends well."""
    more = {"EVENT_LOG": f"kafka://{kafka.address}/{topic}", "RECENT_EVENTS": "redis://127.0.0.1:1"}
    where = ["--hosts", "127.0.0.1", "--port", str(cassandra.port), "--keyspace", keyspace]
    command = [sys.executable, "scripts/archive_to_cassandra.py", *where]
    process = subprocess.Popen(command, cwd=ROOT, env=settings("sqlite:///unused", ROOT, more))
    try:
        yield process
        process.terminate()
        assert process.wait(120) in (0, -signal.SIGKILL)
    finally:
        process.kill()
        process.wait()


def archived(session: Session) -> set[tuple[str, UUID, int]]:
    try:
        found = session.execute("SELECT actor, event_id, anime_id FROM actions")
    except (InvalidRequest, NoHostAvailable):  # there is no table yet, or Cassandra is dead
        return set()
    return {(row.actor, row.event_id, row.anime_id) for row in found}


def test_archive_is_what_the_topic_says(
    kafka: KafkaBroker, topic: str, cassandra: CassandraServer, keyspace: Session
) -> None:
    chance = Random(7)  # noqa: S311 - not a secret
    sent = [event(chance.choice(SESSIONS[:-1]), number) for number in range(600)]
    undone = chance.sample(sent, 60)
    records: list[tuple[UUID, Record]] = [(one.session_id or SESSIONS[0], one) for one in sent]
    records += chance.sample(records, 200)  # again
    records += [(one.session_id or SESSIONS[0], Undone(one.event_id)) for one in undone]
    chance.shuffle(records)
    gone = SESSIONS[-1]
    records = [
        *records[:300],
        (gone, event(gone, 1)),
        (gone, Ended()),
        (gone, event(gone, 2)),
        *records[300:],
    ]
    expected = {
        (f"session:{one.session_id}", one.event_id, one.anime_id) for one in sent if one not in undone
    }
    produce(kafka, topic, records[:400])
    with consuming(kafka, topic, cassandra, keyspace.keyspace) as process:
        wait_until(lambda: bool(archived(keyspace)), "the first rows are there", 240)
        process.kill()
    produce(kafka, topic, records[400:])
    with consuming(kafka, topic, cassandra, keyspace.keyspace):
        wait_until(lambda: archived(keyspace) == expected, "the archive is what the topic says", 240)


def test_archive_survives_a_killed_cassandra(
    kafka: KafkaBroker, topic: str, cassandra: CassandraServer, keyspace: Session
) -> None:
    before, after = event(SESSIONS[0], 1), event(SESSIONS[0], 2)
    produce(kafka, topic, [(SESSIONS[0], before)])
    with consuming(kafka, topic, cassandra, keyspace.keyspace):
        wait_until(lambda: len(archived(keyspace)) == 1, "the first event is there", 240)
        cassandra.kill()
        produce(kafka, topic, [(SESSIONS[0], after)])
        cassandra.start()
        wait_until(lambda: len(archived(keyspace)) == 2, "both events are there", 240)


def test_old_events_are_not_archived(
    kafka: KafkaBroker, topic: str, cassandra: CassandraServer, keyspace: Session
) -> None:
    old, new = event(SESSIONS[0], 1, utc_now() - timedelta(days=400)), event(SESSIONS[0], 2)
    produce(kafka, topic, [(SESSIONS[0], old), (SESSIONS[0], new)])
    with consuming(kafka, topic, cassandra, keyspace.keyspace):
        wait_until(lambda: {row[2] for row in archived(keyspace)} == {2}, "only the new event is there", 240)


def test_missing_keyspace_is_said(kafka: KafkaBroker, topic: str, cassandra: CassandraServer) -> None:
    more = {"EVENT_LOG": f"kafka://{kafka.address}/{topic}", "RECENT_EVENTS": "redis://127.0.0.1:1"}
    where = ["--hosts", "127.0.0.1", "--port", str(cassandra.port), "--keyspace", "none"]
    outcome = subprocess.run(
        [sys.executable, "scripts/archive_to_cassandra.py", *where],
        cwd=ROOT,
        env=settings("sqlite:///unused", ROOT, more),
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 1
    assert "keyspace 'none' cannot be used" in outcome.stderr
    assert SECRET not in outcome.stderr
