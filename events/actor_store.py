"""Redis: the states of actors, what is published of them, and how far a topic was read, changed together."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import redis

from events.actor_state import PUBLISHED_KEPT, STATE_KEPT, ActorState, Step
from events.records import Record, to_ms
from events.redis_recent import TRENDING_TITLES, published_name, trending_name


class Received(NamedTuple):
    """A record as it came.

    Attributes:
        key: of its actor.
        record: None: it cannot be read.
    """

    partition: int
    offset: int
    key: str
    record: Record | None


@dataclass(frozen=True)
class ActorStore:
    """One Redis, not a cluster of several: a transaction has to span all keys.

    Attributes:
        ended_kept: how long it is known that an actor has ended.
    """

    client: redis.Redis
    topic: str
    ended_kept: timedelta

    def offsets(self, partitions: Collection[int]) -> dict[int, int | None]:
        """Partition -> offset of its last record that counts; None: none does."""
        return self._offsets(self.client, partitions) if partitions else {}

    def forget_offset(self, partition: int) -> None:
        """None of its records counts."""
        self.client.delete(self._offset_name(partition))

    def take(self, before: Mapping[int, int | None], received: Sequence[Received]) -> bool:
        """Take records in, all of them or none.

        Args:
            before: the offsets that the records follow on.

        Returns:
            False, and nothing has changed, where the offsets are others: somebody else has taken records in,
            or Redis has lost its data.
        """
        records: dict[str, list[Record]] = {}
        for one in received:
            if one.record is not None:
                records.setdefault(one.key, []).append(one.record)
        pipe: Any
        with self.client.pipeline() as pipe:
            try:
                pipe.watch(*(self._offset_name(partition) for partition in before))
                if self._offsets(pipe, before) != before:
                    return False
                states = self._load(pipe, list(records))
                steps = {key: state.apply(*records[key]) for key, state in states.items()}
                pipe.multi()
                for key, state in states.items():
                    self._save(pipe, key, state, steps[key])
                _save_trends(pipe, steps)
                for one in received:  # in order: the last of each partition stays
                    pipe.set(self._offset_name(one.partition), one.offset)
                pipe.execute()
            except redis.WatchError:
                return False
        return True

    def _load(self, client: Any, keys: Sequence[str]) -> dict[str, ActorState]:
        if not keys:
            return {}
        found = client.mget([_state_name(key) for key in keys])
        return {
            key: ActorState() if text is None else ActorState.restored(json.loads(text))
            for key, text in zip(keys, found, strict=True)
        }

    def _save(self, pipe: Any, key: str, state: ActorState, step: Step) -> None:
        state_kept, published_kept = STATE_KEPT, PUBLISHED_KEPT
        if state.has_ended:
            state_kept = published_kept = self.ended_kept
        if step.is_changed:
            pipe.set(_state_name(key), json.dumps(state.stored(), separators=(",", ":")), ex=state_kept)
            pipe.set(
                published_name(key), json.dumps(state.published(), separators=(",", ":")), ex=published_kept
            )

    def _offsets(self, client: Any, partitions: Collection[int]) -> dict[int, int | None]:
        found = client.mget([self._offset_name(partition) for partition in partitions])
        offsets = [None if text is None else int(text) for text in found]
        return dict(zip(partitions, offsets, strict=True))

    def _offset_name(self, partition: int) -> str:
        return f"consumed:{self.topic}:{partition}"


def _state_name(key: str) -> str:
    return f"state:{key}"


def _save_trends(pipe: Any, steps: Mapping[str, Step]) -> None:
    """In each title's set: when each actor last did something with it; nothing older than the states."""
    trends: dict[int, dict[str, int | None]] = {}
    for key, step in steps.items():
        for title, last_ms in step.trends.items():
            trends.setdefault(title, {})[key] = last_ms
    oldest = to_ms(datetime.now(UTC).replace(tzinfo=None) - STATE_KEPT)
    for title, changes in trends.items():
        name = trending_name(title)
        newer = {key: last_ms for key, last_ms in changes.items() if last_ms is not None}
        if gone := changes.keys() - newer.keys():
            pipe.zrem(name, *gone)
        if newer:
            pipe.zadd(name, newer)
        pipe.zremrangebyscore(name, "-inf", oldest)
        pipe.expire(name, STATE_KEPT)
    if trends:
        pipe.sadd(TRENDING_TITLES, *trends)
