"""What sources say of pairs of titles: a sequel, a side story, unrelated, …"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from db.models import AnimeRelation
from db.revisions import take_revision

_BATCH = 5_000


class RelationRow(NamedTuple):
    """`related_id` is the `kind` of `anime_id`: MyAnimeList ids, of titles that are stored or not."""

    anime_id: int
    related_id: int
    kind: str  # one of KINDS


def load_relations(connection: Connection) -> list[RelationRow]:
    """What any source says, once, ordered by (anime_id, related_id, kind)."""
    columns = (AnimeRelation.anime_id, AnimeRelation.related_id, AnimeRelation.kind)
    return [RelationRow(*row) for row in connection.execute(select(*columns).distinct().order_by(*columns))]


def replace_relations(connection: Connection, source: str, relations: Iterable[RelationRow]) -> int:
    """Make `relations` all that a source says; return how many of them are new.

    Takes a revision where anything changes. The connection is in a write transaction.
    """
    columns = (AnimeRelation.anime_id, AnimeRelation.related_id, AnimeRelation.kind)
    found = connection.execute(select(*columns).where(AnimeRelation.source == source))
    before = {RelationRow(*row) for row in found}
    after = set(relations)
    if after == before:
        return 0
    connection.execute(delete(AnimeRelation).where(AnimeRelation.source == source))
    rows = [{"source": source, **relation._asdict()} for relation in sorted(after)]
    for start in range(0, len(rows), _BATCH):
        connection.execute(insert(AnimeRelation), rows[start : start + _BATCH])
    take_revision(connection)
    return len(after - before)
