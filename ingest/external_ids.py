"""Ids of titles on other sites, from bangumi-data (CC BY 4.0) and manami's offline database (ODbL)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import ijson
from sqlalchemy import Engine, select

from db.engine import write_transaction
from db.external_ids import Mapped, add_external_ids
from db.models import Anime
from domain.ranges import MAX_ANIME_ID
from ingest.files import Progress, ignore_progress, open_binary
from ingest.report import ImportFileError, ImportReport

MAX_IDS = 2_000_000  # of one file; the offline database has some 300,000
_MAL = "mal"
# bangumi-data's names of sites
_OF_BANGUMI_DATA: Mapping[str, str] = {
    **{"mal": _MAL, "aniList": "anilist", "anidb": "anidb", "bangumi": "bangumi", "tmdb": "tmdb"},
}
# addresses of titles: host -> site, and the id in the rest of the address
_ADDRESS = re.compile(r"https?://(?:www\.)?([a-z.-]+)/(?:anime/)?([\w-]{1,100})(?:/[^/]*)?", re.ASCII)
_OF_HOST: Mapping[str, str] = {
    "myanimelist.net": _MAL,
    "anilist.co": "anilist",
    "anidb.net": "anidb",
    "kitsu.app": "kitsu",
    "kitsu.io": "kitsu",
    "anisearch.com": "anisearch",
    "anime-planet.com": "anime-planet",
    "livechart.me": "livechart",
    "simkl.com": "simkl",
}
_NUMBERED = {_MAL, "anilist", "anidb", "kitsu", "anisearch", "livechart", "simkl", "bangumi"}
# where titles and their ids are, in either file, and in either form of the second
_TITLES = {"items.item", "data.item", ""}
_ADDRESSES = {"data.item.sources.item", "sources.item"}
_SITE, _ID = "items.item.sites.item.site", "items.item.sites.item.id"


def import_external_ids(engine: Engine, path: Path, progress: Progress = ignore_progress) -> ImportReport:
    """Add the ids of a file, in one transaction; those that are stored stay.

    Titles need not be in the catalog: lists are matched before it has them.

    Args:
        path: bangumi-data's `dist/data.json`, or `anime-offline-database*.json[l]`; may be compressed.

    Raises:
        ImportFileError: the file is neither of these; nothing was changed.
    """
    mapped = set()
    for one in read_external_ids(path, progress):
        mapped.add(one)
        if len(mapped) > MAX_IDS:
            raise ImportFileError(f"{path}: more than {MAX_IDS:,} ids. Is it the right file?")
    report = ImportReport(path.name, read=len(mapped))
    with write_transaction(engine) as connection:
        report.loaded = add_external_ids(connection, mapped)
        known = set(connection.execute(select(Anime.anime_id)).scalars())
    report.updated = len({anime_id for _, _, anime_id in mapped if anime_id in known})
    return report


def read_external_ids(path: Path, progress: Progress = ignore_progress) -> Iterator[Mapped]:
    """Yield each id on another site with each MyAnimeList id of the same title, title by title."""
    ids: list[tuple[str, str]] = []
    site: str | None = None
    has_titles = False
    with open_binary(path, progress) as stream:
        try:
            # the second form is one JSON document a line
            for place, kind, value in ijson.parse(stream, multiple_values=True):
                if place in _ADDRESSES and kind == "string":
                    ids += _of_address(value)
                elif place == _SITE:
                    site = _OF_BANGUMI_DATA.get(value)
                elif place == _ID and site is not None and isinstance(value, str):
                    ids += _checked(site, value)
                elif place in _TITLES and kind == "end_map":
                    has_titles = has_titles or bool(place or ids)
                    anime_ids = sorted({int(text) for name, text in ids if name == _MAL})
                    for anime_id in anime_ids:
                        yield from ((name, text, anime_id) for name, text in ids if name != _MAL)
                    ids = []
        except (ijson.JSONError, UnicodeDecodeError) as error:
            reason = " ".join(str(error).split())[:100]
            raise ImportFileError(f"{path}: not JSON ({reason}). Download it again.") from None
    if not has_titles:
        raise ImportFileError(
            f"{path}: it has no titles. Expected dist/data.json of the npm package bangumi-data, or an "
            "anime-offline-database."
        )


def _of_address(address: str) -> list[tuple[str, str]]:
    match = _ADDRESS.fullmatch(address)
    site = _OF_HOST.get(match[1]) if match else None
    return _checked(site, match[2]) if match and site else []


def _checked(site: str, text: str) -> list[tuple[str, str]]:
    """The id, unless no id of the site looks like that."""
    text = text.strip()
    if not text or len(text) > 100 or not text.isprintable():
        return []
    if site in _NUMBERED and not (text.isascii() and text.isdigit() and len(text) <= 10):
        return []
    return [] if site == _MAL and not 0 < int(text) <= MAX_ANIME_ID else [(site, text)]
