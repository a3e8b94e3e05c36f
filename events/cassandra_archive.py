"""An archive of events in Cassandra: `actions`, what a user or a session did on a day, one row an event.

Every write carries a time, so that it may be made again and in any order: an event the one at which it
happened, an undo or an end one after all that is still to come. So a consumer that was killed takes in again
what it had not committed, and nothing changes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self

from cassandra import DriverException, InvalidRequest
from cassandra.cluster import Cluster, NoHostAvailable, Session
from cassandra.concurrent import execute_concurrent
from cassandra.policies import ConstantReconnectionPolicy
from confluent_kafka import Consumer, KafkaException, Message
from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_exponential

from domain.events import Event
from events.records import Record, Undone, decode, from_ms, to_ms
from events.topic import Topic

AT_ONCE = 500  # records
CONCURRENCY = 64  # statements on their way
RECONNECTED_AFTER_S = 2.0
_DAY = timedelta(days=1)

_TABLE = """
CREATE TABLE IF NOT EXISTS actions (
    actor text, day date, event_id uuid, happened_at timestamp, kind text, anime_id int,
    recommendation_id text, position int, PRIMARY KEY ((actor, day), event_id)
) WITH gc_grace_seconds = {kept_s} AND comment = 'what a session or a user did on a day, UTC'
"""
_INSERT = """
INSERT INTO actions (actor, day, event_id, happened_at, kind, anime_id, recommendation_id, position)
VALUES (?, ?, ?, ?, ?, ?, ?, ?) USING TTL ? AND TIMESTAMP ?
"""
_UNDO = "DELETE FROM actions USING TIMESTAMP ? WHERE actor = ? AND day = ? AND event_id = ?"
_END = "DELETE FROM actions USING TIMESTAMP ? WHERE actor = ? AND day = ?"

log = logging.getLogger(__name__)


class KeyspaceError(Exception):
    """The keyspace cannot be used; the message says what to do."""


@dataclass(frozen=True)
class CassandraArchive:
    """A keyspace of a cluster.

    Attributes:
        kept: events are deleted this long after they happened.
    """

    session: Session
    kept: timedelta

    @classmethod
    def at(cls, hosts: list[str], port: int, keyspace: str, kept: timedelta) -> Self:
        """Connect, and make the table where it is missing.

        Raises:
            KeyspaceError: there is no such keyspace, or it takes no table.
            NoHostAvailable: no node answers.
        """
        cluster = Cluster(
            hosts, port=port, reconnection_policy=ConstantReconnectionPolicy(RECONNECTED_AFTER_S, None)
        )
        session = cluster.connect()
        try:
            session.set_keyspace(keyspace)
            session.execute(_TABLE.format(kept_s=round(kept.total_seconds())))
        except InvalidRequest as error:
            raise KeyspaceError(
                f"keyspace {keyspace!r} cannot be used: {error}; see docs/events.md"
            ) from error
        return cls(session, kept)

    def write(self, records: list[tuple[str, datetime, Record]]) -> None:
        """Take in records, given with their actor and the time they came, in order."""
        prepared = {text: self.session.prepare(text) for text in (_INSERT, _UNDO, _END)}
        statements = [
            (prepared[text], values) for record in records for text, values in self._statements(*record)
        ]
        execute_concurrent(self.session, statements, concurrency=CONCURRENCY)  # raises the first error

    def close(self) -> None:
        self.session.cluster.shutdown()

    def _statements(
        self, actor: str, came_at: datetime, record: Record
    ) -> Iterator[tuple[str, tuple[Any, ...]]]:
        if isinstance(record, Event):
            left_s = round((record.happened_at + self.kept - came_at).total_seconds())
            if left_s > 0:
                page = record.recommendation_id, record.position
                row = (
                    actor,
                    record.happened_at.date(),
                    record.event_id,
                    record.happened_at,
                    record.kind.value,
                )
                yield _INSERT, (*row, record.anime_id, *page, left_s, _microseconds(record.happened_at))
            return
        after_all = _microseconds(came_at + self.kept)
        for day in _days(came_at - self.kept, came_at + _DAY):
            if isinstance(record, Undone):
                yield _UNDO, (after_all, actor, day, record.event_id)
            else:
                yield _END, (after_all, actor, day)


@dataclass(frozen=True)
class ArchiveConsumer:
    """Archives a topic. Several share its partitions."""

    topic: Topic
    archive: CassandraArchive

    def run(self, is_stopping: Callable[[], bool]) -> None:
        """Until told to stop; waits while Cassandra or Kafka is away."""
        consumer = Consumer(
            self.topic.client(
                group_id=f"{self.topic.name}-archive",
                enable_auto_commit=False,
                auto_offset_reset="earliest",
            )
        )
        consumer.subscribe([self.topic.name])
        retrying = Retrying(
            retry=retry_if_exception_type((DriverException, NoHostAvailable)),
            wait=wait_exponential(0.1, max=5),
            stop=lambda _state: is_stopping(),
            before_sleep=_say,
            retry_error_callback=lambda _state: None,
        )
        try:
            while not is_stopping():
                first = consumer.poll(1.0)
                messages = [] if first is None else [first, *consumer.consume(AT_ONCE - 1, timeout=0)]
                records = [one for message in messages if (one := _received(message)) is not None]
                if records:
                    retrying(self.archive.write, records)
                if messages and not is_stopping():
                    _commit(consumer)
        finally:
            consumer.close()


def _received(message: Message) -> tuple[str, datetime, Record] | None:
    """Its actor, when it came, and what it is; None, said in the log, where it is no record."""
    if (error := message.error()) is not None:
        if error.fatal():
            raise KafkaException(error)
        log.warning("Kafka: %s", error.str())
        return None
    key, came_at = message.key(), from_ms(message.timestamp()[1])
    try:
        return (key.decode() if isinstance(key, bytes) else ""), came_at, decode(message.value() or b"")
    except ValueError as error:
        log.warning("record %s of partition %s skipped: %s", message.offset(), message.partition(), error)
        return None


def _commit(consumer: Consumer) -> None:
    try:
        consumer.commit(asynchronous=False)
    except KafkaException as error:  # whoever reads on takes the same records in again
        log.warning("Kafka: %s", error.args[0].str())


def _days(first: datetime, last: datetime) -> Iterator[date]:
    day = first.date()
    while day <= last.date():
        yield day
        day += _DAY


def _microseconds(time: datetime) -> int:
    return to_ms(time) * 1_000


def _say(state: RetryCallState) -> None:
    error = state.outcome and state.outcome.exception()
    if state.attempt_number == 1 or state.attempt_number % 30 == 0:
        log.warning("Cassandra: waiting, attempt %s: %s", state.attempt_number, error)
