"""Consumers of the topic of events: what they publish is a function of it, whatever is killed meanwhile."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from domain.events import Actor, Event, EventKind
from events.records import Ended, Record, Undone, actor_key
from events.redis_recent import RedisRecentEvents
from serving.events import utc_now
from tests.faults.checks import wait_until
from tests.streaming.consumers import CONSUMERS, StreamConsumer
from tests.streaming.kafka_broker import KafkaBroker
from tests.streaming.redis_server import RedisServer
from tests.streaming.topics import Published, expected_of, published_in, records_in, send

TITLES = range(1, 21)


@dataclass
class Stream:
    """A topic, a Redis, and a consumer that runs between them."""

    kafka: KafkaBroker
    topic: str
    redis: RedisServer
    consumer: StreamConsumer

    def send(self, *records: tuple[Actor, Record | bytes]) -> None:
        send(self.kafka, self.topic, records)

    def published(self) -> Published:
        """Everything that is published, once it is as it has to be."""
        expected = expected_of(self.kafka, self.topic)
        with self.redis.client() as client:
            wait_until(lambda: published_in(client) == expected, "everything is published", 240)
        return expected

    def recent(self) -> RedisRecentEvents:
        return RedisRecentEvents.at(self.redis.url)


@pytest.fixture(params=CONSUMERS)
def stream(
    request: pytest.FixtureRequest, kafka: KafkaBroker, topic: str, redis_server: RedisServer, tmp_path: Path
) -> Iterator[Stream]:
    """A stream of each kind of consumer, which has started."""
    consumer = CONSUMERS[request.param](kafka, topic, redis_server, tmp_path)
    consumer.start()
    yield Stream(kafka, topic, redis_server, consumer)
    consumer.kill()


def somebody() -> Actor:
    return Actor(session_id=uuid4())


def event(actor: Actor, anime_id: int, kind: EventKind = EventKind.CLICK, *, minutes_ago: float = 1) -> Event:
    happened_at = utc_now() - timedelta(minutes=minutes_ago)
    return Event(uuid4(), kind, anime_id, happened_at, actor.session_id, actor.user_id)


def crowd(chance: random.Random, records: int, actors: int = 40) -> list[tuple[Actor, Record]]:
    """Records of many: events, some twice, some undone before or after, some who end."""
    people = [somebody() for _ in range(actors - 5)] + [Actor(user_id=number) for number in range(1, 6)]
    made: list[tuple[Actor, Record]] = []
    while len(made) < records:
        actor = chance.choice(people)
        one = event(
            actor,
            chance.choice(TITLES),
            chance.choice(list(EventKind)),
            minutes_ago=chance.uniform(0, 1_000),
        )
        made.append((actor, one))
        if chance.random() < 0.2:
            made.insert(chance.randrange(len(made)), (actor, one))
        if chance.random() < 0.1:
            made.insert(chance.randrange(len(made)), (actor, Undone(one.event_id)))
        if chance.random() < 0.005:
            made.append((actor, Ended()))
    return made


def test_consumer_publishes_what_somebody_did(stream: Stream) -> None:
    session, user = somebody(), Actor(user_id=7)
    stream.send(
        (session, event(session, 1, minutes_ago=180)),
        (user, event(user, 1, EventKind.LIKE, minutes_ago=120)),
        (user, event(user, 2, EventKind.VIEW, minutes_ago=5)),
        (user, b"no record"),
        (user, event(user, 3, EventKind.IMPRESSION, minutes_ago=0)),
    )
    stream.published()
    since = utc_now() - timedelta(days=1)
    recent = stream.recent()
    assert [one.anime_id for one in recent.of(session, since)] == [1]
    both = recent.of(Actor(session.session_id, 7), since)
    assert [(one.anime_id, one.counts) for one in both] == [
        (2, {EventKind.VIEW: 1}),
        (1, {EventKind.CLICK: 1, EventKind.LIKE: 1}),
        (3, {EventKind.IMPRESSION: 1}),
    ]
    assert recent.of(somebody(), since) == []
    assert recent.trending(since) == {1: 2, 2: 1}
    assert recent.trending(utc_now() - timedelta(hours=1)) == {2: 1}
    assert {(one.anime_id, one.kind) for one in recent.all_of(7)} == {
        (1, "like"),
        (2, "view"),
        (3, "impression"),
    }
    check_undo_and_end(stream, session, recent)


def check_undo_and_end(stream: Stream, session: Actor, recent: RedisRecentEvents) -> None:
    """An event that is undone, before or after it comes, never was; nor are those of who has ended."""
    before = stream.published()
    late, early = event(session, 5), event(session, 6)
    stream.send(
        (session, late), (session, Undone(early.event_id)), (session, early), (session, Undone(late.event_id))
    )
    after = stream.published()
    assert after.trends == before.trends
    assert after.recent[actor_key(session)]["titles"] == before.recent[actor_key(session)]["titles"]
    stream.send((session, Ended()), (session, event(session, 8)))
    stream.published()
    assert recent.of(session, datetime.min) == []
    assert recent.trending(datetime.min.replace(year=1970)) == {1: 1, 2: 1}


def test_kill_in_the_middle_loses_and_doubles_nothing(stream: Stream, chance: random.Random) -> None:
    records = crowd(chance, 2_000)
    parts = cut(records, [chance.randrange(len(records)) for _ in range(2)])
    for number, part in enumerate(parts):
        stream.send(*part)
        if number < 2:
            time.sleep(chance.uniform(0, 0.5))
            stream.consumer.kill()
            stream.consumer.start()
    published = stream.published()
    assert len(published.recent) == 40
    assert published.trends


def cut(records: Sequence[tuple[Actor, Record]], at: list[int]) -> list[Sequence[tuple[Actor, Record]]]:
    """The parts between these places."""
    bounds = [0, *sorted(at), len(records)]
    return [records[start:end] for start, end in pairwise(bounds)]


def test_stop_goes_on_where_it_was(stream: Stream, chance: random.Random) -> None:
    records = crowd(chance, 200)
    stream.send(*records[:100])
    stream.published()
    stream.consumer.stop()
    stream.send(*records[100:])
    stream.consumer.start()
    stream.published()


def test_redis_that_comes_back_is_gone_on_with(stream: Stream, chance: random.Random) -> None:
    records = crowd(chance, 400)
    stream.send(*records[:200])
    with stream.redis.killed():
        stream.send(*records[200:])
    stream.published()


def test_redis_without_its_data_is_filled_again(stream: Stream, chance: random.Random) -> None:
    stream.send(*crowd(chance, 200))
    stream.published()
    with stream.redis.killed(data_gone=True):
        pass
    stream.published()


def test_broker_that_comes_back_is_gone_on_with(stream: Stream, chance: random.Random) -> None:
    records = crowd(chance, 400)
    stream.send(*records[:200])
    with stream.kafka.killed():
        pass
    stream.send(*records[200:])
    stream.published()
    assert len(records_in(stream.kafka, stream.topic)) == len(records)


def test_same_records_again_change_nothing(stream: Stream, chance: random.Random) -> None:
    records = crowd(chance, 200)
    stream.send(*records)
    before = stream.published()
    again = [record for record in records if not isinstance(record[1], Ended)]
    chance.shuffle(again)
    stream.send(*again)
    # a newcomer of each partition: when they are published, everything is
    stream.send(*[(newcomer(number), event(newcomer(number), 1)) for number in range(20)])
    after = stream.published()
    assert {key: after.recent[key] for key in before.recent} == before.recent


def newcomer(number: int) -> Actor:
    return Actor(session_id=UUID(int=number + 1))
