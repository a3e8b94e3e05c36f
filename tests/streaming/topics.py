"""Everything that a topic holds."""

from __future__ import annotations

from typing import NamedTuple

from confluent_kafka import Consumer, TopicPartition

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
        ends = {one.partition: consumer.get_watermark_offsets(one, 60)[1] for one in partitions}
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
