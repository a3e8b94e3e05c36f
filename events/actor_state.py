"""The recent events of one actor: a pure function of their records, in whatever order and however often.

The Flink job does the same in Java (`flink/`), and one suite of tests holds for both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple, Self

from domain.events import Event, EventKind
from events.records import Ended, Record, Undone, to_ms

STATE_KEPT = timedelta(days=7)  # after an actor's last record: as long as the longest window of trends
PUBLISHED_KEPT = timedelta(days=2)  # nobody asks for what was done before
MAX_EVENTS = 500  # the newest ones, undone ones among them
MAX_TITLES = 50
MAX_UNDONE = 500  # ids that were undone before their event came
KNOWN_IDS = 200  # of the newest events, published to tell repeats
TRENDING = (EventKind.CLICK, EventKind.VIEW, EventKind.LIKE)


class Kept(NamedTuple):
    """An event in the state; ordered by time, then by id."""

    happened_at: int  # milliseconds
    event_id: str
    kind: str
    anime_id: int
    is_undone: bool


class Step(NamedTuple):
    """The changes that records made.

    Attributes:
        trends: title -> when the actor last clicked, viewed or liked it, in ms; None: no longer.
    """

    is_changed: bool
    trends: dict[int, int | None]


@dataclass
class ActorState:
    """See the module.

    Attributes:
        events: at most MAX_EVENTS.
        undone: ids without their event yet, oldest first.
    """

    events: dict[str, Kept] = field(default_factory=dict)
    undone: list[str] = field(default_factory=list)
    has_ended: bool = False

    def apply(self, *records: Record) -> Step:
        """Take in records; a repeat changes nothing."""
        before = self._trends()
        is_changed = sum(map(self._apply, records)) > 0
        after = self._trends() if is_changed else before
        differing = {title for title in before.keys() | after.keys() if before.get(title) != after.get(title)}
        return Step(is_changed, {title: after.get(title) for title in sorted(differing)})

    def published(self) -> dict[str, Any]:
        """The part that Redis holds for the servers: `ended`, or `titles`, newest first, each
        `[anime_id, last_at, {kind: count}]`, and the `ids` of the newest events."""
        if self.has_ended:
            return {"ended": True}
        counts: dict[int, Counter[str]] = {}
        newest: dict[int, tuple[bool, int]] = {}
        for event in self.events.values():
            if not event.is_undone:
                counts.setdefault(event.anime_id, Counter())[event.kind] += 1
                # whatever else happened with a title, its impressions do not make it newer
                key = (event.kind != EventKind.IMPRESSION, event.happened_at)
                newest[event.anime_id] = max(newest.get(event.anime_id, key), key)
        ordered = sorted(newest, key=lambda title: (newest[title], title), reverse=True)[:MAX_TITLES]
        ids = [event.event_id for event in sorted(self.events.values(), reverse=True)[:KNOWN_IDS]]
        return {
            "titles": [[title, newest[title][1], dict(sorted(counts[title].items()))] for title in ordered],
            "ids": ids,
        }

    def stored(self) -> dict[str, Any]:
        """All of it, to be written as JSON; `restored` makes it again."""
        if self.has_ended:
            return {"ended": True}
        return {"events": list(self.events.values()), "undone": self.undone}

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> Self:
        """The state that `stored` has described."""
        kept = [Kept(*fields) for fields in stored.get("events", ())]
        events = {event.event_id: event for event in kept}
        return cls(events, list(stored.get("undone", ())), "ended" in stored)

    def _apply(self, record: Record) -> bool:
        if self.has_ended:
            return False
        if isinstance(record, Ended):
            self.events, self.undone, self.has_ended = {}, [], True
            return True
        return self._undo(str(record.event_id)) if isinstance(record, Undone) else self._add(record)

    def _add(self, event: Event) -> bool:
        event_id = str(event.event_id)
        if event_id in self.events:
            return False
        is_undone = event_id in self.undone
        if is_undone:
            self.undone.remove(event_id)
        self.events[event_id] = Kept(
            to_ms(event.happened_at), event_id, event.kind.value, event.anime_id, is_undone
        )
        if len(self.events) > MAX_EVENTS:
            del self.events[min(self.events.values()).event_id]
        return event_id in self.events

    def _undo(self, event_id: str) -> bool:
        kept = self.events.get(event_id)
        if kept is not None:
            self.events[event_id] = kept._replace(is_undone=True)
            return not kept.is_undone
        if event_id in self.undone:
            return False
        self.undone = [*self.undone, event_id][-MAX_UNDONE:]
        return True

    def _trends(self) -> dict[int, int]:
        """Title -> when it was last clicked, viewed or liked."""
        found: dict[int, int] = {}
        for event in self.events.values():
            if not event.is_undone and event.kind in TRENDING:
                found[event.anime_id] = max(found.get(event.anime_id, 0), event.happened_at)
        return found
