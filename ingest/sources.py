"""The sources of the catalog in one table: license, address, what they give, and which one is believed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from domain.relations import Relation
from ingest.bangumi import read_bangumi_data
from ingest.mal_seasons import read_mal_seasons
from ingest.offline_database import read_offline_database, read_offline_titles
from ingest.source_titles import SourceTitle


@dataclass(frozen=True)
class Source:
    """A source of titles.

    Attributes:
        name: in `catalog_sources`, `anime.origins` and `anime_offers`.
        label, license, license_url, homepage: as people are shown them.
        gives: what comes from it, as the rest of a sentence.
        address: of its file, or of its season lists; https. None: files that are imported by hand.
        max_bytes: a larger download is refused; decompressed where the server compresses it.
        read: the titles of its file.
        member: the place of its file in a package (.tgz), where it comes in one.
        relations: the relations between titles of its file, None where it has none.
        external_ids: its file has ids of other sites.
        relation_source: the name that its relations are stored under.
        seasonal: its address has a list for each season, not a file of all titles.
        lower_case: it writes names of genres and companies in lower case, genres among its tags.
    """

    name: str
    label: str
    license: str
    license_url: str
    homepage: str
    gives: str
    address: str | None = None
    max_bytes: int = 0
    read: Callable[[Path], Iterator[SourceTitle]] | None = None
    member: str = ""
    relations: Callable[[Path], Iterator[Relation]] | None = None
    relation_source: str = ""
    external_ids: bool = False
    seasonal: bool = False
    lower_case: bool = False


MYANIMELIST = Source(
    name="myanimelist",
    label="MyAnimeList API",
    license="API License Agreement",
    license_url="https://myanimelist.net/static/apiagreement.html",
    homepage="https://myanimelist.net/apiconfig/references/api/v2",
    gives="new titles by season, names, dates, synopsis, scores, genres, studios, age ratings, covers",
    address="https://api.myanimelist.net/v2/anime/season",
    max_bytes=20_000_000,  # of one answer
    read=read_mal_seasons,
    seasonal=True,
)
DATA_SET = Source(
    name="data-set",
    label="MyAnimeList data set",
    license="that of the data set",
    license_url="https://www.kaggle.com/datasets?search=myanimelist",
    homepage="https://www.kaggle.com/datasets?search=myanimelist",
    gives="titles and what is known of them, imported from files",
)
OFFLINE_DATABASE = Source(
    name="anime-offline-database",
    label="anime-offline-database",
    license="ODbL 1.0",
    license_url="https://opendatacommons.org/licenses/odbl/1-0/",
    homepage="https://github.com/manami-project/anime-offline-database",
    gives="new titles, names, tags, relations, studios, seasons, covers, ids on other sites",
    address="https://github.com/manami-project/anime-offline-database/releases/latest/download/"
    "anime-offline-database.jsonl.zst",
    max_bytes=200_000_000,
    read=read_offline_titles,
    relations=read_offline_database,
    relation_source="manami",
    external_ids=True,
    lower_case=True,
)
BANGUMI_DATA = Source(
    name="bangumi-data",
    label="bangumi-data",
    license="CC BY 4.0",
    license_url="https://creativecommons.org/licenses/by/4.0/",
    homepage="https://github.com/bangumi-data/bangumi-data",
    gives="new titles, names in Japanese, English and Chinese, air dates, where to watch, ids on other sites",
    address="https://unpkg.com/bangumi-data@0.3/dist/data.json",
    max_bytes=50_000_000,
    read=read_bangumi_data,
    member="package/dist/data.json",
    external_ids=True,
)
# the one that is believed first; a later one changes nothing that an earlier one knows
SOURCES = (MYANIMELIST, DATA_SET, OFFLINE_DATABASE, BANGUMI_DATA)
REFRESHED = tuple(source for source in SOURCES if source.address)
BY_NAME = {source.name: source for source in SOURCES}


def rank(name: str) -> int:
    """The place of a source among `SOURCES`: of two, the lower is believed. Unknown ones come last."""
    return next((place for place, source in enumerate(SOURCES) if source.name == name), len(SOURCES))
