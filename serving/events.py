"""Events: taken in, undone, and what they say of somebody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from db.events import RecentEvent
from domain.events import Actor, Event
from events.log import EventLog
from events.recent import RecentEvents
from recommender.artifacts.snapshot import Snapshot
from recommender.data.query import Query
from recommender.models.co_likes import CoLikes
from recommender.session.lean import Activity, SessionConfig, evidence_of, lean, sunk
from serving.errors import ActorRequiredError
from serving.live import LiveModel

AHEAD = timedelta(minutes=5)  # clocks of clients that go faster than ours by less are believed
COUNTED = timedelta(days=2)  # older events say nothing about what somebody does now
COUNTED_EVERY = timedelta(seconds=30)  # trends
PRUNED_EVERY = timedelta(minutes=10)


def utc_now() -> datetime:
    """Naive, as the database keeps times."""
    return datetime.now(UTC).replace(tzinfo=None)


class Refused(NamedTuple):
    """An event that was not taken in."""

    event_id: UUID
    reason: str


class Recorded(NamedTuple):
    """The outcome for the events of a request. Those accepted are durable.

    Attributes:
        accepted: how many are new.
        known: how many have come before.
    """

    accepted: int
    known: int
    refused: tuple[Refused, ...]


@dataclass
class EventService:
    """Takes events in and leans queries toward them.

    Attributes:
        retention: events are forgotten after this time.
        clock: of the server, naive UTC.
    """

    log: EventLog
    recent: RecentEvents
    live: LiveModel
    retention: timedelta
    config: SessionConfig = field(default_factory=SessionConfig)
    clock: Callable[[], datetime] = utc_now
    _trends: dict[timedelta, tuple[datetime, dict[int, int]]] = field(default_factory=dict, init=False)
    _pruned_at: datetime = field(default=datetime.min, init=False)

    def record(self, events: Sequence[Event]) -> Recorded:
        """Add events to the log; each is accepted, known already, or refused with a reason."""
        now, refused, good = self.clock(), [], []
        vocabulary = self.live.latest_model().snapshot.catalog.vocabulary
        for event in events:
            if reason := self._refusal(event, now, known=vocabulary.row(event.anime_id) is not None):
                refused.append(Refused(event.event_id, reason))
            else:
                good.append(replace(event, happened_at=min(event.happened_at, now)))
        appended = self.log.append(good, now)
        refused += [Refused(event_id, reason) for event_id, reason in appended.refused.items()]
        self._prune(now)
        different = {event.event_id for event in good}
        known = len(appended.known) + len(good) - len(different)
        accepted = len(different) - len(appended.known) - len(appended.refused)
        return Recorded(accepted, known, tuple(refused))

    def undo_event(self, event_id: UUID, actors: Sequence[Actor] = ()) -> None:
        """As if it had never come, even if it comes later.

        Args:
            actors: whose it is, or may be.

        Raises:
            ActorRequiredError: the log needs to know.
        """
        if not actors and self.log.needs_actor:
            raise ActorRequiredError(event_id)
        for actor in actors or (None,):
            self.log.undo_event(event_id, actor, self.clock())

    def undo_session(self, session_id: UUID) -> None:
        """The same of every event of a session."""
        self.log.undo_session(session_id, self.clock())

    def stored(self, user_id: int) -> list[RecentEvent]:
        """Every event of a user, newest first."""
        return self.recent.all_of(user_id)

    def trending(self, window: timedelta, people: int) -> dict[int, int]:
        """Anime id -> how many different sessions and users clicked, viewed or liked it within the window.

        Args:
            people: titles of fewer are not among them.
        """
        now = self.clock()
        found = self._trends.get(window)
        if found is None or now - found[0] >= COUNTED_EVERY:
            found = self._trends[window] = now, self.recent.trending(now - window)
        return {anime_id: count for anime_id, count in found[1].items() if count >= max(people, 1)}

    def lean(self, query: Query, actor: Actor, snapshot: Snapshot) -> Query:
        """The query as it leans toward what somebody does; the same query if they did nothing lately."""
        now = self.clock()
        activity = self.recent.of(actor, now - COUNTED)
        if not activity:
            return query
        ids = snapshot.catalog.vocabulary.rows([one.anime_id for one in activity]).tolist()
        known = [
            Activity(row, one.counts, (now - one.last_at).total_seconds())
            for row, one in zip(ids, activity, strict=True)
            if row >= 0
        ]
        evidence = evidence_of(known, self.config, snapshot.models[CoLikes].between)
        leaning = lean(query, evidence, self.config)
        rows, factors = sunk(known, self.config)
        return replace(leaning, sunk_rows=rows, sunk_factors=factors) if len(rows) else leaning

    def _refusal(self, event: Event, now: datetime, *, known: bool) -> str | None:
        """Why an event cannot be taken in."""
        if not known:
            return f"no title has the id {event.anime_id}"
        if event.happened_at > now + AHEAD:
            ahead = round((event.happened_at - now).total_seconds())
            return f"happened_at is {ahead:,} s ahead of the server's clock"
        if event.happened_at < now - self.retention:
            return f"it is older than {self.retention.days} days, and would be forgotten"
        return None

    def _prune(self, now: datetime) -> None:
        if now - self._pruned_at >= PRUNED_EVERY:
            self._pruned_at = now
            self.log.prune(now - self.retention)
