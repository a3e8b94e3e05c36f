"""One engine for both databases: connection settings, timeouts, transactions."""

from __future__ import annotations

import socket
import sqlite3
from pathlib import Path

import psycopg2.extensions
import pytest
from sqlalchemy import Engine, func, make_url, select, text
from sqlalchemy.exc import OperationalError

from db.engine import open_engine, read_transaction, set_read_timeout, write_transaction
from db.models import Anime
from db.revisions import take_revision
from db.schema import migrate
from tests.db.helpers import contents, put_titles


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    return tmp_path / "test.db"


def test_postgresql_url_without_driver_opens() -> None:
    """This form is the one in .env.example and of every hosting platform."""
    assert open_engine("postgresql://user:password@127.0.0.1:1/none").dialect.name == "postgresql"


def test_open_engine_does_not_connect() -> None:
    engine = open_engine("postgresql+psycopg2://nobody@127.0.0.1:1/none")
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_missing_folder_of_sqlite_file_is_created(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'new' / 'folder' / 'anime.db'}")
    migrate(engine)
    engine.dispose()
    assert (tmp_path / "new" / "folder" / "anime.db").is_file()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("foreign_keys", 1), ("synchronous", 2), ("busy_timeout", 30_000)],
)
def test_every_sqlite_connection_has_the_pragmas(sqlite_engine: Engine, pragma: str, value: object) -> None:
    with sqlite_engine.connect() as first, sqlite_engine.connect() as second:
        assert first.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value
        assert second.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_write_transaction_locks_sqlite_at_once(sqlite_engine: Engine, sqlite_file: Path) -> None:
    other = sqlite3.connect(sqlite_file, timeout=0, isolation_level=None)
    with (
        write_transaction(sqlite_engine),
        pytest.raises(sqlite3.OperationalError, match="database is locked"),
    ):
        other.execute("BEGIN IMMEDIATE")
    other.close()


def test_read_transaction_takes_no_sqlite_write_lock(sqlite_engine: Engine, sqlite_file: Path) -> None:
    other = sqlite3.connect(sqlite_file, timeout=0, isolation_level=None)
    with read_transaction(sqlite_engine) as connection:
        connection.execute(select(func.count()).select_from(Anime)).scalar()
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    other.close()


def test_write_transaction_commits_at_its_end(engine: Engine) -> None:
    with write_transaction(engine) as connection:
        connection.execute(text("INSERT INTO anime (anime_id, name) VALUES (1, 'One')"))
    assert len(contents(engine)["anime"]) == 1


def test_write_transaction_rolls_back_on_error(engine: Engine) -> None:
    def fail() -> None:
        with write_transaction(engine) as connection:
            connection.execute(text("INSERT INTO anime (anime_id, name) VALUES (1, 'One')"))
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        fail()
    assert contents(engine)["anime"] == []


def test_read_transaction_sees_one_state(engine: Engine) -> None:
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


def test_lock_timeout_ends_a_waiting_write(engine: Engine) -> None:
    impatient = open_engine(engine.url.render_as_string(hide_password=False), lock_timeout_s=0.1)
    with write_transaction(engine) as first:
        take_revision(first)
        with (
            pytest.raises(OperationalError, match=r"locked|lock timeout"),
            write_transaction(impatient) as second,
        ):
            take_revision(second)
    with write_transaction(impatient) as second:
        assert take_revision(second) == 2
    impatient.dispose()


def test_read_timeout_lets_libpq_try_the_next_host(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.postgresql.CONNECT_TIMEOUT_S", 2)
    address = make_url(postgres_url)
    reachable = f"{address.query.get('host', address.host)}:{address.port or 5432}"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hosts = (f"127.0.0.1:{silent.getsockname()[1]}", reachable)
        several = address.set(host=None, port=None, query={"host": hosts})
        engine = open_engine(several.render_as_string(hide_password=False))
        set_read_timeout(engine)
        callback = psycopg2.extensions.get_wait_callback()
        try:
            with engine.connect() as connection:
                assert connection.scalar(text("SELECT 1")) == 1
            assert psycopg2.extensions.get_wait_callback() is callback is not None
        finally:
            psycopg2.extensions.set_wait_callback(None)  # it applies to the whole process
            engine.dispose()


def test_write_option_is_reset_after_the_transaction(sqlite_engine: Engine) -> None:
    with write_transaction(sqlite_engine) as connection:
        assert connection.get_execution_options()["write"]
    with sqlite_engine.connect() as connection:
        assert "write" not in connection.get_execution_options()
