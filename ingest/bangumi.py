"""Titles of a `bangumi-data` file (npm package, CC BY 4.0): names, air dates, where to watch."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import cast
from urllib.parse import quote

from pydantic import Field

from domain.sites import is_web_address
from domain.titles import AliasKind, Offer
from ingest.files import open_binary
from ingest.report import ImportFileError
from ingest.source_titles import (
    SourceModel,
    SourceTitle,
    aired_columns,
    aliases_of,
    anime_id_of,
    clean,
    clean_names,
    known,
    parse,
)

MAX_BYTES = 200_000_000
_TYPES = {"tv": "TV", "movie": "Movie", "ova": "OVA", "web": "ONA"}
_WHERE_TO_WATCH = "onair"  # of info, onair and resource
_JAPAN = timezone(timedelta(hours=9))  # times are in UTC, and an anime airs on a day in Japan
_REGION = re.compile(r"[A-Z]{2}")


class _Site(SourceModel):
    site: str
    id: str = ""
    url: str = ""
    regions: list[str] | None = None


class _SiteMeta(SourceModel):
    title: str
    urlTemplate: str  # noqa: N815 - as it is in the file
    type: str
    regions: list[str] = Field(default_factory=list)


class _Item(SourceModel):
    title: str
    titleTranslate: dict[str, list[str]]  # noqa: N815
    type: str
    lang: str
    begin: str
    end: str
    sites: list[_Site]


class _File(SourceModel):
    siteMeta: dict[str, _SiteMeta]  # noqa: N815
    items: list[_Item]


def read_bangumi_data(path: Path) -> Iterator[SourceTitle]:
    """Yield a title for each MyAnimeList id of each item of `dist/data.json`.

    Raises:
        ImportFileError: the file cannot be read, or is not of this format.
    """
    file = parse(_File, _content(path), path, "")
    services = {name: site for name, site in file.siteMeta.items() if site.type == _WHERE_TO_WATCH}
    for item in file.items:
        title = _title(item, services)
        for site in item.sites:
            if site.site == "mal" and (anime_id := anime_id_of(site.id)) and title:
                columns, aliases, offers = title
                yield SourceTitle(anime_id, columns, aliases, offers)


def _title(
    item: _Item, services: dict[str, _SiteMeta]
) -> tuple[dict[str, object], tuple[tuple[str, AliasKind], ...], tuple[Offer, ...]] | None:
    native: AliasKind = "japanese" if item.lang == "ja" else "english" if item.lang == "en" else "synonym"
    names: list[tuple[str, AliasKind]] = [(item.title, native)]
    for language, translations in item.titleTranslate.items():
        names += [(name, "english" if language == "en" else "synonym") for name in translations]
    main = next(iter(clean_names([*item.titleTranslate.get("en", ()), item.title])), None)
    if main is None:
        return None
    first = _day(item.begin)
    last = None if item.type == "movie" else _day(item.end)
    columns = {"name": main, "type": _TYPES.get(item.type), **aired_columns(first, last)}
    return known(columns), aliases_of(names), tuple(_offers(item, services))


def _offers(item: _Item, services: dict[str, _SiteMeta]) -> Iterator[Offer]:
    for site in item.sites:
        service = services.get(site.site)
        if service and (site.id or site.url):
            url = site.url or service.urlTemplate.replace("{{id}}", quote(site.id, safe="/=&"))
            name, regions = clean(service.title), service.regions if site.regions is None else site.regions
            if name and is_web_address(url):
                found = dict.fromkeys(region for region in regions if _REGION.fullmatch(region))
                yield Offer(name, url, tuple(found))


def _day(text: str) -> date | None:
    """The day in Japan of a time like 2026-04-15T16:00:00.000Z."""
    try:
        return datetime.fromisoformat(text).astimezone(_JAPAN).date()
    except (ValueError, OverflowError):
        return None


def _content(path: Path) -> bytes:
    with open_binary(path) as stream:
        content = io.BufferedReader(cast(io.RawIOBase, stream)).read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ImportFileError(f"{path}: larger than {MAX_BYTES:,} bytes.")
    return content
