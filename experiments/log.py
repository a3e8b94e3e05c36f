"""The log of exposures. Nobody waits for it, and no page fails because of it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock, Timer

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from db.engine import driver_message, write_transaction
from db.exposures import insert_exposures
from domain.experiments import Exposure

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SqlExposureLog:
    """A table of the database. The same page of the same experiment is in it once."""

    engine: Engine

    def append(self, exposures: Sequence[Exposure]) -> None:
        """Add those that are new, in one transaction."""
        with write_transaction(self.engine) as connection:
            insert_exposures(connection, exposures)


@dataclass
class ExposureWriter:
    """Collects exposures and writes them in the background, those of half a second at once.

    A killed server loses them: what is done with their pages then counts for no variant, whichever it was.

    Attributes:
        capacity: exposures that are kept while the database is away; more are dropped.
    """

    log: SqlExposureLog
    capacity: int = 10_000
    every_s: float = 0.5
    _waiting: list[Exposure] = field(default_factory=list, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)
    _timer: Timer | None = field(default=None, init=False)

    def add(self, exposures: Iterable[Exposure]) -> None:
        """Write them soon."""
        with self._lock:
            self._waiting += exposures
            del self._waiting[self.capacity :]
            if self._waiting and self._timer is None:
                timer = Timer(self.every_s, self.flush)
                with suppress(RuntimeError):  # no thread can be had: the next exposure tries again
                    timer.start()
                    self._timer = timer

    def flush(self) -> None:
        """Write what is waiting now; what cannot be written waits for the next exposure."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            waiting, self._waiting, self._timer = self._waiting, [], None
        if not waiting:
            return
        try:
            self.log.append(waiting)
        except SQLAlchemyError as error:
            log.warning("%d exposures cannot be stored: %s", len(waiting), driver_message(error))
            with self._lock:
                self._waiting = (waiting + self._waiting)[: self.capacity]
