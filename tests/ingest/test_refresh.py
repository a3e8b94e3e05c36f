"""Refreshes of one source, from a local server: what changes, and what changes nothing."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import zstandard
from sqlalchemy import Engine

from db.engine import read_transaction
from db.sources import load_sources
from domain.titles import Season
from ingest import refresh as refresh_module
from ingest.fetch import Fetcher
from ingest.mal_lists import seasons_around
from ingest.refresh import RefreshOptions, RefreshReport, refresh
from ingest.report import ImportFileError
from ingest.sources import BANGUMI_DATA, MYANIMELIST, OFFLINE_DATABASE, Source
from tests.db.helpers import contents, revision
from tests.ingest.source_files import (
    bangumi_data,
    bangumi_item,
    mal_answer,
    mal_node,
    offline_database,
    offline_entry,
)
from tests.ingest.source_server import Answer, SourceServer, source_server

OPTIONS = RefreshOptions(fetcher=Fetcher(attempts=2, longest_wait_s=0, pause_s=0), mal_client_id="client")
ITEMS = [bangumi_item(str(i)) for i in range(1, 5)]
ENTRIES = [
    offline_entry(i, relatedAnime=[f"https://myanimelist.net/anime/{i + 1}"], title=f"Entry {i}")
    for i in range(1, 5)
]


@pytest.fixture
def server() -> Iterator[SourceServer]:
    with source_server() as server:
        yield server


def known(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """The content of the database, without when sources were imported."""
    found = contents(engine)
    found["catalog_sources"] = [(row[0], *row[2:]) for row in found["catalog_sources"]]
    return found


def from_server(
    engine: Engine, server: SourceServer, source: Source, *answers: Answer, **options: Any
) -> RefreshReport:
    address = server.at("/source", *answers)
    return refresh(engine, replace(source, address=address), replace(OPTIONS, **options))


def test_bangumi_data_fills_the_catalog(engine: Engine, server: SourceServer) -> None:
    report = from_server(engine, server, BANGUMI_DATA, Answer(bangumi_data(*ITEMS), etag='"1"'))
    assert (report.titles, report.merged.added, report.offers, report.relations) == (4, 4, 4, 0)
    assert report.external_ids == 4
    assert contents(engine)["external_ids"][0] == ("bangumi", "253", 1)
    assert revision(engine) == 1
    with read_transaction(engine) as connection:
        state = load_sources(connection)["bangumi-data"]
    assert (state.titles, state.etag) == (4, '"1"')
    assert abs((datetime.now(UTC) - state.imported_at).total_seconds()) < 600


def test_unchanged_source_is_only_found_to_be_so(engine: Engine, server: SourceServer) -> None:
    first = Answer(bangumi_data(*ITEMS), etag='"1"')
    from_server(engine, server, BANGUMI_DATA, first)
    before = contents(engine)
    report = from_server(engine, server, BANGUMI_DATA, first)
    assert report.unchanged_since is not None
    assert known(engine) == {**before, "catalog_sources": [("bangumi-data", 4, '"1"', None)]}
    assert contents(engine)["catalog_sources"] > before["catalog_sources"]  # found to be as new as this
    forced = from_server(engine, server, BANGUMI_DATA, first, force=True)
    assert (forced.unchanged_since, forced.merged.changed, forced.merged.added) == (None, 0, 0)
    assert revision(engine) == 1


def test_offline_database_brings_relations(engine: Engine, server: SourceServer) -> None:
    content = zstandard.compress(offline_database(*ENTRIES))
    report = from_server(engine, server, OFFLINE_DATABASE, Answer(content))
    assert (report.merged.added, report.relations, report.external_ids) == (4, 4, 4)
    assert [row[0] for row in contents(engine)["anime_relations"]] == ["manami"] * 4
    assert contents(engine)["external_ids"][0] == ("anidb", "4563", 1)


def test_dry_run_reports_and_saves_nothing(engine: Engine, server: SourceServer) -> None:
    before = contents(engine)
    report = from_server(engine, server, OFFLINE_DATABASE, Answer(offline_database(*ENTRIES)), dry_run=True)
    assert (report.merged.added, report.relations) == (4, 4)
    assert contents(engine) == before


def test_endless_source_is_refused(
    sqlite_engine: Engine, server: SourceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh_module, "MAX_TITLES", 3)
    before = contents(sqlite_engine)
    with pytest.raises(ImportFileError, match="bangumi-data: it has more than 3 titles; nothing was changed"):
        from_server(sqlite_engine, server, BANGUMI_DATA, Answer(bangumi_data(*ITEMS)))
    assert contents(sqlite_engine) == before


def test_source_with_one_id_twice_is_merged(sqlite_engine: Engine, server: SourceServer) -> None:
    items = [bangumi_item("1", titleTranslate={"en": [name]}) for name in ("Part 1", "Part 2")]
    from_server(sqlite_engine, server, BANGUMI_DATA, Answer(bangumi_data(*items)))
    found = contents(sqlite_engine)
    assert [row[1] for row in found["anime"]] == ["Part 1"]
    assert {row[1] for row in found["anime_aliases"]} == {"カウボーイビバップ", "Part 2"}


def shrunk_offers() -> bytes:
    return bangumi_data(*(bangumi_item(str(i), sites=[{"site": "mal", "id": str(i)}]) for i in range(1, 5)))


def shrunk_relations() -> bytes:
    return offline_database(*(entry | {"relatedAnime": []} for entry in ENTRIES))


@pytest.mark.parametrize(
    ("source", "content", "reason"),
    [
        (BANGUMI_DATA, b"<html>maintenance</html>", "bangumi-data: not JSON, or cut off"),
        (BANGUMI_DATA, bangumi_data(*ITEMS)[:-50], "bangumi-data: not JSON, or cut off"),
        (BANGUMI_DATA, bangumi_data(), "no title with a MyAnimeList id"),
        (BANGUMI_DATA, bangumi_data(*ITEMS[:2]), "it has 2 titles, and had 4"),
        (BANGUMI_DATA, shrunk_offers(), "it has 0 offers, and had 4"),
        (BANGUMI_DATA, bangumi_data(*({**item, "sites": {}} for item in ITEMS)), "items.0.sites"),
        (OFFLINE_DATABASE, offline_database(*ENTRIES[:2]), "it has 2 titles, and had 4"),
        (OFFLINE_DATABASE, shrunk_relations(), "it has 0 relations, and had 4"),
        (OFFLINE_DATABASE, offline_database(*({**e, "tags": "x"} for e in ENTRIES)), "line 2.tags"),
    ],
)
def test_trouble_with_a_source_changes_nothing(
    engine: Engine, server: SourceServer, source: Source, content: bytes, reason: str
) -> None:
    good = bangumi_data(*ITEMS) if source is BANGUMI_DATA else offline_database(*ENTRIES)
    from_server(engine, server, source, Answer(good))
    before = contents(engine)
    with pytest.raises(ImportFileError, match=reason):
        from_server(engine, server, source, Answer(content))
    assert contents(engine) == before


def test_shrinking_can_be_allowed(sqlite_engine: Engine, server: SourceServer) -> None:
    from_server(sqlite_engine, server, BANGUMI_DATA, Answer(bangumi_data(*ITEMS)))
    few = Answer(bangumi_data(*ITEMS[:1]))
    assert from_server(sqlite_engine, server, BANGUMI_DATA, few, allow_shrinking=True).offers == 1
    assert len(contents(sqlite_engine)["anime"]) == 4  # no title is ever removed


def test_unreachable_source_changes_nothing(sqlite_engine: Engine, server: SourceServer) -> None:
    before = contents(sqlite_engine)
    with pytest.raises(ImportFileError, match="the server answers 503"):
        from_server(sqlite_engine, server, BANGUMI_DATA, Answer(status=503))
    assert contents(sqlite_engine) == before


# -- files ---------------------------------------------------------------------------------------------


def package(content: bytes, member: str = "package/dist/data.json") -> bytes:
    """A package as npm makes it."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        entry = tarfile.TarInfo(member)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return file.getvalue()


