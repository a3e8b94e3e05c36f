"""The revision counter, which grows with every write, in commit order."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

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


def current_revision(connection: Connection) -> int:
    """The newest committed revision."""
    return connection.execute(select(RevisionCounter.value)).scalar_one()
