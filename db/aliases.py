"""Alternative names of titles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, insert, select

from db.models import AnimeAlias
from domain.titles import AliasKind


class Alias(NamedTuple):
    """An alternative name of one title."""

    anime_id: int
    title: str
    kind: AliasKind


def insert_aliases(connection: Connection, aliases: Sequence[Alias]) -> set[int]:
    """Insert the aliases that are missing; return the ids of the titles that gained one.

    Of an alias given twice, the first one's kind is stored.
    """
    ids = {alias.anime_id for alias in aliases}
    present = {
        (row.anime_id, row.title)
        for row in connection.execute(
            select(AnimeAlias.anime_id, AnimeAlias.title).where(AnimeAlias.anime_id.in_(ids))
        )
    }
    new = {
        (alias.anime_id, alias.title): alias
        for alias in reversed(aliases)
        if (alias.anime_id, alias.title) not in present
    }
    if new:
        connection.execute(insert(AnimeAlias), [alias._asdict() for alias in new.values()])
    return {anime_id for anime_id, _ in new}
