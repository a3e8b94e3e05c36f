"""Relations between titles (sequel, side story, unrelated, …), stored by source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import Connection, delete, func, insert, select

from db.bulk import batches
from db.models import AnimeRelation
from db.revisions import take_revision
from domain.relations import Relation

_BATCH = 5_000  # rows of one statement
_COLUMNS = (AnimeRelation.anime_id, AnimeRelation.related_id, AnimeRelation.kind)


def load_relations(connection: Connection) -> list[Relation]:
    """The relations of all sources without repeats, in order."""
    return [Relation(*row) for row in connection.execute(select(*_COLUMNS).distinct().order_by(*_COLUMNS))]


def count_relations(connection: Connection, source: str) -> int:
    """The number of relations of a source."""
    statement = select(func.count()).select_from(AnimeRelation).where(AnimeRelation.source == source)
    return connection.execute(statement).scalar_one()


def replace_relations(connection: Connection, source: str, relations: Iterable[Relation]) -> int:
    """Replace all relations of a source; return how many of them are new.

    Takes a revision if anything changes. The connection must be in a write transaction.
    """
    stored = connection.execute(select(*_COLUMNS).where(AnimeRelation.source == source))
    before = {Relation(*row) for row in stored}
    after = set(relations)
    if after == before:
        return 0
    connection.execute(delete(AnimeRelation).where(AnimeRelation.source == source))
    rows = [{"source": source, **asdict(relation)} for relation in sorted(after)]
    for batch in batches(rows, _BATCH):
        connection.execute(insert(AnimeRelation), batch)
    take_revision(connection)
    return len(after - before)
