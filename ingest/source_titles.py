"""One title according to one source, in the columns of the catalog; what readers of sources share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from domain.hosts import COVER_HOSTS
from domain.ranges import MAX_ANIME_ID
from domain.titles import AliasKind, Offer, Season
from ingest.report import ImportFileError

MAX_ALIASES = 40  # of one title; sources list spellings in dozens of languages
MAX_NAME = 300  # characters
YEARS, MAX_EPISODES, MAX_MINUTES = range(1900, 2101), 100_000, 10_000  # beyond these a value is an error
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class SourceTitle:
    """One title according to a source.

    Attributes:
        columns: of `db.models.Anime`, those that the source knows; its `name` is among them.
        aliases: every name that the source has, `name` among them.
    """

    anime_id: int
    columns: Mapping[str, Any]
    aliases: tuple[tuple[str, AliasKind], ...] = ()
    offers: tuple[Offer, ...] = ()


class SourceModel(BaseModel):
    """A piece of a source's file: what is read must be there and of its type, the rest is ignored."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


def parse(model: type[Model], content: object, path: Path, place: str) -> Model:
    """Validate a piece of a file.

    Args:
        content: what JSON was read as, or JSON as bytes.
        place: where in the file it is, for the message; may be empty.

    Raises:
        ImportFileError: it is not JSON, or not of this shape; the message says where.
    """
    try:
        if isinstance(content, bytes):
            return model.model_validate_json(content)
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        if first["type"] == "json_invalid":
            reason = first["msg"].removeprefix("Invalid JSON: ")[:150]
            raise ImportFileError(f"{path}: not JSON, or cut off ({reason}).") from None
        where = ".".join([*([place] if place else []), *map(str, first["loc"])]) or "the file"
        raise ImportFileError(f"{path}: {where}: {first['msg'][:150]}; has its format changed?") from None
    except RecursionError:
        raise ImportFileError(f"{path}: {place or 'the file'} is nested too deeply.") from None


def anime_id_of(text: str) -> int | None:
    """A MyAnimeList id, None for any other text."""
    if text.isascii() and text.isdigit() and len(text) <= 10 and 0 < int(text) <= MAX_ANIME_ID:
        return int(text)
    return None


def clean(text: str) -> str:
    """Replace each run of white space and unprintable characters with one space."""
    if not text.isprintable():
        text = "".join(ch if ch.isprintable() else " " for ch in text)
    return " ".join(text.split())


def clean_names(names: Iterable[str]) -> list[str]:
    """The names, cleaned, each once; blank and overlong ones are dropped."""
    return [name for name in dict.fromkeys(map(clean, names)) if 0 < len(name) <= MAX_NAME]


def aliases_of(named: Iterable[tuple[str, AliasKind]]) -> tuple[tuple[str, AliasKind], ...]:
    """The names, cleaned, each once with the kind it had first; the first `MAX_ALIASES`."""
    found: dict[str, AliasKind] = {}
    for text, kind in named:
        for alias in clean_names([text]):
            found.setdefault(alias, kind)
    return tuple(found.items())[:MAX_ALIASES]


def known(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The columns without those that are unknown: None and empty lists."""
    return {name: value for name, value in columns.items() if value is not None and value != []}


def aired_columns(first: date | None, last: date | None) -> dict[str, Any]:
    """The first and last day on air, with the year and season that follow from the first."""
    season = Season.of(first) if first else None
    return {
        "aired_from": first,
        "aired_to": last,
        "year": first and first.year,
        "season": season and season.name,
        "season_year": season and season.year,
    }


def day_of(text: str) -> date | None:
    """The day of an ISO date, None for a part of one or for any other text."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def cover_of(url: str) -> str | None:
    """The address of a picture that pages may load, None for any other."""
    if not url.isascii() or not url.isprintable() or " " in url:
        return None
    return url if url.startswith(tuple(f"{host}/" for host in COVER_HOSTS)) else None
