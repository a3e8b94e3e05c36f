"""Reads the catalog as plain columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from db.models import Anime, AnimeAlias

_BATCH = 500  # ids of one statement


@dataclass(frozen=True)
class TitleRow:
    """One title with all its names. None means unknown."""

    anime_id: int
    name: str
    aliases: tuple[tuple[str, str], ...]  # (name, kind)
    genres: tuple[str, ...]
    type: str | None
    episodes: int | None
    score: float | None
    members: int | None
    year: int | None
    image_url: str | None


def load_titles(connection: Connection) -> list[TitleRow]:
    """Every title, ordered by id."""
    aliases: dict[int, list[tuple[str, str]]] = {}
    found = select(AnimeAlias.anime_id, AnimeAlias.title, AnimeAlias.kind)
    for anime_id, title, kind in connection.execute(found.order_by(AnimeAlias.anime_id, AnimeAlias.title)):
        aliases.setdefault(anime_id, []).append((title, kind))
    return [
        TitleRow(
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
    """Those of the ids that are titles of the catalog."""
    asked = list(anime_ids)
    found: set[int] = set()
    for start in range(0, len(asked), _BATCH):
        statement = select(Anime.anime_id).where(Anime.anime_id.in_(asked[start : start + _BATCH]))
        found.update(connection.execute(statement).scalars())
    return found
