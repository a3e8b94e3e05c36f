"""Titles and relations from manami-project's anime-offline-database (.json or .jsonl; ODbL).

The kind of a relation is not in the file: each pair is `same_franchise`, with the smaller id first. Names of
studios, producers and tags are in lower case.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from pydantic import Field

from domain.ranges import MAX_ANIME_ID
from domain.relations import Relation
from domain.titles import NSFW_AGE_RATING, AiringStatus
from ingest.files import Progress, ignore_progress, open_binary
from ingest.report import ImportFileError
from ingest.source_titles import (
    MAX_EPISODES,
    MAX_MINUTES,
    YEARS,
    SourceModel,
    SourceTitle,
    aliases_of,
    clean_names,
    cover_of,
    known,
    parse,
)

MAX_BYTES = 200_000_000  # of one .json; .jsonl is read line by line
MAX_LINE = 1_000_000  # bytes of one title of .jsonl
_MYANIMELIST = re.compile(r"https?://(?:www\.)?myanimelist\.net/anime/(\d{1,10})(?:/[^/]*)?", re.ASCII)
_RELATED = ("relatedAnime", "relations")  # the name since 2024, and the one before
_TYPES = {"TV": "TV", "MOVIE": "Movie", "OVA": "OVA", "ONA": "ONA", "SPECIAL": "Special"}
_STATUSES: dict[str, AiringStatus] = {"FINISHED": "finished", "ONGOING": "airing", "UPCOMING": "upcoming"}
_SEASONS = {"WINTER": "winter", "SPRING": "spring", "SUMMER": "summer", "FALL": "fall"}
_ADULT_TAGS = frozenset({"hentai", "18 restricted"})


class _Season(SourceModel):
    season: str
    year: int | None = None


class _Duration(SourceModel):
    value: int
    unit: str


class _Entry(SourceModel):
    title: str
    type: str
    episodes: int
    status: str
    animeSeason: _Season  # noqa: N815 - as it is in the file
    picture: str
    duration: _Duration | None = None
    synonyms: list[str]
    studios: list[str] = Field(default_factory=list)  # there since 2025
    producers: list[str] = Field(default_factory=list)
    tags: list[str]


def read_offline_titles(path: Path, progress: Progress = ignore_progress) -> Iterator[SourceTitle]:
    """Yield a title for each MyAnimeList id of each entry.

    Raises:
        ImportFileError: as `open_binary`; or the file is too large, not JSON, or has another format.
    """
    for place, item in _items(path, progress):
        if ids := _ids(path, place, item, ("sources",)):
            entry = parse(_Entry, item, path, place)
            if names := clean_names([entry.title]):
                aliases = aliases_of((name, "synonym") for name in [*names, *entry.synonyms])
                yield from (SourceTitle(anime_id, _columns(entry, names[0]), aliases) for anime_id in ids)


def _columns(entry: _Entry, name: str) -> dict[str, Any]:
    year = entry.animeSeason.year if entry.animeSeason.year in YEARS else None
    season = _SEASONS.get(entry.animeSeason.season) if year else None
    tags = clean_names(tag.lower() for tag in entry.tags)
    minutes = round(entry.duration.value / 60) if entry.duration and entry.duration.unit == "SECONDS" else 0
    return known(
        {
            "name": name,
            "type": _TYPES.get(entry.type),
            "episodes": entry.episodes if 0 < entry.episodes <= MAX_EPISODES else None,
            "airing_status": _STATUSES.get(entry.status),
            "year": year,
            "season": season,
            "season_year": year if season else None,
            "image_url": cover_of(entry.picture),
            "duration_minutes": minutes if 0 < minutes <= MAX_MINUTES else None,
            "studios": clean_names(entry.studios),
            "producers": clean_names(entry.producers),
            "tags": tags,
            "age_rating": NSFW_AGE_RATING if _ADULT_TAGS.intersection(tags) else None,
        }
    )


def read_offline_database(path: Path, progress: Progress = ignore_progress) -> Iterator[Relation]:
    """Yield each pair of related MyAnimeList titles, repeated if both titles list it.

    Raises:
        ImportFileError: as `open_binary`; or the file is too large, not JSON, or has an invalid field.
    """
    for place, item in _items(path, progress):
        related = _ids(path, place, item, _RELATED)
        for own in _ids(path, place, item, ("sources",)):
            for other in related:
                if own != other:
                    yield Relation(min(own, other), max(own, other), "same_franchise")


def _items(path: Path, progress: Progress) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (location in the file, JSON object) of each title."""
    with open_binary(path, progress) as binary:
        stream = io.BufferedReader(cast(io.RawIOBase, binary))
        first = stream.readline(MAX_LINE)
        if _is_complete_object(first):
            yield from _lines(path, stream, first)
        else:
            yield from _document(path, first + stream.read(MAX_BYTES + 1))


def _is_complete_object(first: bytes) -> bool:
    try:
        value = json.loads(first)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and "data" not in value


def _lines(path: Path, stream: IO[bytes], line: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the titles of .jsonl, one per line; the first line may be metadata."""
    number = 1
    while line:
        place = f"line {number}"
        if len(line) == MAX_LINE:
            raise ImportFileError(f"{path}: {place}: longer than {MAX_LINE:,} bytes.")
        if line.strip():
            item = _object(path, place, _parse(path, place, line))
            if number > 1 or "sources" in item:
                yield place, item
        line, number = stream.readline(MAX_LINE), number + 1


def _document(path: Path, text: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the titles of .json, the list `data`."""
    if len(text) > MAX_BYTES:
        raise ImportFileError(f"{path}: larger than {MAX_BYTES:,} bytes. Import the .jsonl form instead.")
    document = _parse(path, "the file", text)
    if not (isinstance(document, dict) and isinstance(document.get("data"), list)):
        raise ImportFileError(f"{path}: not an anime-offline-database: it has no list `data`.")
    for index, item in enumerate(document["data"]):
        yield f"data[{index}]", _object(path, f"data[{index}]", item)


def _parse(path: Path, place: str, text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ImportFileError(f"{path}: {place} is not JSON ({str(error)[:100]}).") from None


def _object(path: Path, place: str, item: Any) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise ImportFileError(f"{path}: {place} is not an object.")
    return item


def _ids(path: Path, place: str, item: dict[str, Any], fields: tuple[str, ...]) -> list[int]:
    """Return the MyAnimeList ids among the URLs in the first of `fields` that the title has."""
    field = next((field for field in fields if field in item), fields[0])
    urls = item.get(field)
    if not (isinstance(urls, list) and all(isinstance(url, str) for url in urls)):
        raise ImportFileError(f"{path}: {place}.{field} is not a list of URLs.")
    found = (_MYANIMELIST.fullmatch(url) for url in urls)
    ids = [int(match[1]) for match in found if match]
    for anime_id in ids:
        if not 0 < anime_id <= MAX_ANIME_ID:
            raise ImportFileError(f"{path}: {place}.{field} has the invalid MyAnimeList id {anime_id}.")
    return ids
