"""The log of events in the database: each once, whoever sends it and however often."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine

import events.log
from domain.events import Actor, Event, EventKind
from events.log import SqlEventLog
from events.recent import SqlRecentEvents
from tests.db.helpers import contents

NOW = datetime(2026, 11, 27, 20, 0)
SESSION = UUID(int=1, version=4)


def click(anime_id: int, session_id: UUID = SESSION, *, minutes_ago: float = 0) -> Event:
    happened_at = NOW - timedelta(minutes=minutes_ago)
    return Event(uuid4(), EventKind.CLICK, anime_id, happened_at, session_id=session_id)


def clicked(engine: Engine, session_id: UUID = SESSION) -> list[int]:
    found = SqlRecentEvents(engine).of(Actor(session_id), NOW - timedelta(days=1))
    return [activity.anime_id for activity in found]


def test_event_in_two_requests_at_once_is_stored_once(engine: Engine) -> None:
    log, sent = SqlEventLog(engine), [click(number) for number in range(20)]
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: log.append(sent, NOW), range(8)))
    assert sum(not answer.known for answer in answers) >= 1
    assert len(contents(engine)["events"]) == 20


def test_event_twice_in_one_request_is_stored_once(engine: Engine) -> None:
    one = click(1)
    assert SqlEventLog(engine).append([one, one], NOW).known == frozenset()
    assert len(contents(engine)["events"]) == 1


def test_long_session_takes_no_more(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events.log, "MAX_SESSION_EVENTS", 3)
    log = SqlEventLog(engine)
    log.append([click(number) for number in range(3)], NOW)
    over, other = click(4), click(5, UUID(int=2, version=4))
    refused = log.append([over, other], NOW).refused
    assert list(refused) == [over.event_id]
    assert "3 events, the most there may be" in refused[over.event_id]


def test_sessions_do_not_see_each_other(engine: Engine) -> None:
    other = UUID(int=2, version=4)
    SqlEventLog(engine).append([click(1), click(2, other)], NOW)
    assert (clicked(engine), clicked(engine, other)) == ([1], [2])


def test_old_events_and_ended_sessions_are_forgotten(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events.log, "_PRUNED_AT_ONCE", 2)
    log, old = SqlEventLog(engine), NOW - timedelta(days=40)
    log.append([click(number) for number in range(5)], old)
    log.undo_event(uuid4(), None, old)
    log.undo_session(UUID(int=3, version=4), old)
    log.append([click(7)], NOW)
    log.prune(NOW - timedelta(days=30))
    stored = contents(engine)
    assert (len(stored["events"]), stored["ended_sessions"]) == (1, [])
    assert clicked(engine) == [7]
