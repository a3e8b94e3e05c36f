"""Ids on other sites from bangumi-data and the offline database."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import zstandard
from sqlalchemy import Engine

from ingest.external_ids import import_external_ids
from ingest.report import ImportFileError
from tests.db.helpers import contents, put_titles

BANGUMI_DATA = {
    "siteMeta": {"bangumi": {"title": "x", "urlTemplate": "https://bangumi.tv/subject/{{id}}"}},
    "items": [
        {
            "title": "カウボーイビバップ",
            "titleTranslate": {"en": ["Cowboy Bebop"]},
            "sites": [
                {"site": "bangumi", "id": "253"},
                {"site": "tmdb", "id": "tv/30991/season/1"},
                {"site": "gamer", "id": "x", "begin": ""},
                {"site": "aniList", "id": "1"},
                {"site": "mal", "id": "1"},
                {"site": "anidb", "id": "no number"},
            ],
        },
        {"title": "unknown here", "sites": [{"site": "bangumi", "id": "7"}, {"site": "mal", "id": "9999"}]},
        {"title": "nothing to map to", "sites": [{"site": "bangumi", "id": "8"}]},
    ],
}
FROM_BANGUMI_DATA = [
    ("anilist", "1", 1),
    ("bangumi", "253", 1),
    ("bangumi", "7", 9999),
    ("tmdb", "tv/30991/season/1", 1),
]
OFFLINE_TITLES = [
    {
        "sources": [
            "https://anidb.net/anime/23",
            "https://anilist.co/anime/1",
            "https://anime-planet.com/anime/cowboy-bebop",
            "https://anisearch.com/anime/1572",
            "https://kitsu.app/anime/1",
            "https://livechart.me/anime/3418",
            "https://myanimelist.net/anime/1",
            "https://notify.moe/anime/Tk3ccKimg",
            "https://simkl.com/anime/37089",
        ],
        "title": "Cowboy Bebop",
        "relatedAnime": ["https://myanimelist.net/anime/5", "https://anidb.net/anime/1"],
    },
    {"sources": ["https://anidb.net/anime/4"], "title": "nothing to map to", "relatedAnime": []},
]
FROM_OFFLINE_DATABASE = [
    ("anidb", "23", 1),
    ("anilist", "1", 1),
    ("anime-planet", "cowboy-bebop", 1),
    ("anisearch", "1572", 1),
    ("kitsu", "1", 1),
    ("livechart", "3418", 1),
    ("simkl", "37089", 1),
]
DOCUMENT = json.dumps({"license": {"name": "ODbL"}, "data": OFFLINE_TITLES}).encode()
LINES = b"\n".join(
    [b'{"license": {"name": "ODbL"}}', *(json.dumps(title).encode() for title in OFFLINE_TITLES)]
)


def stored(engine: Engine) -> list[Any]:
    return sorted(contents(engine)["external_ids"], key=repr)


def put(folder: Path, content: object, name: str = "data.json") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def test_bangumi_data_maps_ids_of_titles_known_or_not(engine: Engine, tmp_path: Path) -> None:
    put_titles(engine, [1])
    report = import_external_ids(engine, put(tmp_path, BANGUMI_DATA))
    assert stored(engine) == FROM_BANGUMI_DATA
    assert (report.read, report.loaded, report.updated) == (4, 4, 1)


@pytest.mark.parametrize("content", [DOCUMENT, LINES], ids=["json", "jsonl"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress], ids=["plain", "gzip", "zstd"])
def test_offline_database_maps_ids_however_it_comes(
    sqlite_engine: Engine, tmp_path: Path, content: bytes, pack: Any
) -> None:
    import_external_ids(sqlite_engine, put(tmp_path, pack(content)))
    assert stored(sqlite_engine) == FROM_OFFLINE_DATABASE


def test_second_source_adds_what_is_new(engine: Engine, tmp_path: Path) -> None:
    import_external_ids(engine, put(tmp_path, BANGUMI_DATA))
    report = import_external_ids(engine, put(tmp_path, DOCUMENT))
    assert stored(engine) == sorted({*FROM_BANGUMI_DATA, *FROM_OFFLINE_DATABASE}, key=repr)
    assert report.loaded == 6
    assert import_external_ids(engine, put(tmp_path, DOCUMENT)).loaded == 0


PACKED = zstandard.compress(LINES * 2_000)
REFUSED = {
    "no JSON": (b"titles", "not JSON"),
    "half of it": (DOCUMENT[:-100], "not JSON"),
    "other JSON": (b'{"titles": [1]}', "it has no titles"),
    "nothing": (b"", "not JSON"),
    "half a zstd": (PACKED[:-20], "the zstd file is truncated"),
    "a damaged zstd": (PACKED[:4] + b"\xff" * 40, "the zstd file is damaged"),
    "no zstd after all": (zstandard.compress(b"x" * 100) + b"junk", "the zstd file is damaged"),
}


@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED)
def test_unusable_file_changes_nothing(
    sqlite_engine: Engine, tmp_path: Path, content: bytes, reason: str
) -> None:
    with pytest.raises(ImportFileError, match=reason):
        import_external_ids(sqlite_engine, put(tmp_path, content))
    assert stored(sqlite_engine) == []
