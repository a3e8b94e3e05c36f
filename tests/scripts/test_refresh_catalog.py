"""`refresh_catalog.py` refreshes each source on its own, and its exit code says if one was refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ingest.sources import BANGUMI_DATA, OFFLINE_DATABASE, REFRESHED, Source
from scripts.refresh_catalog import main
from tests.db.helpers import contents, put_titles
from tests.ingest.source_files import bangumi_data, bangumi_item, offline_database, offline_entry
from tests.ingest.source_server import Answer, SourceServer, source_server

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def server() -> Iterator[SourceServer]:
    with source_server() as server:
        yield server


def at(server: SourceServer, source: Source, *answers: Answer) -> Source:
    return replace(source, address=server.at(f"/{source.name}", *answers))


def test_refused_source_leaves_the_others_going(
    database: Engine, server: SourceServer, capsys: Captured
) -> None:
    sources = [
        at(server, OFFLINE_DATABASE, Answer(b"<html>moved</html>")),
        at(server, BANGUMI_DATA, Answer(bangumi_data(bangumi_item()))),
    ]
    assert main([], sources) == 1
    out, err = capsys.readouterr()
    assert err.startswith("refused: ")
    assert "Left as before: anime-offline-database." in out
    assert "anime-offline-database: " in err
    assert "bangumi-data" in out
    assert "scripts/build_index.py" in out
    assert [row[0] for row in contents(database)["anime"]] == [1]


def test_refresh_prints_counts_and_conflicts(
    database: Engine, server: SourceServer, capsys: Captured
) -> None:
    put_titles(database, [1])
    better = at(server, OFFLINE_DATABASE, Answer(offline_database(offline_entry(1), offline_entry(2))))
    lesser = at(server, BANGUMI_DATA, Answer(bangumi_data(bangumi_item()), etag='"1"'))
    assert main([], [better, lesser]) == 0
    out = capsys.readouterr().out
    rows = [[cell.strip() for cell in line.split("│")[1:4]] for line in out.splitlines()[4:11]]
    assert rows == [
        ["titles", "2", "1"],
        ["new titles", "1", "0"],
        ["changed titles", "1", "1"],
        ["differences, see below", "0", "3"],
        ["places to watch", "0", "1"],
        ["relations", "2", "0"],
        ["new ids of other sites", "2", "1"],
    ]
    assert max(map(len, out.splitlines()[:12])) <= 80  # as wide as a journal
    assert "bangumi-data: year differs for 1 (1: 2006 stays, not 1998)" in out
    assert main(["--source", "bangumi-data"], [better, lesser]) == 0
    out = capsys.readouterr().out
    assert "unchanged" in out
    assert "anime-offline-database" not in out
    assert "build_index" not in out
    assert main(["--source", "bangumi-data", "--force"], [better, lesser]) == 0
    assert "build_index" not in capsys.readouterr().out


def test_dry_run_saves_nothing(database: Engine, server: SourceServer, capsys: Captured) -> None:
    before = contents(database)
    assert main(["--dry-run"], [at(server, BANGUMI_DATA, Answer(bangumi_data(bangumi_item())))]) == 0
    assert "Nothing was saved (--dry-run)." in capsys.readouterr().out
    assert contents(database) == before


def test_file_is_imported_as_its_source(database: Engine, tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_bytes(bangumi_data(bangumi_item()))
    assert main(["--source", "bangumi-data", "--file", str(path)]) == 0
    assert len(contents(database)["anime_offers"]) == 1


def test_season_lists_are_skipped_without_a_client_id(database: Engine, capsys: Captured) -> None:
    (seasonal,) = (source for source in REFRESHED if source.seasonal)
    assert main([], [seasonal]) == 0
    assert "myanimelist: skipped, because MAL_CLIENT_ID is not set." in capsys.readouterr().out
    assert main(["--source", "myanimelist"], [seasonal]) == 1
    assert "MAL_CLIENT_ID is not set; get one at https://" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--file", "x"], "--file needs the one --source"),
        (["--source", "anilist"], "invalid choice: 'anilist'"),
        (["--since", "1900"], "1900 is not a year from 1917"),
    ],
)
def test_wrong_arguments_exit_with_2(capsys: Captured, arguments: list[str], reason: str) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    assert reason in capsys.readouterr().err
