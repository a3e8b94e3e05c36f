"""The log of events in a topic of Kafka. Sessions' ends and exposures are in the database, too."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from circuitbreaker import CircuitBreaker
from confluent_kafka import KafkaException, Producer

from db.engine import read_transaction
from db.events import known_users
from domain.events import Actor, Event, EventsUnavailableError
from events.log import Appended, SqlEventLog
from events.records import Ended, Record, Undone, actor_key, encode
from events.redis_recent import RedisRecentEvents
from events.stores import Wait
from events.topic import Topic

DELIVERED_WITHIN_S = 5.0
OPEN_CIRCUIT_S = 5.0  # how long events are then refused at once
QUEUED = 20_000  # records of one process that wait for a broker
_AT_ONCE_S = 0.05  # a broker that is well answers within

log = logging.getLogger(__name__)


class _Delivery:
    """The acknowledgments of the records of one request."""

    def __init__(self, producer: Producer, records: int) -> None:
        self._producer, self._missing = producer, records
        self._error: str | None = None
        self._deadline = time.monotonic() + DELIVERED_WITHIN_S + 1  # librdkafka gives up a little earlier

    def reported(self, error: Any, _message: Any) -> None:
        """Called for each record, from within `poll`, in whichever thread."""
        self._error = self._error or (None if error is None else error.str())
        self._missing -= 1

    def is_over_within(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while self._missing and time.monotonic() < until:
            self._producer.poll(0.005)  # short: another thread may be told of ours
        return not self._missing

    def wait(self) -> None:
        self.is_over_within(self._deadline - time.monotonic())

    def require_success(self) -> None:
        if self._missing or self._error:
            raise EventsUnavailableError(f"Kafka has not acknowledged it: {self._error or 'no answer'}")


@dataclass
class KafkaEventLog:
    """A topic whose records are keyed by actor. See EventLog.

    Attributes:
        recent: knows repeats, and who has ended.
        wait: calls what waits for a broker; in a server others are answered meanwhile.
    """

    topic: Topic
    sql: SqlEventLog
    recent: RedisRecentEvents
    retention: timedelta
    wait: Wait
    needs_actor: ClassVar[bool] = True
    _producer: Producer | None = field(default=None, init=False, repr=False)
    _opening: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    _breaker: CircuitBreaker = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._breaker = CircuitBreaker(1, OPEN_CIRCUIT_S, EventsUnavailableError)

    def append(self, events: Sequence[Event], received_at: datetime) -> Appended:
        """Returns when all in-sync replicas have them. See EventLog.

        Repeats are told by the newest events of each actor, which Redis has: others, and all while Redis is
        away, are stored again, which changes nothing.
        """
        unique = {event.event_id: event for event in events}
        keys = {event_id: actor_key(Actor(one.session_id, one.user_id)) for event_id, one in unique.items()}
        published = self.recent.published(set(keys.values()))
        known_ids = {key: set(found.get("ids", ())) for key, found in published.items()}
        known = frozenset(one for one in unique if str(one) in known_ids.get(keys[one], ()))
        new = [event for event_id, event in unique.items() if event_id not in known]
        ended = {key for key, found in published.items() if "ended" in found}
        refused = self._refusals(new, keys, ended)
        self._send([(keys[one.event_id], one) for one in new if one.event_id not in refused])
        return Appended(known, refused)

    def undo_event(self, event_id: UUID, actor: Actor | None, now: datetime) -> None:
        """See EventLog."""
        if actor is None:
            raise ValueError("the records of an event are found by its actor")
        self._send([(actor_key(actor), Undone(event_id))])

    def undo_session(self, session_id: UUID, now: datetime) -> None:
        """See EventLog."""
        self._end(Actor(session_id=session_id))
        self.sql.undo_session(session_id, now)

    def erase_user(self, user_id: int) -> None:
        """See EventLog. Their records go with the retention of the topic."""
        self._end(Actor(user_id=user_id))

    def prune(self, before: datetime) -> None:
        """Kafka forgets events by itself; the database forgets what else it has. See EventLog."""
        self.sql.prune(before)

    def connect(self) -> None:
        """Connect in the background: the first event then does not wait for it."""
        threading.Thread(target=self._connect, name="kafka", daemon=True).start()

    def _connect(self) -> None:
        try:
            self._open()
        except EventsUnavailableError as error:
            log.warning("events are refused: %s", error)

    def _end(self, actor: Actor) -> None:
        self._send([(actor_key(actor), Ended())])
        self.recent.end(actor_key(actor), self.retention)

    def _refusals(self, events: Sequence[Event], keys: dict[UUID, str], ended: set[str]) -> dict[UUID, str]:
        """Id -> why an event cannot be added."""
        users = {event.user_id for event in events if event.user_id is not None}
        if users:
            with read_transaction(self.sql.engine) as connection:
                users -= known_users(connection, users)
        refused = {}
        for event in events:
            if event.user_id in users:
                refused[event.event_id] = f"user {event.user_id} is not known"
            elif keys[event.event_id] in ended:
                whose = "its session was deleted" if event.session_id else "what its user did was erased"
                refused[event.event_id] = whose
        return refused

    def _send(self, records: Sequence[tuple[str, Record]]) -> None:
        """Returns when they are all acknowledged; raises EventsUnavailableError."""
        if self._breaker.opened:
            raise EventsUnavailableError(str(self._breaker.last_failure))
        if records:
            with self._breaker:
                self._deliver(records)

    def _deliver(self, records: Sequence[tuple[str, Record]]) -> None:
        producer = self._producer
        if producer is None:
            self.wait(self._connect)
            if (producer := self._producer) is None:
                raise EventsUnavailableError("Kafka does not answer")
        delivery = _Delivery(producer, len(records))
        try:
            for key, record in records:
                producer.produce(self.topic.name, encode(record), key, on_delivery=delivery.reported)
        except BufferError:
            raise EventsUnavailableError("too many events wait for Kafka already") from None
        except KafkaException as error:
            self._producer = None  # what is wrong with it cannot be mended
            raise EventsUnavailableError(f"Kafka takes no events: {error.args[0].str()}") from error
        if not delivery.is_over_within(_AT_ONCE_S):
            self.wait(delivery.wait)
        delivery.require_success()

    def _open(self) -> None:
        """Make the topic, where it is missing, and the producer."""
        with self._opening:
            if self._producer is not None:
                return
            try:
                self.topic.create(self.retention)
                self._producer = Producer(
                    self.topic.client(
                        enable_idempotence=True,
                        acks="all",
                        linger_ms=0,
                        delivery_timeout_ms=round(DELIVERED_WITHIN_S * 1_000),
                        queue_buffering_max_messages=QUEUED,
                    ),
                    logger=log,
                )
            except KafkaException as error:
                raise EventsUnavailableError(f"Kafka does not answer: {error.args[0].str()}") from error