@pytest.mark.parametrize("pack", [bytes, package], ids=["data.json", "package"])
def test_file_takes_the_place_of_the_address(
    sqlite_engine: Engine, tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "bangumi"
    path.write_bytes(pack(bangumi_data(*ITEMS)))
    assert refresh(sqlite_engine, BANGUMI_DATA, replace(OPTIONS, file=path)).merged.added == 4


@pytest.mark.parametrize(
    "content", [package(b"", "package/../../data.json"), package(bangumi_data(*ITEMS))[:150]]
)
def test_other_package_is_refused(sqlite_engine: Engine, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "package.tgz"
    path.write_bytes(content)
    with pytest.raises(ImportFileError, match=r"package\.tgz"):
        refresh(sqlite_engine, BANGUMI_DATA, replace(OPTIONS, file=path))


def test_missing_file_is_named(sqlite_engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match=r"missing\.json: cannot be read"):
        refresh(sqlite_engine, BANGUMI_DATA, replace(OPTIONS, file=tmp_path / "missing.json"))


# -- season lists --------------------------------------------------------------------------------------


def lists(server: SourceServer, **by_place: Answer) -> Source:
    """The API: one title in each season, ids from 100 on; `s0` is the list of the season before this one."""
    for number, season in enumerate(seasons_around(datetime.now(UTC).date())):
        start = {"year": season.year, "season": season.name}
        answer = Answer(mal_answer(mal_node(100 + number, start_season=start)))
        server.at(f"/v2/anime/season/{season.year}/{season.name}", by_place.get(f"s{number}", answer))
    return replace(MYANIMELIST, address=f"{server.address}/v2/anime/season")


def test_season_lists_add_new_titles(engine: Engine, server: SourceServer) -> None:
    report = refresh(engine, lists(server), OPTIONS)
    assert (report.titles, report.merged.added) == (4, 4)
    assert len(server.requests) == 4
    for path, headers in server.requests:
        assert headers["X-MAL-CLIENT-ID"] == "client"
        assert "fields=alternative_titles,start_date" in path


def test_season_has_as_many_pages_as_it_needs(sqlite_engine: Engine, server: SourceServer) -> None:
    following = f"{server.address}/v2/anime/season/more?offset=500"
    source = lists(server, s1=Answer(mal_answer(mal_node(1), following=following)))
    server.at("/v2/anime/season/more", Answer(mal_answer(mal_node(2))))
    assert refresh(sqlite_engine, source, OPTIONS).titles == 5
    assert {1, 2} <= {row[0] for row in contents(sqlite_engine)["anime"]}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(b"<html>"), "is no answer of the API"),
        (Answer(b'{"error": "invalid"}'), "is no answer of the API"),
        (Answer(b"[]"), "is no answer of the API"),
        (Answer(mal_answer(following="https://elsewhere.example/")), "the next page of a list is elsewhere"),
        (Answer(status=403), "the server answers 403"),
        (Answer(mal_answer()), "has 0 titles, and had 1 before"),
        (Answer(b'{"data": [{"node": {"id": 1}}]}'), "node.title"),
    ],
)
def test_trouble_with_one_season_changes_nothing(
    sqlite_engine: Engine, server: SourceServer, answer: Answer, reason: str
) -> None:
    refresh(sqlite_engine, lists(server), OPTIONS)
    before = contents(sqlite_engine)
    with pytest.raises(ImportFileError, match=reason):
        refresh(sqlite_engine, lists(server, s1=answer), OPTIONS)
    assert contents(sqlite_engine) == before


def test_season_lists_need_a_client_id(sqlite_engine: Engine, server: SourceServer) -> None:
    with pytest.raises(ImportFileError, match="MAL_CLIENT_ID is not set"):
        refresh(sqlite_engine, lists(server), replace(OPTIONS, mal_client_id=""))
    assert server.requests == []


def test_seasons_follow_each_other_over_the_year() -> None:
    assert seasons_around(datetime(2026, 11, 27, tzinfo=UTC).date()) == [
        Season(2026, "summer"),
        Season(2026, "fall"),
        Season(2027, "winter"),
        Season(2027, "spring"),
    ]
    assert seasons_around(datetime(2026, 1, 1, tzinfo=UTC).date())[0] == Season(2025, "fall")
    since = seasons_around(datetime(2026, 1, 1, tzinfo=UTC).date(), 2024)
    assert (since[0], since[-1], len(since)) == (Season(2024, "winter"), Season(2026, "summer"), 11)
