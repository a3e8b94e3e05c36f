"""Other names of titles, as people type them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from sqlalchemy import Connection, insert, select

from db.models import AnimeAlias

AliasKind = Literal["english", "japanese", "synonym"]


class Alias(NamedTuple):
    """One more name of one title."""

    anime_id: int
    title: str
    kind: AliasKind


def insert_aliases(connection: Connection, aliases: Sequence[Alias]) -> set[int]:
    """Add the aliases that are not there yet; return the ids of the titles that gained one."""
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
