"""The model that a running server answers from: always whole, never older than it has to be."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from db.engine import read_transaction
from db.revisions import current_revision
from db.users import StoredList, lists_since
from recommender.overlay import List
from recommender.snapshot import ModelFormatError, Snapshot
from recommender.store import ModelStore, Version

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LiveVersion:
    """What one request works with, taken once: a version, with everybody who is newer than it."""

    name: str
    built_at: str
    snapshot: Snapshot
    revision: int  # of the database, up to which the overlay is complete


class LiveModel:
    """Follows the model directory and the database; hands out one `LiveVersion` after the other.

    New versions and new users are looked for when a request asks for the current state, at most once in
    `interval_s`; `catch_up` looks at once, so that a worker always sees its own writes.
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
        self._checked_at = float("-inf")
        self._live = _live(version)

    @property
    def refused(self) -> str | None:
        """A published version that could not be loaded, and why; None when all is well."""
        return self._refused

    def current(self) -> LiveVersion:
        """The newest state that is known, after a look for news if the last one is long enough ago."""
        if time.monotonic() - self._checked_at >= self._interval_s:
            self._refresh(wait=False)
        return self._live

    def catch_up(self) -> LiveVersion:
        """The state that includes every write committed before this call."""
        self._refresh(wait=True)
        return self._live

    def _refresh(self, *, wait: bool) -> None:
        # while one thread looks, the others go on answering from what there is
        if not self._lock.acquire(blocking=wait):
            return
        try:
            self._checked_at = time.monotonic()
            self._follow_store()
            self._follow_database()
        finally:
            self._lock.release()

    def _follow_store(self) -> None:
        name = self._store.current_name()
        if name is None or name == self._live.name or (self._refused or "").startswith(f"{name}:"):
            return
        try:
            self._live = _live(self._store.load_version(name))
        except ModelFormatError as error:
            self._refused = f"{name}: {error}"
            log.error("model %s is refused, %s stays in service: %s", name, self._live.name, error)
        else:
            self._refused = None
            log.info("model %s is in service", name)

    def _follow_database(self) -> None:
        live = self._live
        room = self._overlay_max_users - len(live.snapshot.overlay)
        try:
            with read_transaction(self._engine) as connection:
                revision = current_revision(connection)
                if revision == live.revision:
                    return
                lists = lists_since(connection, live.revision, max(room, 0) + 1)
        except SQLAlchemyError as error:
            log.warning("the database cannot be asked for new users: %s", type(error).__name__)
            return
        if len(lists) > room:
            log.warning("more than %d users are newer than the model: build it anew", self._overlay_max_users)
            lists = lists[: max(room, 0)]
        snapshot = live.snapshot
        if lists:
            rows = [(stored.user_id, _rows(stored, snapshot)) for stored in lists]
            snapshot = snapshot.with_overlay(snapshot.overlay.extended(rows))
        self._live = LiveVersion(live.name, live.built_at, snapshot, revision)


def _live(version: Version) -> LiveVersion:
    snapshot = version.snapshot
    return LiveVersion(version.name, str(version.manifest.get("built_at", "")), snapshot, snapshot.revision)


def _rows(stored: StoredList, snapshot: Snapshot) -> List:
    rows = snapshot.catalog.vocabulary.rows(stored.anime_ids)
    known = rows >= 0
    return rows[known].astype(np.int32), stored.ratings[known]
