"""Titles from season lists of the MyAnimeList API v2 (`/v2/anime/season/{year}/{season}`)."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from pydantic import Field

from domain.titles import NSFW_AGE_RATING, SEASON_NAMES, AgeRating, AiringStatus, AliasKind, Season
from ingest.files import open_binary
from ingest.report import ImportFileError
from ingest.source_titles import (
    MAX_EPISODES,
    MAX_MINUTES,
    YEARS,
    SourceModel,
    SourceTitle,
    aired_columns,
    aliases_of,
    clean,
    clean_names,
    cover_of,
    day_of,
    known,
    parse,
)

MAX_BYTES = 200_000_000
FIELDS = (
    "alternative_titles,start_date,end_date,synopsis,mean,num_list_users,nsfw,media_type,status,genres,"
    "num_episodes,start_season,source,average_episode_duration,rating,studios"
)
_TYPES = {
    **{"tv": "TV", "movie": "Movie", "ova": "OVA", "ona": "ONA", "special": "Special", "music": "Music"},
    **{"tv_special": "Special", "cm": "Special", "pv": "Special"},
}
_STATUSES: dict[str, AiringStatus] = {
    "finished_airing": "finished",
    "currently_airing": "airing",
    "not_yet_aired": "upcoming",
}
_AGE_RATINGS: dict[str, AgeRating] = {
    **{"g": "G", "pg": "PG", "pg_13": "PG-13"},
    **{"r": "R", "r+": "R+", "rx": "Rx"},
}
_ADULT = "black"  # of white, gray and black


class _Named(SourceModel):
    name: str


class _Picture(SourceModel):
    medium: str
    large: str | None = None


class _Names(SourceModel):
    synonyms: list[str] = Field(default_factory=list)
    en: str = ""
    ja: str = ""


class _StartSeason(SourceModel):
    year: int
    season: str


class _Node(SourceModel):
    id: int
    title: str
    media_type: str
    status: str
    main_picture: _Picture | None = None
    alternative_titles: _Names | None = None
    start_date: str = ""
    end_date: str = ""
    synopsis: str = ""
    mean: float | None = None
    num_list_users: int = 0
    nsfw: str | None = None
    genres: list[_Named] = Field(default_factory=list)
    num_episodes: int = 0
    start_season: _StartSeason | None = None
    source: str | None = None
    average_episode_duration: int | None = None
    rating: str | None = None
    studios: list[_Named] = Field(default_factory=list)


class _Listed(SourceModel):
    node: _Node


class _Page(SourceModel):
    data: list[_Listed]


def read_mal_seasons(path: Path) -> Iterator[SourceTitle]:
    """Yield the titles of a file of the API's answers, one after the other.

    Raises:
        ImportFileError: the file cannot be read, or is not of this format.
    """
    for number, page in enumerate(_documents(path), start=1):
        for listed in parse(_Page, page, path, f"answer {number}").data:
            if listed.node.id > 0 and (names := clean_names([listed.node.title])):
                yield _title(listed.node, names[0])


def _title(node: _Node, name: str) -> SourceTitle:
    others = node.alternative_titles or _Names()
    named: list[tuple[str, AliasKind]] = [(others.en, "english"), (others.ja, "japanese")]
    named += [(synonym, "synonym") for synonym in [name, *others.synonyms]]
    return SourceTitle(node.id, _columns(node, name), aliases_of(named))


def _columns(node: _Node, name: str) -> dict[str, Any]:
    season = _season(node)
    minutes = round((node.average_episode_duration or 0) / 60)
    adult = node.nsfw == _ADULT
    year = node.start_date[:4]
    return known(
        {
            "name": name,
            "type": _TYPES.get(node.media_type),
            "episodes": node.num_episodes if 0 < node.num_episodes <= MAX_EPISODES else None,
            "score": node.mean if node.mean and 1 <= node.mean <= 10 else None,
            "members": node.num_list_users if node.num_list_users > 0 else None,
            **aired_columns(day_of(node.start_date), day_of(node.end_date)),
            **({"year": int(year)} if year.isdigit() and int(year) in YEARS else {}),
            **({"season": season.name, "season_year": season.year} if season else {}),
            "image_url": cover_of(node.main_picture.medium) if node.main_picture else None,
            "studios": clean_names(studio.name for studio in node.studios),
            "genres": clean_names(genre.name for genre in node.genres),
            "source": clean(node.source.replace("_", " ")).capitalize() if node.source else None,
            "duration_minutes": minutes if 0 < minutes <= MAX_MINUTES else None,
            "airing_status": _STATUSES.get(node.status),
            "age_rating": NSFW_AGE_RATING if adult else _AGE_RATINGS.get(node.rating or ""),
            "synopsis": _synopsis(node.synopsis),
        }
    )


def _season(node: _Node) -> Season | None:
    start = node.start_season
    if start is None or start.year not in YEARS:
        return None
    return next((Season(start.year, name) for name in SEASON_NAMES if name == start.season), None)


def _synopsis(text: str) -> str | None:
    paragraphs = [clean(line) for line in text.splitlines()]
    return "\n".join(paragraphs).strip() or None


def _documents(path: Path) -> Iterator[Any]:
    """Yield each JSON document of a file that has one after the other."""
    with open_binary(path) as stream:
        content = io.BufferedReader(cast(io.RawIOBase, stream)).read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ImportFileError(f"{path}: larger than {MAX_BYTES:,} bytes.")
    try:
        text = content.decode("utf-8-sig").strip()
        while text:
            document, end = json.JSONDecoder().raw_decode(text)
            yield document
            text = text[end:].lstrip()
    except (ValueError, RecursionError) as error:
        raise ImportFileError(f"{path}: not answers of the MyAnimeList API ({str(error)[:100]}).") from None
