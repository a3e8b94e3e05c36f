"""The log of exposures: each once, nobody waits, and nothing is left of who is erased."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from db.engine import write_transaction
from db.events import end_session
from db.exposures import load_exposed_units, load_exposures_of, newest_page
from db.users import erase_user, insert_user
from domain.experiments import Exposure
from events.log import SqlEventLog
from experiments.log import ExposureWriter, SqlExposureLog
from tests.db.helpers import contents, put_titles

NOW = datetime(2026, 12, 3, 12)
SESSION, OTHER = UUID(int=1), UUID(int=2)
EXPOSURE = Exposure("rank", "page-1", "model", NOW, session_id=SESSION)


def stored(engine: Engine) -> int:
    return len(contents(engine)["exposures"])


def test_page_is_logged_once_for_each_experiment(engine: Engine) -> None:
    log = SqlExposureLog(engine)
    log.append([EXPOSURE, EXPOSURE, replace(EXPOSURE, experiment="recall")])
    log.append([replace(EXPOSURE, exposed_at=NOW + timedelta(hours=1))])
    assert stored(engine) == 2
    with engine.connect() as connection:
        assert load_exposed_units(connection, "rank") == [("model", SESSION, NOW)]


def test_newest_page_of_a_session_is_found(engine: Engine) -> None:
    later = replace(EXPOSURE, recommendation_id="page-2", exposed_at=NOW + timedelta(hours=1))
    SqlExposureLog(engine).append([later, EXPOSURE])
    with engine.connect() as connection:
        assert newest_page(connection, SESSION) == "page-2"
        assert newest_page(connection, OTHER) is None


def test_deleted_session_leaves_no_exposures(engine: Engine) -> None:
    log = SqlExposureLog(engine)
    log.append([EXPOSURE, replace(EXPOSURE, recommendation_id="page-2", session_id=OTHER)])
    with write_transaction(engine) as connection:
        end_session(connection, SESSION, NOW)
    assert stored(engine) == 1
    log.append([replace(EXPOSURE, recommendation_id="page-3")])
    assert stored(engine) == 1


def test_erased_user_leaves_no_exposures(engine: Engine) -> None:
    put_titles(engine, [1])
    insert_user(engine, 7, {1: 9})
    log, own = SqlExposureLog(engine), replace(EXPOSURE, session_id=None, user_id=7)
    log.append([own, replace(own, recommendation_id="page-2", user_id=8)])
    with engine.connect() as connection:
        assert [one.recommendation_id for one in load_exposures_of(connection, 7)] == ["page-1"]
    assert stored(engine) == 1  # nobody is saved as 8
    erase_user(engine, 7)
    assert stored(engine) == 0


def test_old_exposures_are_forgotten_with_events(engine: Engine) -> None:
    old = replace(EXPOSURE, recommendation_id="page-0", exposed_at=NOW - timedelta(days=31))
    SqlExposureLog(engine).append([old, EXPOSURE])
    SqlEventLog(engine).prune(NOW - timedelta(days=30))
    assert stored(engine) == 1


def test_exposures_are_written_in_the_background(sqlite_engine: Engine) -> None:
    writer = ExposureWriter(SqlExposureLog(sqlite_engine), every_s=0.01)
    writer.add([EXPOSURE])
    timer = writer._timer
    if timer is not None:  # it may be done already
        timer.join()
    assert stored(sqlite_engine) == 1


def test_exposures_wait_while_the_database_is_away(
    sqlite_engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    writer = ExposureWriter(SqlExposureLog(sqlite_engine), capacity=3, every_s=60)
    with write_transaction(sqlite_engine) as connection:
        connection.execute(text("ALTER TABLE exposures RENAME TO elsewhere"))
    writer.add([EXPOSURE])
    with caplog.at_level(logging.WARNING):
        writer.flush()
    assert "1 exposures cannot be stored: no such table: exposures" in caplog.text
    with write_transaction(sqlite_engine) as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO exposures"))
    writer.add([replace(EXPOSURE, recommendation_id=f"page-{number}") for number in range(2, 9)])
    writer.flush()
    assert stored(sqlite_engine) == 3  # the capacity; the first one is among them
    with sqlite_engine.connect() as connection:
        assert load_exposed_units(connection, "rank") == [("model", SESSION, NOW)]
