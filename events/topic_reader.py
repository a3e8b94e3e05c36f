"""The events that a topic holds: each once, and none that was undone or whose actor has ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from db.events import ReceivedEvent
from domain.events import Event
from events.records import Record, Undone, decode, from_ms
from events.topic import Topic

ANSWERED_WITHIN_S = 30.0
AT_ONCE = 5_000  # records


class _Read(NamedTuple):
    actor: str
    came_at: datetime
    record: Record


def stored_events(topic: Topic) -> Iterator[ReceivedEvent]:
    """All that is in the topic now, partition after partition. Reads each twice: what was undone is known at
    the end only. The ids of a partition's events are held in memory.

    Raises:
        KafkaException: Kafka does not answer.
    """
    consumer = Consumer(
        topic.client(group_id=f"{topic.name}-reader", enable_auto_commit=False, enable_partition_eof=True)
    )
    try:
        for number in sorted(
            consumer.list_topics(topic.name, ANSWERED_WITHIN_S).topics[topic.name].partitions
        ):
            low, high = consumer.get_watermark_offsets(TopicPartition(topic.name, number), ANSWERED_WITHIN_S)
            gone: set[str | UUID] = set()
            for read in _records(consumer, topic, number, low, high):
                if not isinstance(read.record, Event):
                    gone.add(read.record.event_id if isinstance(read.record, Undone) else read.actor)
            for read in _records(consumer, topic, number, low, high):
                event = read.record
                if isinstance(event, Event) and event.event_id not in gone and read.actor not in gone:
                    gone.add(event.event_id)  # a repeat is passed over
                    yield ReceivedEvent(
                        *(event.event_id, event.session_id, event.user_id, event.kind.value, event.anime_id),
                        *(event.happened_at, read.came_at, event.recommendation_id, event.position),
                    )
    finally:
        consumer.close()


def _records(consumer: Consumer, topic: Topic, partition: int, low: int, high: int) -> Iterator[_Read]:
    """Those from `low` to before `high`; what is no record is passed over."""
    consumer.assign([TopicPartition(topic.name, partition, low)])
    position = low
    while position < high:
        first = consumer.poll(ANSWERED_WITHIN_S)
        if first is None:
            raise KafkaException(f"{topic.name}: Kafka has not answered within {ANSWERED_WITHIN_S:g} s")
        for message in (first, *consumer.consume(AT_ONCE, timeout=0)):
            if (error := message.error()) is not None:
                if error.code() == KafkaError._PARTITION_EOF:
                    return
                raise KafkaException(error)
            position = (message.offset() or 0) + 1
            if position > high:
                return
            key = message.key()
            try:
                record = decode(message.value() or b"")
            except ValueError:
                continue
            actor = key.decode() if isinstance(key, bytes) else str(key)
            yield _Read(actor, from_ms(message.timestamp()[1]), record)
