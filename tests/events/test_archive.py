"""The archive of events: what DuckDB reads in it is what the log has."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import duckdb
import pytest
from sqlalchemy import Engine

from db.engine import read_transaction
from db.events import stream_received_events
from domain.events import Event, EventKind
from events.archive import ArchivedDay, ParquetArchive, whole_days
from events.log import SqlEventLog

DAY = date(2026, 11, 26)
NOON = datetime(2026, 11, 26, 12)
SESSION = UUID(int=1, version=4)
KEY = b"only-for-the-tests-of-this-project"


def event(number: int, kind: EventKind = EventKind.CLICK) -> Event:
    return Event(uuid4(), kind, number, NOON, session_id=SESSION, recommendation_id="page", position=number)


def read(folder: Path, what: str = "anime_id, kind, position") -> list[tuple[object, ...]]:
    found = duckdb.sql(f"SELECT {what} FROM read_parquet('{folder}/*/*.parquet') ORDER BY anime_id")
    assert found is not None
    return found.fetchall()


@pytest.fixture
def archive(tmp_path: Path) -> ParquetArchive:
    return ParquetArchive(tmp_path / "archive", KEY)


def written(engine: Engine, archive: ParquetArchive) -> list[ArchivedDay]:
    """The day is archived."""
    with read_transaction(engine) as connection:
        return archive.write([DAY], stream_received_events(connection, datetime.min))


def test_days_are_whole_and_finished() -> None:
    now = datetime(2026, 11, 28, 9)
    assert whole_days(now, timedelta(days=3)) == [date(2026, 11, 26), date(2026, 11, 27)]
    assert whole_days(now, timedelta(days=1)) == []


def test_day_in_archive_is_what_the_log_has(engine: Engine, archive: ParquetArchive) -> None:
    log = SqlEventLog(engine)
    log.append([event(1), event(2, EventKind.VIEW)], NOON)
    log.append([event(3)], NOON + timedelta(days=1))
    assert written(engine, archive) == [(DAY, 2)]
    assert read(archive.folder) == [(1, "click", 1), (2, "view", 2)]
    assert read(archive.folder, "happened_at = TIMESTAMPTZ '2026-11-26 12:00:00Z', anime_id")[0][0] is True
    assert read(archive.folder, "day, anime_id")[0][0] == DAY


def test_what_is_undone_leaves_the_archive(engine: Engine, archive: ParquetArchive) -> None:
    log, undone = SqlEventLog(engine), event(2)
    log.append([event(1), undone], NOON)
    written(engine, archive)
    log.undo_event(undone.event_id, None, NOON)
    written(engine, archive)
    assert [row[0] for row in read(archive.folder)] == [1]


def test_day_of_which_all_is_undone_is_empty(engine: Engine, archive: ParquetArchive) -> None:
    log = SqlEventLog(engine)
    log.append([event(1), event(2)], NOON)
    written(engine, archive)
    log.undo_session(SESSION, NOON)
    assert written(engine, archive) == [(DAY, 0)]
    assert read(archive.folder) == []


def test_archive_names_nobody(engine: Engine, archive: ParquetArchive) -> None:
    SqlEventLog(engine).append([event(1)], NOON)
    written(engine, archive)
    (path,) = archive.folder.glob("*/*")
    assert SESSION.bytes not in path.read_bytes()
    assert str(SESSION).encode() not in path.read_bytes()
    ((pseudonym, _),) = read(archive.folder, "actor, anime_id")
    other = ParquetArchive(archive.folder, b"another key")
    written(engine, other)
    assert read(archive.folder, "actor, anime_id") != [(pseudonym, 1)]


def test_interrupted_day_stays_as_it_was(
    engine: Engine, archive: ParquetArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = SqlEventLog(engine)
    log.append([event(1)], NOON)
    written(engine, archive)
    log.append([event(2)], NOON)
    monkeypatch.setattr("os.fsync", _full_disk)
    with pytest.raises(OSError, match="No space left"):
        written(engine, archive)
    assert [row[0] for row in read(archive.folder)] == [1]
    assert [path.name for path in archive.folder.glob("*/*")] == ["events.parquet"]


def _full_disk(_descriptor: int) -> None:
    raise OSError(28, "No space left on device")
