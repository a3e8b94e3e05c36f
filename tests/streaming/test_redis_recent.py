"""Recent events in Redis: servers read them, and do without while it is away."""

from __future__ import annotations

import json
import time
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from uuid import UUID

import pytest

import events.redis_recent
from domain.events import Actor, EventKind
from events.records import to_ms
from events.redis_recent import OPEN_CIRCUIT_S, RedisRecentEvents
from tests.streaming.redis_server import RedisServer

NOW = datetime(2026, 11, 27, 20, 0)
SESSION = Actor(session_id=UUID(int=1))
SINCE = NOW - timedelta(days=1)


def publish(redis_server: RedisServer, minutes_ago: float = 0) -> None:
    at = to_ms(NOW - timedelta(minutes=minutes_ago))
    titles = [[7, at, {"click": 2}], [8, at, {"impression": 1}], [9, to_ms(SINCE) - 1, {"view": 1}]]
    with redis_server.client() as client:
        client.set(f"recent:session:{SESSION.session_id}", json.dumps({"titles": titles, "ids": []}))


def test_titles_from_before_do_not_count(redis_server: RedisServer) -> None:
    publish(redis_server)
    found = RedisRecentEvents.at(redis_server.url).of(SESSION, SINCE)
    assert [(one.anime_id, one.counts) for one in found] == [
        (7, {EventKind.CLICK: 2}),
        (8, {EventKind.IMPRESSION: 1}),
    ]


@pytest.mark.parametrize("fault", ["killed", "frozen"])
def test_redis_that_is_away_is_waited_for_once(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    publish(redis_server)
    now = time.monotonic()
    monkeypatch.setattr("circuitbreaker.monotonic", lambda: now)
    recent, queries = RedisRecentEvents.at(redis_server.url), list[object]()
    mget = recent.client.mget
    monkeypatch.setattr(recent.client, "mget", lambda names: (queries.append(names), mget(names))[1])
    away: AbstractContextManager[None] = getattr(redis_server, fault)()
    with away:
        assert [recent.of(SESSION, SINCE) for _ in range(100)] == [[]] * 100
        assert recent.trending(SINCE) == {}
        assert len(queries) == 1
    monkeypatch.setattr("circuitbreaker.monotonic", lambda: now + OPEN_CIRCUIT_S)
    assert [one.anime_id for one in recent.of(SESSION, SINCE)] == [7, 8]


def test_closed_connection_is_opened_again_at_once(redis_server: RedisServer) -> None:
    publish(redis_server)
    recent = RedisRecentEvents.at(redis_server.url)
    assert recent.of(SESSION, SINCE)
    with redis_server.killed():
        pass
    assert recent.of(SESSION, SINCE)


def test_who_has_ended_is_published(redis_server: RedisServer) -> None:
    publish(redis_server)
    recent, key = RedisRecentEvents.at(redis_server.url), f"session:{SESSION.session_id}"
    recent.end(key, timedelta(days=30))
    assert recent.published([key]) == {key: {"ended": True}}
    with redis_server.client() as client:
        assert 0 < client.ttl(events.redis_recent.published_name(key)) <= 30 * 86_400
