"""Topics: what is put into one, what it holds, and what has to be published of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from redis import Redis
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from domain.events import Actor
from events.actor_state import ActorState
from events.records import Record, actor_key, decode, encode
from tests.streaming.kafka_broker import KafkaBroker


class StoredRecord(NamedTuple):
    """A record of a topic."""

    partition: int
    offset: int
    key: str
    value: bytes


def records_in(kafka: KafkaBroker, topic: str) -> list[StoredRecord]:
    """The records of all partitions up to now, those of a partition in order."""
    settings = {"bootstrap.servers": kafka.address, "group.id": "tests", "enable.auto.commit": False}
    consumer = Consumer(settings)
    try:
        numbers = consumer.list_topics(topic, 60).topics[topic].partitions
        partitions = [TopicPartition(topic, number) for number in numbers]
        # a broker that has just started does not lead its partitions at once
        led = Retrying(
            retry=retry_if_exception_type(KafkaException), stop=stop_after_delay(60), wait=wait_fixed(0.1)
        )
        ends = {one.partition: led(consumer.get_watermark_offsets, one, 60)[1] for one in partitions}
        consumer.assign([TopicPartition(topic, one.partition, 0) for one in partitions])
        found: list[StoredRecord] = []
        while len(found) < sum(ends.values()):  # nothing is deleted within a run
            for message in consumer.consume(1_000, timeout=1):
                assert message.error() is None, message.error()
                key, value = message.key(), message.value()
                found.append(
                    StoredRecord(
                        message.partition() or 0,
                        message.offset() or 0,
                        (key or b"").decode() if isinstance(key, bytes) else str(key),
                        value if isinstance(value, bytes) else b"",
                    )
                )
        return sorted(found, key=lambda one: (one.partition, one.offset))
    finally:
        consumer.close()


def send(kafka: KafkaBroker, topic: str, records: Iterable[tuple[Actor, Record | bytes]]) -> None:
    """Put records into a topic, each keyed by its actor; returns when they are acknowledged."""
    producer = Producer({"bootstrap.servers": kafka.address, "acks": "all", "enable.idempotence": True})
    for actor, record in records:
        value = record if isinstance(record, bytes) else encode(record)
        producer.produce(topic, value, actor_key(actor))
        producer.poll(0)
    assert producer.flush(60) == 0


class Published(NamedTuple):
    """Everything that a consumer publishes.

    Attributes:
        recent: by key of an actor.
        trends: by title and key of an actor, the time in ms.
    """

    recent: dict[str, dict[str, Any]]
    trends: dict[tuple[int, str], int]


def expected_of(kafka: KafkaBroker, topic: str) -> Published:
    """The pure function of a topic: its records one after the other, in this process."""
    states: dict[str, ActorState] = {}
    trends: dict[tuple[int, str], int | None] = {}
    for stored in records_in(kafka, topic):
        try:
            record = decode(stored.value)
        except ValueError:
            continue
        step = states.setdefault(stored.key, ActorState()).apply(record)
        trends |= {(title, stored.key): last for title, last in step.trends.items()}
    recent = {key: state.published() for key, state in states.items()}
    return Published(recent, {key: last for key, last in trends.items() if last is not None})


def published_in(client: Redis) -> Published:
    """Everything that is published in a Redis."""
    names = sorted(client.scan_iter("recent:*"))
    recent = {
        name.removeprefix("recent:"): json.loads(text)
        for name, text in zip(names, client.mget(names) if names else [], strict=True)
        if text is not None
    }
    titles = [int(title) for title in client.smembers("trending:titles")]
    trends = {
        (title, key): round(score)
        for title in titles
        for key, score in client.zrange(f"trending:{title}", 0, -1, withscores=True)
    }
    return Published(recent, trends)
