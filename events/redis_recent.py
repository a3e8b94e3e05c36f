"""Recent events, as a consumer of the topic of events has published them in Redis."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self, TypeVar

import redis
from circuitbreaker import CircuitBreaker
from redis.backoff import NoBackoff
from redis.retry import Retry

from db.events import RecentEvent
from domain.events import Actor, EventKind, TitleActivity
from events.actor_state import MAX_TITLES
from events.records import actor_key, from_ms, to_ms

TIMEOUT_S = 0.1  # for Redis to answer, where a person waits
TRENDING_TIMEOUT_S = 2.0  # thousands of counts, seldom asked for
OPEN_CIRCUIT_S = 5.0  # how long Redis is then not asked
TRENDING_TITLES = "trending:titles"

T = TypeVar("T")
log = logging.getLogger(__name__)


def published_name(key: str) -> str:
    """The name in Redis of what is published of an actor."""
    return f"recent:{key}"


def trending_name(anime_id: int) -> str:
    """The name of a sorted set: of each actor when they last clicked, viewed or liked a title, in ms."""
    return f"trending:{anime_id}"


def connect(url: str, timeout_s: float) -> redis.Redis:
    """A client that connects when it is first asked, in each process by itself."""
    # once more where the connection was closed meanwhile; who does not answer in time is not asked again
    retry = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))
    timeouts = {"socket_connect_timeout": timeout_s, "socket_timeout": timeout_s}
    return redis.Redis.from_url(url, decode_responses=True, retry=retry, **timeouts)


@dataclass
class RedisRecentEvents:
    """See RecentEvents. While Redis is away nobody has done anything, and answers wait for it once in
    OPEN_CIRCUIT_S."""

    client: redis.Redis
    patient: redis.Redis
    _breaker: CircuitBreaker = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._breaker = CircuitBreaker(1, OPEN_CIRCUIT_S, redis.RedisError)

    @classmethod
    def at(cls, url: str) -> Self:
        return cls(connect(url, TIMEOUT_S), connect(url, TRENDING_TIMEOUT_S))

    def published(self, keys: Collection[str]) -> dict[str, dict[str, Any]]:
        """By key of an actor, what is published of those who have done something; see ActorState."""
        if not keys:
            return {}
        names = [published_name(key) for key in keys]
        found: list[Any] = self._ask(lambda: self.client.mget(names), [None] * len(names))
        return {key: json.loads(text) for key, text in zip(keys, found, strict=True) if text is not None}

    def end(self, key: str, kept: timedelta) -> None:
        """Publish that an actor has ended, which a consumer does a little later."""
        self._ask(lambda: self.client.set(published_name(key), '{"ended": true}', ex=kept), None)

    def of(self, actor: Actor, since: datetime) -> list[TitleActivity]:
        """See RecentEvents."""
        parts = [Actor(session_id=actor.session_id)] if actor.session_id is not None else []
        parts += [Actor(user_id=actor.user_id)] if actor.user_id is not None else []
        counts: dict[int, Counter[EventKind]] = {}
        newest: dict[int, tuple[bool, datetime]] = {}
        for found in self.published([actor_key(part) for part in parts]).values():
            for anime_id, last_ms, kinds in found.get("titles", ()):
                last_at = from_ms(last_ms)
                if last_at >= since:
                    counts.setdefault(anime_id, Counter()).update(
                        {EventKind(kind): number for kind, number in kinds.items()}
                    )
                    # impressions do not make a title newer that something else happened with
                    key = (bool(kinds.keys() - {EventKind.IMPRESSION}), last_at)
                    newest[anime_id] = max(newest.get(anime_id, key), key)
        ordered = sorted(newest, key=lambda one: (newest[one], one), reverse=True)[:MAX_TITLES]
        return [TitleActivity(one, dict(counts[one]), newest[one][1]) for one in ordered]

    def all_of(self, user_id: int) -> list[RecentEvent]:
        """Each kind of event once with each of the newest titles. See RecentEvents."""
        key = actor_key(Actor(user_id=user_id))
        titles = self.published([key]).get(key, {}).get("titles", ())
        found = [(title, kind, last_ms) for title, last_ms, kinds in titles for kind in kinds]
        return [RecentEvent(title, kind, from_ms(last_ms)) for title, kind, last_ms in found]

    def trending(self, since: datetime) -> dict[int, int]:
        """See RecentEvents."""

        def count() -> dict[int, int]:
            titles = sorted(int(title) for title in self.patient.smembers(TRENDING_TITLES))
            with self.patient.pipeline(transaction=False) as pipeline:
                for title in titles:
                    pipeline.zcount(trending_name(title), to_ms(since), "+inf")
                counts = pipeline.execute()
            return {title: number for title, number in zip(titles, counts, strict=True) if number}

        return self._ask(count, {})

    def _ask(self, ask: Callable[[], Any], otherwise: T) -> T:
        """The answer of Redis, or `otherwise` while it is away."""
        if self._breaker.opened:
            return otherwise
        try:
            with self._breaker:
                answer: T = ask()
                return answer
        except redis.RedisError as error:
            log.warning("recommendations do without events: Redis does not answer: %s", error)
            return otherwise
