"""The sources of the catalog, with their licenses and their age."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from db.engine import driver_message, read_transaction
from db.sources import load_sources
from ingest.sources import SOURCES, Source

LOOK_EVERY_S = 60.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ImportedSource:
    """A source, when it was last imported or found to be unchanged, and how many titles it described."""

    source: Source
    imported_at: datetime
    titles: int

    @property
    def age_days(self) -> int:
        """Whole days since the import."""
        return max(0, (datetime.now(UTC) - self.imported_at).days)


@dataclass
class CatalogSources:
    """Follows the imports of the sources: a look at the database every minute, at most.

    While the database is away, the answer is that of the last look.
    """

    engine: Engine
    look_every_s: float = LOOK_EVERY_S
    _found: Sequence[ImportedSource] = ()
    _next_look_at: float = field(default=float("-inf"))

    def imported(self) -> Sequence[ImportedSource]:
        """The sources that were ever imported, the one that is believed first at the beginning."""
        if time.monotonic() >= self._next_look_at:
            self._next_look_at = time.monotonic() + self.look_every_s
            try:
                with read_transaction(self.engine) as connection:
                    states = load_sources(connection)
            except SQLAlchemyError as error:
                log.warning("the database cannot be asked for its sources: %s", driver_message(error))
            else:
                self._found = [
                    ImportedSource(source, states[source.name].imported_at, states[source.name].titles)
                    for source in SOURCES
                    if source.name in states
                ]
        return self._found
