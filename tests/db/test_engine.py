"""One engine for both databases: what SQLite is told, and what a transaction promises."""

from __future__ import annotations

import socket
import sqlite3
from pathlib import Path

import psycopg2.extensions
import pytest
from sqlalchemy import Engine, func, make_url, select, text
from sqlalchemy.exc import OperationalError

from db.engine import limit_silence, open_engine, read_transaction, write_transaction
from db.models import Anime
from db.revisions import take_revision
from db.schema import migrate
from tests.db.helpers import contents, put_titles


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    return tmp_path / "test.db"


def test_the_postgresql_driver_that_an_address_without_one_means_is_installed() -> None:
    """The form in .env.example, in the error messages and of every hosting platform."""
    assert open_engine("postgresql://user:password@127.0.0.1:1/none").dialect.name == "postgresql"


def test_opening_an_engine_connects_to_nothing() -> None:
    engine = open_engine("postgresql+psycopg2://nobody@127.0.0.1:1/none")
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_the_folder_of_a_sqlite_file_is_made(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'new' / 'folder' / 'anime.db'}")
    migrate(engine)
    engine.dispose()
    assert (tmp_path / "new" / "folder" / "anime.db").is_file()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("foreign_keys", 1), ("synchronous", 2), ("busy_timeout", 30_000)],
)
def test_every_sqlite_connection_is_prepared(sqlite_engine: Engine, pragma: str, value: object) -> None:
    with sqlite_engine.connect() as first, sqlite_engine.connect() as second:
        assert first.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value
        assert second.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_a_write_transaction_takes_sqlites_write_lock_before_its_first_statement(
    sqlite_engine: Engine, sqlite_file: Path
) -> None:
    other = sqlite3.connect(sqlite_file, timeout=0, isolation_level=None)
    with (
        write_transaction(sqlite_engine),
        pytest.raises(sqlite3.OperationalError, match="database is locked"),
    ):
        other.execute("BEGIN IMMEDIATE")
    other.close()


def test_a_read_transaction_leaves_sqlites_write_lock_to_others(
    sqlite_engine: Engine, sqlite_file: Path
) -> None:
    other = sqlite3.connect(sqlite_file, timeout=0, isolation_level=None)
    with read_transaction(sqlite_engine) as connection:
        connection.execute(select(func.count()).select_from(Anime)).scalar()
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    other.close()


def test_a_write_transaction_commits_at_its_end(engine: Engine) -> None:
    with write_transaction(engine) as connection:
        connection.execute(text("INSERT INTO anime (anime_id, name) VALUES (1, 'One')"))
    assert len(contents(engine)["anime"]) == 1


def test_a_write_transaction_rolls_back_when_its_block_raises(engine: Engine) -> None:
    def fail() -> None:
        with write_transaction(engine) as connection:
            connection.execute(text("INSERT INTO anime (anime_id, name) VALUES (1, 'One')"))
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        fail()
    assert contents(engine)["anime"] == []


def test_a_read_transaction_sees_one_state_while_others_write(engine: Engine) -> None:
    count = select(func.count()).select_from(Anime)
    with read_transaction(engine) as connection:
        assert connection.execute(count).scalar() == 0
        put_titles(engine, [1, 2, 3])
        assert connection.execute(count).scalar() == 0
    with read_transaction(engine) as connection:
        assert connection.execute(count).scalar() == 3


def test_readers_do_not_wait_for_a_writer(engine: Engine) -> None:
    with write_transaction(engine) as writer:
        writer.execute(text("INSERT INTO anime (anime_id, name) VALUES (1, 'One')"))
        assert contents(engine)["anime"] == []


def test_a_write_gives_up_on_somebody_elses_lock_when_it_was_told_to(engine: Engine) -> None:
    hasty = open_engine(engine.url.render_as_string(hide_password=False), wait_s=0.1)
    with write_transaction(engine) as first:
        take_revision(first)
        with (
            pytest.raises(OperationalError, match=r"locked|lock timeout"),
            write_transaction(hasty) as second,
        ):
            take_revision(second)
    with write_transaction(hasty) as second:
        assert take_revision(second) == 2
    hasty.dispose()


def test_a_worker_passes_over_a_host_that_says_nothing(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.engine.CONNECT_S", 2)
    address = make_url(postgres_url)
    there = f"{address.query.get('host', address.host)}:{address.port or 5432}"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hosts = (f"127.0.0.1:{silent.getsockname()[1]}", there)
        several = address.set(host=None, port=None, query={"host": hosts})
        engine = open_engine(several.render_as_string(hide_password=False))
        limit_silence(engine)
        callback = psycopg2.extensions.get_wait_callback()
        try:
            with engine.connect() as connection:
                assert connection.scalar(text("SELECT 1")) == 1
            assert psycopg2.extensions.get_wait_callback() is callback is not None
        finally:
            psycopg2.extensions.set_wait_callback(None)  # it is of the whole process
            engine.dispose()


def test_a_connection_is_clean_again_after_a_write_transaction(sqlite_engine: Engine) -> None:
    with write_transaction(sqlite_engine) as connection:
        assert connection.get_execution_options()["write"]
    with sqlite_engine.connect() as connection:
        assert "write" not in connection.get_execution_options()
