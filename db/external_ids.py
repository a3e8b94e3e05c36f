"""Ids of titles on other sites."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, insert, select, tuple_

from db.bulk import batches
from db.models import ExternalId

_BATCH = 200  # ids of one statement, each with its site
_ROWS = 5_000  # of one statement

Mapped = tuple[str, str, int]  # site, id there, anime id


def anime_ids_of(connection: Connection, ids: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """(site, id there) -> anime id; the lowest, where several titles here are one there."""
    found: dict[tuple[str, str], int] = {}
    columns = (ExternalId.site, ExternalId.external_id)
    for wanted in batches(sorted(set(ids)), _BATCH):
        statement = select(*columns, ExternalId.anime_id).where(tuple_(*columns).in_(wanted))
        for site, external_id, anime_id in connection.execute(statement.order_by(ExternalId.anime_id.desc())):
            found[site, external_id] = anime_id
    return found


def titles_with_ids(connection: Connection, site: str, ids: Iterable[str]) -> list[int]:
    """Every title that has one of these ids on a site, in order."""
    statement = select(ExternalId.anime_id).where(
        ExternalId.site == site, ExternalId.external_id.in_(list(ids))
    )
    return list(connection.execute(statement.distinct().order_by(ExternalId.anime_id)).scalars())


def add_external_ids(connection: Connection, mapped: Collection[Mapped]) -> int:
    """Add ids that are not stored yet; return how many are new. The connection must be in a transaction."""
    columns = (ExternalId.site, ExternalId.external_id, ExternalId.anime_id)
    stored = {tuple(row) for row in connection.execute(select(*columns))}
    new = sorted(set(mapped) - stored)
    for batch in batches(new, _ROWS):
        rows = [
            {"site": site, "external_id": external_id, "anime_id": anime_id}
            for site, external_id, anime_id in batch
        ]
        connection.execute(insert(ExternalId), rows)
    return len(new)
