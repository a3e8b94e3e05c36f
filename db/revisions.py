"""The revision counter, which grows with every write, in commit order."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import NamedTuple

from sqlalchemy import Connection, Engine, select, update

from db.models import RevisionCounter


def take_revision(connection: Connection) -> int:
    """Take the next revision; writers queue on the counter's row until this transaction ends."""
    statement = (
        update(RevisionCounter)
        .where(RevisionCounter.id == 1)
        .values(value=RevisionCounter.value + 1)
        .returning(RevisionCounter.value)
    )
    return connection.execute(statement).scalar_one()


def database_id(connection: Connection) -> str:
    """The random id of this database, stored with every model that is built from it."""
    return connection.execute(select(RevisionCounter.database_id)).scalar_one()


class RevisionCounters(NamedTuple):
    """The newest committed revision, and up to which revision records of erasures may be gone."""

    value: int
    erasures_forgotten_up_to: int


def revision_counters(connection: Connection) -> RevisionCounters:
    """Both counters, as of one moment."""
    counter = RevisionCounter
    row = connection.execute(select(counter.value, counter.erasures_forgotten_up_to)).one()
    return RevisionCounters(row.value, row.erasures_forgotten_up_to)


def current_revision(connection: Connection) -> int:
    """The newest committed revision."""
    return connection.execute(select(RevisionCounter.value)).scalar_one()


def peek_revision(engine: Engine) -> int:
    """The newest committed revision, outside a transaction: cheap enough to ask before every answer.

    Raises:
        sqlalchemy.exc.DBAPIError: the database cannot be used.
    """
    if engine.dialect.name == "sqlite":
        # straight from the driver: SQLAlchemy's own work takes ten times as long as the query
        with suppress(sqlite3.Error):  # asked again below, for an error that says more
            pooled = engine.raw_connection()
            try:
                row = pooled.cursor().execute("SELECT value FROM revision_counter").fetchone()
                return int(row[0])
            except sqlite3.Error:
                pooled.invalidate()
                raise
            finally:
                pooled.close()
    with engine.connect() as connection:
        return current_revision(connection)
