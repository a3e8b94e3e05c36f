"""The sources of the catalog: when each was last imported, and what tells whether it has changed since."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, select, update

from db.models import CatalogSource


class SourceState(NamedTuple):
    """A source as of its last import, or of when it was last found to be unchanged; in UTC."""

    imported_at: datetime
    titles: int
    etag: str | None = None
    last_modified: str | None = None


def load_sources(connection: Connection) -> dict[str, SourceState]:
    """Name -> state of every source that was ever imported, by name."""
    rows = connection.execute(select(CatalogSource.__table__).order_by(CatalogSource.name))
    return {
        row.name: SourceState(row.imported_at.replace(tzinfo=UTC), row.titles, row.etag, row.last_modified)
        for row in rows
    }


def record_import(
    connection: Connection,
    name: str,
    titles: int,
    etag: str | None = None,
    last_modified: str | None = None,
) -> None:
    """Record that a source was imported now. The connection must be in a write transaction."""
    state = {"imported_at": _now(), "titles": titles, "etag": etag, "last_modified": last_modified}
    if not connection.execute(_update(name).values(state)).rowcount:
        connection.execute(insert(CatalogSource), [{"name": name, **state}])


def record_unchanged(connection: Connection, name: str) -> None:
    """Record that what was imported of a source is what it has now."""
    connection.execute(_update(name).values(imported_at=_now()))


def _update(name: str) -> Any:
    return update(CatalogSource).where(CatalogSource.name == name)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
