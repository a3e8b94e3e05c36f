"""The model that a running server answers from, kept up to date with the model directory and the database."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from db.engine import driver_message, read_transaction
from db.revisions import peek_revision, revision_counters
from db.users import UserRatings, ratings_of_missing_users, ratings_since
from recommender.artifacts.snapshot import ModelFormatError, Snapshot
from recommender.artifacts.store import ModelStore, Published, Version
from recommender.data.anonymity import AnonymityFloor
from recommender.data.overlay import NO_RATINGS, Overlay, RatingsRow
from recommender.data.query import Query
from recommender.models.context import ScoringContext
from recommender.models.registry import NO_WEIGHTS
from serving.tally import Tally

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class LiveVersion:
    """The model of one request, taken once: a version, and the users newer than it.

    Attributes:
        published: its name, and the seal that tells it from a later one of the same name.
        revision: of the database, up to which the overlay is complete.
        floor: how many people must stand behind what answers say of neighbors.
        reconciled: whether users who are no longer in the database have been looked for.
    """

    published: Published
    built_at: str
    snapshot: Snapshot
    overlay: Overlay
    revision: int
    floor: AnonymityFloor = field(default_factory=AnonymityFloor)
    reconciled: bool = False

    @classmethod
    def of(cls, version: Version, floor: AnonymityFloor | None = None) -> LiveVersion:
        """A version with an empty overlay."""
        snapshot, built_at = version.snapshot, str(version.manifest.get("built_at", ""))
        overlay = Overlay.empty(len(snapshot.catalog))
        published = Published(version.name, version.seal)
        revision = snapshot.origin.revision
        return cls(published, built_at, snapshot, overlay, revision, floor or AnonymityFloor())

    @property
    def name(self) -> str:
        return self.published.name

    @property
    def built_timestamp(self) -> float:
        """`built_at` in seconds since 1970, 0 where unknown."""
        return datetime.fromisoformat(self.built_at).timestamp() if self.built_at else 0.0

    def context(
        self,
        query: Query,
        floor: AnonymityFloor | None = None,
        weights: Mapping[str, float] = NO_WEIGHTS,
    ) -> ScoringContext:
        """The input of models for one request.

        Args:
            floor: in the place of the configured one.
            weights: of algorithms, for a blend.
        """
        return self.snapshot.context(query, self.overlay, floor or self.floor, weights)


class ModelSource(Protocol):
    """The source of the model that use cases answer from."""

    def current(self) -> LiveVersion:
        """The newest version, with every user saved so far."""
        ...

    def latest_model(self) -> LiveVersion:
        """The newest version, for answers that do not depend on other users."""
        ...


@dataclass(frozen=True)
class FixedModel:
    """One version with an empty overlay: for the terminal and for evaluation."""

    version: LiveVersion

    def current(self) -> LiveVersion:
        """See ModelSource."""
        return self.version

    def latest_model(self) -> LiveVersion:
        """See ModelSource."""
        return self.version


class LiveModel:
    """Follows the model directory and the database, and hands out one `LiveVersion` after another.

    Every request looks for a new version, and at most one in `interval_s` looks for new users. `catch_up`
    looks at once, so that a worker always sees its own writes.
    """

    def __init__(
        self,
        store: ModelStore,
        engine: Engine,
        version: Version,
        *,
        interval_s: float,
        overlay_max_users: int,
        floor: AnonymityFloor | None = None,
    ) -> None:
        self._store, self._engine = store, engine
        self._interval_s, self._overlay_max_users = interval_s, overlay_max_users
        self._lock = threading.Lock()
        self._writes, self._writes_seen = Tally(), 0  # by all workers of this server; as of the last look
        self._refused: str | None = None
        self._refused_version: Published | None = None
        self._next_check_at = float("-inf")
        self._live = LiveVersion.of(version, floor)

    @property
    def refused(self) -> str | None:
        """The published version that could not be loaded, and why; None when all is well."""
        return self._refused

    @property
    def in_service(self) -> LiveVersion:
        """The version that answers now; nothing newer is looked for."""
        return self._live

    def latest_model(self) -> LiveVersion:
        """The newest version, for answers that do not depend on other users: the database is not asked."""
        followed = self._refused is None and self._store.current() == self._live.published
        # while one thread looks, the others answer from the version they have
        if not followed and self._lock.acquire(blocking=False):
            try:
                self._follow_store()
            finally:
                self._lock.release()
        return self._live

    def current(self) -> LiveVersion:
        """The newest version, with every user saved so far."""
        self.latest_model()
        if time.monotonic() >= self._next_check_at and self._lock.acquire(blocking=False):
            try:
                self._follow_database()
            finally:
                self._lock.release()
        return self._live

    def catch_up(self) -> LiveVersion:
        """The state that includes every write committed before this call."""
        with self._lock:
            self._follow_store()
            self._follow_database()
            return self._live

    def catch_up_after_write(self) -> LiveVersion:
        """Catch up, and let the other workers know that there is something to see, before the write is
        acknowledged: the database may be gone before they look."""
        self._writes.add_one()
        return self.catch_up()

    def _follow_store(self) -> None:
        published = self._store.current()
        if published is None or published == self._live.published:
            self._refused = self._refused_version = None
            return
        if published == self._refused_version:
            return
        name = published.name
        try:
            self._live = LiveVersion.of(self._store.load_version(name), self._live.floor)
            self._next_check_at = float("-inf")  # to look for users newer than this version
        except ModelFormatError as error:
            self._refused, self._refused_version = f"{name}: {error}", published
            log.error("model %s is refused, %s stays in service: %s", name, self._live.name, error)
        else:
            self._refused = self._refused_version = None
            log.info("model %s is in service", name)

    def _follow_database(self) -> None:
        live, writes = self._live, self._writes.count
        try:
            if not live.reconciled or peek_revision(self._engine) != live.revision:
                self._live = self._caught_up(live)
            self._writes_seen = writes
        except SQLAlchemyError as error:
            log.warning("the database cannot be asked for new users: %s", driver_message(error))
            if live.reconciled and writes == self._writes_seen:
                pass  # nobody has changed anything in the meantime
            elif live.reconciled or not len(live.overlay):
                # anybody may have been erased since
                nobody = Overlay.empty(len(live.snapshot.catalog)).extended(
                    (int(i), NO_RATINGS) for i in live.snapshot.ratings.users.ids
                )
                revision = live.snapshot.origin.revision
                self._live = replace(live, overlay=nobody, revision=revision, reconciled=False)
        self._next_check_at = time.monotonic() + self._interval_s

    def _caught_up(self, live: LiveVersion) -> LiveVersion:
        with read_transaction(self._engine) as connection:
            counters = revision_counters(connection)
            changed = ratings_since(connection, live.revision, self._overlay_max_users + 1)
            complete = live.reconciled and live.revision >= counters.erasures_forgotten_up_to
            if not live.reconciled:  # what is in the overlay hides everybody, after an outage
                live = replace(live, overlay=Overlay.empty(len(live.snapshot.catalog)), reconciled=True)
            if not complete:
                changed = ratings_of_missing_users(connection, _user_ids(live)) + changed
        return replace(live, overlay=self._extended(live, changed), revision=counters.value)

    def _extended(self, live: LiveVersion, lists: list[UserRatings]) -> Overlay:
        """The overlay with these lists. Whoever finds no room is hidden, which is better than a neighbor by a
        list that was replaced."""
        room = self._overlay_max_users - live.overlay.ratings.n_users
        found: dict[int, RatingsRow] = {}
        gone: set[int] = set()
        for stored in lists:
            row = _row(stored, live.snapshot)
            had_room = len(live.overlay.rows.get(stored.user_id, NO_RATINGS)[0]) > 0
            room += had_room - (len(row[0]) > 0)
            if room < 0 and not had_room:
                row = NO_RATINGS
            if len(row[0]) or live.snapshot.ratings.users.row(stored.user_id) is not None:
                found[stored.user_id] = row
            elif stored.user_id in live.overlay.rows:
                gone.add(stored.user_id)  # nobody in the model to hide: they would pile up
        if room < 0:
            log.warning("more than %d users are newer than the model: build it anew", self._overlay_max_users)
        return live.overlay.extended(found.items(), gone) if found or gone else live.overlay


def _user_ids(live: LiveVersion) -> NDArray[np.int64]:
    return np.union1d(live.snapshot.ratings.users.ids, live.overlay.user_ids)


def _row(stored: UserRatings, snapshot: Snapshot) -> RatingsRow:
    rows = snapshot.catalog.vocabulary.rows(stored.anime_ids)
    known = rows >= 0
    return rows[known].astype(np.int32), stored.ratings[known]
