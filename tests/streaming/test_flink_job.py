"""The Flink job after a restart: what it reads again takes nothing back that it has published."""

from __future__ import annotations

import random
import time
from pathlib import Path
from uuid import UUID

import redis

from domain.events import Actor, Event, EventKind
from events.records import actor_key
from serving.events import utc_now
from tests.faults.checks import wait_until
from tests.streaming.flink_job import FlinkJob
from tests.streaming.kafka_broker import KafkaBroker
from tests.streaming.redis_server import RedisServer
from tests.streaming.topics import expected_of, published_in, send

ACTORS = [Actor(session_id=UUID(int=number, version=4)) for number in range(1, 6)]
EVENTS = 150  # of each of them: fewer than the ids that are published


def clicks(chance: random.Random, actor: Actor, count: int) -> list[tuple[Actor, Event]]:
    """Events at different times."""
    return [
        (
            actor,
            Event(
                UUID(int=chance.getrandbits(128), version=4),
                EventKind.CLICK,
                chance.randrange(1, 30),
                utc_now(),
                actor.session_id,
            ),
        )
        for _ in range(count)
    ]


def known_events(client: redis.Redis) -> dict[str, int]:
    """By actor, how many events are published."""
    recent = published_in(client).recent
    return {actor_key(actor): len(recent[actor_key(actor)]["ids"]) for actor in ACTORS}


def test_records_read_again_take_nothing_back(
    kafka: KafkaBroker, topic: str, redis_server: RedisServer, tmp_path: Path, chance: random.Random
) -> None:
    job = FlinkJob(kafka, topic, redis_server, tmp_path)
    job.checkpoint_seconds = 600  # none is there to start from: all records are read again
    client = redis_server.client()
    try:
        job.start()
        send(kafka, topic, [one for actor in ACTORS for one in clicks(chance, actor, EVENTS)])
        expected = expected_of(kafka, topic)
        wait_until(lambda: published_in(client) == expected, "everything is published", 240)
        job.kill()

        job.start()
        newcomers = [Actor(session_id=UUID(int=number, version=4)) for number in range(100, 130)]
        send(kafka, topic, [one for actor in newcomers for one in clicks(chance, actor, 1)])
        expected = expected_of(kafka, topic)
        deadline = time.monotonic() + 240
        while published_in(client) != expected:  # of every partition, what comes after the rest
            assert set(known_events(client).values()) == {EVENTS}
            assert time.monotonic() < deadline
    finally:
        job.kill()
        client.close()
