"""Titles in more languages from bangumi-data, matched by MyAnimeList id."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from ingest.bangumi import import_bangumi_data
from ingest.report import ImportFileError, ImportReport
from tests.db.helpers import contents, put_titles, revision


@pytest.fixture
def engine(engine: Engine) -> Engine:
    put_titles(engine, [1, 2])
    return engine


@pytest.fixture
def sqlite_engine(sqlite_engine: Engine) -> Engine:
    put_titles(sqlite_engine, [1, 2])
    return sqlite_engine


def item(mal: str | None = "1", **changes: Any) -> dict[str, Any]:
    """Return an item in the format of bangumi-data, with fields that the import ignores."""
    sites = [{"site": "bangumi", "id": "253"}, {"site": "gamer", "id": "x", "begin": ""}]
    return {
        "title": "カウボーイビバップ",
        "titleTranslate": {"en": ["Cowboy Bebop"], "zh-Hans": ["星际牛仔", "恶男杰特"]},
        "type": "tv",
        "lang": "ja",
        "officialSite": "",
        "begin": "1998-04-03T09:00:00.000Z",
        "end": "",
        "sites": [*sites, *([{"site": "mal", "id": mal}] if mal else [])],
        **changes,
    }


def import_items(engine: Engine, folder: Path, *items: object) -> ImportReport:
    path = folder / "data.json"
    path.write_text(json.dumps({"siteMeta": {}, "items": list(items)}), "utf-8")
    return import_bangumi_data(engine, path)


def test_titles_of_every_language_become_aliases(engine: Engine, tmp_path: Path) -> None:
    report = import_items(engine, tmp_path, item())
    assert (report.read, report.updated) == (1, 1)
    assert set(contents(engine)["anime_aliases"]) == {
        (1, "カウボーイビバップ", "japanese"),
        (1, "Cowboy Bebop", "english"),
        (1, "星际牛仔", "synonym"),
        (1, "恶男杰特", "synonym"),
    }
    assert revision(engine) == 1


def test_title_in_another_language_is_a_synonym(engine: Engine, tmp_path: Path) -> None:
    import_items(engine, tmp_path, item(lang="zh-Hans", title="罗小黑战记", titleTranslate={}))
    assert contents(engine)["anime_aliases"] == [(1, "罗小黑战记", "synonym")]


@pytest.mark.parametrize("mal", [None, "", "404", "x"])
def test_items_without_a_known_title_are_skipped(
    sqlite_engine: Engine, tmp_path: Path, mal: str | None
) -> None:
    report = import_items(sqlite_engine, tmp_path, item(mal))
    assert (report.read, report.updated, report.rejected) == (1, 0, 0)
    assert contents(sqlite_engine)["anime_aliases"] == []
    assert revision(sqlite_engine) == 0


def test_second_import_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    import_items(engine, tmp_path, item())
    before = contents(engine)
    assert import_items(engine, tmp_path, item()).updated == 0
    assert contents(engine) == before


def test_empty_names_and_extra_spaces_are_removed(sqlite_engine: Engine, tmp_path: Path) -> None:
    import_items(sqlite_engine, tmp_path, item(title=" A  B ", titleTranslate={"en": ["", " "]}))
    assert contents(sqlite_engine)["anime_aliases"] == [(1, "A B", "japanese")]


def test_title_with_many_names_is_counted_once(engine: Engine, tmp_path: Path) -> None:
    report = import_items(engine, tmp_path, item(titleTranslate={"en": [f"Name {i}" for i in range(1_200)]}))
    assert len(contents(engine)["anime_aliases"]) == 1_201
    assert report.updated == 1


@pytest.mark.parametrize("title", ["Nul\x00", "Half a pair \ud800"])
def test_unstorable_name_is_cleaned_or_refused(engine: Engine, tmp_path: Path, title: str) -> None:
    try:
        import_items(engine, tmp_path, item(title=title), item("2", title="Two"))
    except ImportFileError:
        assert contents(engine)["anime_aliases"] == []
    else:
        assert (2, "Two", "japanese") in contents(engine)["anime_aliases"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"\xff\xfe\x00",
        b"[]",
        b"5",
        b'"text"',
        b"null",
        b"{}",
        b'{"items": 5}',
        b'{"items": null}',
        b'{"items": [5]}',
        b'{"items": ["text"]}',
        b'{"items": [{"title": "x"}]}',
        b'{"items": [{"title": 5, "lang": "ja", "titleTranslate": {}, "sites": [{"site": "mal", "id": "1"}'
        b"]}]}",
        b'{"items": [{"title": "x", "lang": "ja", "titleTranslate": [], "sites": []}]}',
    ],
)
def test_other_file_is_refused(sqlite_engine: Engine, tmp_path: Path, content: bytes) -> None:
    before = contents(sqlite_engine)
    path = tmp_path / "other.json"
    path.write_bytes(content)
    with pytest.raises(ImportFileError, match="not a bangumi-data file"):
        import_bangumi_data(sqlite_engine, path)
    assert contents(sqlite_engine) == before


def test_missing_file_and_folder_are_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match=r"cannot be read \(No such file"):
        import_bangumi_data(sqlite_engine, tmp_path / "missing.json")
    with pytest.raises(ImportFileError, match=r"cannot be read \(Is a directory"):
        import_bangumi_data(sqlite_engine, tmp_path)
