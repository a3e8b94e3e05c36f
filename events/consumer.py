"""The consumer of the topic of events for those who run no Flink: publishes in Redis what actors did lately.

What a record changes in Redis and how far the topic was read change together, so a consumer that is killed
goes on where it was: nothing is lost, nothing counts twice. Where Redis says something else than what this
consumer wrote last, another has taken a partition over, or Redis has lost its data: it reads on from there.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import redis
from confluent_kafka import Consumer, KafkaException, Message, TopicPartition
from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_exponential

from events.actor_state import STATE_KEPT
from events.actor_store import ActorStore, Received
from events.records import Record, actor_of, decode
from events.redis_recent import connect
from events.topic import Topic

AT_ONCE = 500  # records
REDIS_TIMEOUT_S = 5.0
COMMITTED_EVERY_S = 5.0
ANSWER_WITHIN_S = 10.0  # a broker, for offsets
SESSION_TIMEOUT_S = 6.0  # after which another consumer takes the partitions of one that was killed

log = logging.getLogger(__name__)


@dataclass
class EventConsumer:
    """One of those that share the partitions of a topic.

    Attributes:
        retention: of the topic, where it has to be made.
        name: of this one of them, if it has one: started again with it, it goes on at once.
        is_stopping: whether it has been told to stop; asked every second.
    """

    topic: Topic
    store: ActorStore
    retention: timedelta
    name: str = ""
    is_stopping: Callable[[], bool] = field(default=lambda: False)
    _offsets: dict[int, int | None] = field(default_factory=dict, init=False)  # as Redis has them
    _malformed: int = field(default=0, init=False)
    _committed_at: float = field(default=0.0, init=False)

    def run(self) -> None:
        """Until told to stop; raises KafkaException where Kafka refuses it for good."""
        self._retry(lambda: self.topic.create(self.retention))
        consumer = Consumer(
            self.topic.client(
                group_id=f"{self.topic.name}-recent",
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                session_timeout_ms=round(SESSION_TIMEOUT_S * 1_000),
                heartbeat_interval_ms=2_000,
                **({"group_instance_id": self.name} if self.name else {}),
            ),
            logger=log,
        )
        # Redis may change without us while others have a partition
        consumer.subscribe([self.topic.name], on_assign=self._forget, on_revoke=self._forget)
        try:
            while not self.is_stopping():
                self._retry(partial(self._take, consumer, self._next(consumer)))
                self._commit(consumer)
        finally:
            consumer.close()

    def _next(self, consumer: Consumer) -> list[Received]:
        """The records that have come; none after a second."""
        first = consumer.poll(1.0)
        messages = [] if first is None else [first, *consumer.consume(AT_ONCE - 1, timeout=0)]
        return [one for message in messages if (one := self._received(message)) is not None]

    def _received(self, message: Message) -> Received | None:
        if error := message.error():
            if error.fatal():
                raise KafkaException(error)
            log.warning("Kafka: %s", error.str())
            return None
        partition, offset, key = message.partition() or 0, message.offset() or 0, message.key()
        try:
            name = key.decode() if isinstance(key, bytes) else ""
            actor_of(name)
            record: Record | None = decode(message.value() or b"")
        except ValueError as error:
            self._malformed += 1
            log.warning(
                "record %s of partition %s skipped, %s so far: %s", offset, partition, self._malformed, error
            )
            name, record = "", None
        return Received(partition, offset, name, record)

    def _take(self, consumer: Consumer, received: list[Received]) -> None:
        """Take records in; nothing of a partition that has to be read from elsewhere first."""
        assigned = {one.partition for one in consumer.assignment()}
        new = assigned - self._offsets.keys()
        if new:
            self._read_on(consumer, new)
        elif not received and self.store.offsets(sorted(assigned)) != self._offsets:
            self._offsets.clear()
        following = [
            one
            for one in received
            if one.partition in self._offsets.keys() - new and one.offset > self._offset(one.partition)
        ]
        if not following:
            return
        before = {one.partition: self._offsets[one.partition] for one in following}
        if self.store.take(before, following):
            self._offsets.update({one.partition: one.offset for one in following})
        else:
            log.warning("Redis is not as it was left: reading on from where it is")
            self._offsets.clear()

    def _offset(self, partition: int) -> int:
        offset = self._offsets[partition]
        return -1 if offset is None else offset

    def _read_on(self, consumer: Consumer, partitions: set[int]) -> None:
        """Go to where Redis is in these partitions; where it has nothing, as far back as states reach."""
        for partition, stored in self.store.offsets(sorted(partitions)).items():
            at = TopicPartition(self.topic.name, partition)
            low, high = consumer.get_watermark_offsets(at, ANSWER_WITHIN_S)
            if stored is not None and stored >= high:  # of an earlier topic of this name
                self.store.forget_offset(partition)
                stored = None
            if stored is None:
                since = round((time.time() - STATE_KEPT.total_seconds()) * 1_000)
                earliest = TopicPartition(self.topic.name, partition, since)
                found = consumer.offsets_for_times([earliest], ANSWER_WITHIN_S)[0].offset
                start = found if found >= 0 else high
            else:
                start = max(stored + 1, low)
            consumer.seek(TopicPartition(self.topic.name, partition, start))
            self._offsets[partition] = stored

    def _forget(self, _consumer: Consumer, partitions: list[TopicPartition]) -> None:
        for one in partitions:
            self._offsets.pop(one.partition, None)

    def _commit(self, consumer: Consumer) -> None:
        """Tell Kafka, for those who watch the lag: nothing here depends on it."""
        if time.monotonic() - self._committed_at >= COMMITTED_EVERY_S:
            self._committed_at = time.monotonic()
            done = [TopicPartition(self.topic.name, one, self._offset(one) + 1) for one in self._offsets]
            if done:
                consumer.commit(offsets=done, asynchronous=True)

    def _retry(self, work: Callable[[], None]) -> None:
        """Do it, again and again while Redis or Kafka is away, unless told to stop."""
        retrying = Retrying(
            retry=retry_if_exception_type((redis.RedisError, KafkaException)),
            wait=wait_exponential(0.05, max=2),
            stop=lambda _state: self.is_stopping(),
            before_sleep=_say,
            retry_error_callback=lambda _state: None,
        )
        retrying(work)


def _say(state: RetryCallState) -> None:
    error = state.outcome and state.outcome.exception()
    if state.attempt_number == 1 or state.attempt_number % 30 == 0:
        log.warning("waiting, attempt %s: %s", state.attempt_number, error)


def consumer_of(
    topic: Topic, redis_url: str, retention: timedelta, name: str, is_stopping: Callable[[], bool]
) -> EventConsumer:
    """A consumer; it connects when it runs."""
    store = ActorStore(connect(redis_url, REDIS_TIMEOUT_S), topic.name, retention)
    return EventConsumer(topic, store, retention, name, is_stopping)
