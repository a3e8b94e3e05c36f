"""The stores of events: the database, or Kafka and Redis."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import Engine

from events.log import EventLog, SqlEventLog
from events.recent import RecentEvents, SqlRecentEvents

Wait = Callable[[Callable[[], None]], None]  # calls what waits for another server


class EventStores(NamedTuple):
    """The log that takes events in, and the reader of recent ones."""

    log: EventLog
    recent: RecentEvents


def open_stores(
    engine: Engine,
    event_log: str = "sql",
    recent_events: str = "sql",
    retention: timedelta = timedelta(days=30),
    wait: Wait | None = None,
) -> EventStores:
    """Those of two addresses, both `sql` or neither; see `config.Config`. Connects to nothing yet."""
    sql = SqlEventLog(engine)
    if event_log == "sql":
        return EventStores(sql, SqlRecentEvents(engine))
    # here: most servers do without, and without the memory that they take
    from events.kafka_log import KafkaEventLog
    from events.redis_recent import RedisRecentEvents
    from events.topic import Topic

    recent = RedisRecentEvents.at(recent_events)
    return EventStores(KafkaEventLog(Topic.at(event_log), sql, recent, retention, wait or _call), recent)


def _call(work: Callable[[], None]) -> None:
    work()
