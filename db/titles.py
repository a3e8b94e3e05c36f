"""The titles of the catalog, with all their names."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from db.models import Anime, AnimeAlias
from domain.titles import Title

_BATCH = 500  # ids of one statement


def load_titles(connection: Connection) -> list[Title]:
    """Every title, ordered by id; its aliases are ordered by name."""
    aliases: dict[int, list[tuple[str, str]]] = {}
    statement = select(AnimeAlias.anime_id, AnimeAlias.title, AnimeAlias.kind)
    ordered = statement.order_by(AnimeAlias.anime_id, AnimeAlias.title)
    for anime_id, name, kind in connection.execute(ordered):
        aliases.setdefault(anime_id, []).append((name, kind))
    return [
        Title(
            anime_id=row.anime_id,
            name=row.name,
            aliases=tuple(aliases.get(row.anime_id, ())),
            genres=tuple(row.genres or ()),
            type=row.type,
            episodes=row.episodes,
            score=row.score,
            members=row.members,
            year=row.year,
            image_url=row.image_url,
        )
        for row in connection.execute(select(Anime.__table__).order_by(Anime.anime_id))
    ]


def existing_titles(connection: Connection, anime_ids: Iterable[int]) -> set[int]:
    """Those of the ids that are in the catalog."""
    ids = list(anime_ids)
    existing: set[int] = set()
    for start in range(0, len(ids), _BATCH):
        statement = select(Anime.anime_id).where(Anime.anime_id.in_(ids[start : start + _BATCH]))
        existing.update(connection.execute(statement).scalars())
    return existing
