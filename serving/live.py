"""The model that a running server answers from: always whole, never older than it has to be."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from db.engine import read_transaction, reason
from db.revisions import current_revision
from db.users import StoredList, lists_gone, lists_since
from recommender.artifacts.snapshot import ModelFormatError, Snapshot
from recommender.artifacts.store import ModelStore, Version
from recommender.data.overlay import List

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LiveVersion:
    """What one request works with, taken once: a version, with everybody who is newer than it."""

    name: str
    built_at: str
    snapshot: Snapshot
    revision: int  # of the database, up to which the overlay is complete

    @property
    def built_timestamp(self) -> float:
        """`built_at` in seconds since 1970, 0 where unknown."""
        return datetime.fromisoformat(self.built_at).timestamp() if self.built_at else 0.0


class LiveModel:
    """Follows the model directory and the database; hands out one `LiveVersion` after the other.

    A new version is looked for with every request; new people at most once in `interval_s`. `catch_up`
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
    ) -> None:
        self._store, self._engine = store, engine
        self._interval_s, self._overlay_max_users = interval_s, overlay_max_users
        self._lock = threading.Lock()
        self._refused: str | None = None
        self._ask_database_at = float("-inf")
        self._live = _live(version)

    @property
    def refused(self) -> str | None:
        """A published version that could not be loaded, and why; None when all is well."""
        return self._refused

    @property
    def in_service(self) -> LiveVersion:
        """What answers now; nothing newer is looked for."""
        return self._live

    def latest_model(self) -> LiveVersion:
        """The newest version, for answers that do not depend on people."""
        followed = self._refused is None and self._store.current_name() == self._live.name
        # while one thread looks, the others go on answering from what there is
        if not followed and self._lock.acquire(blocking=False):
            try:
                self._follow_store()
            finally:
                self._lock.release()
        return self._live

    def current(self) -> LiveVersion:
        """The newest version, with everybody who was saved up to now."""
        self.latest_model()
        if time.monotonic() >= self._ask_database_at and self._lock.acquire(blocking=False):
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

    def _follow_store(self) -> None:
        name = self._store.current_name()
        if name is None or name == self._live.name:
            self._refused = None
            return
        if self._refused is not None and self._refused.startswith(f"{name}:"):
            return
        try:
            self._live = _live(self._store.load_version(name))
            self._ask_database_at = float("-inf")  # who is newer than this version
        except ModelFormatError as error:
            self._refused = f"{name}: {error}"
            log.error("model %s is refused, %s stays in service: %s", name, self._live.name, error)
        else:
            self._refused = None
            log.info("model %s is in service", name)

    def _follow_database(self) -> None:
        live = self._live
        try:
            with read_transaction(self._engine) as connection:
                revision = current_revision(connection)
                changed = revision != live.revision
                lists = lists_since(connection, live.revision, self._overlay_max_users + 1) if changed else []
                if changed and self._store.current_name() != live.name:
                    # erasures are kept for the versions on disk, of which this may no longer be one
                    lists = lists_gone(connection, _people(live.snapshot)) + lists
        except SQLAlchemyError as error:
            log.warning("the database cannot be asked for new people: %s", reason(error))
        else:
            if changed:
                self._live = LiveVersion(live.name, live.built_at, self._with_lists(live, lists), revision)
        self._ask_database_at = time.monotonic() + self._interval_s

    def _with_lists(self, live: LiveVersion, lists: list[StoredList]) -> Snapshot:
        snapshot = live.snapshot
        overlay = snapshot.overlay
        room = self._overlay_max_users - len(overlay)
        newcomers = [s for s in lists if len(s.anime_ids) and s.user_id not in overlay.lists]
        if len(newcomers) > room:
            log.warning("more than %d users are newer than the model: build it anew", self._overlay_max_users)
            left_out = {stored.user_id for stored in newcomers[max(room, 0) :]}
            lists = [stored for stored in lists if stored.user_id not in left_out]
        if not lists:
            return snapshot
        return snapshot.with_overlay(
            overlay.extended((stored.user_id, _rows(stored, snapshot)) for stored in lists)
        )


def _live(version: Version) -> LiveVersion:
    snapshot = version.snapshot
    return LiveVersion(version.name, str(version.manifest.get("built_at", "")), snapshot, snapshot.revision)


def _people(snapshot: Snapshot) -> NDArray[np.int64]:
    return np.union1d(snapshot.ratings.users.ids, snapshot.overlay.user_ids)


def _rows(stored: StoredList, snapshot: Snapshot) -> List:
    rows = snapshot.catalog.vocabulary.rows(stored.anime_ids)
    known = rows >= 0
    return rows[known].astype(np.int32), stored.ratings[known]
