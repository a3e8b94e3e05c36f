"""The pooled SQLAlchemy engine, the same for SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

SQLITE_BUSY_TIMEOUT_S = 30


def open_engine(database_url: str) -> Engine:
    """Return an engine with a pre-pinged pool. Connects to nothing yet.

    Args:
        database_url: `sqlite:///path` (its folder is made) or `postgresql://…`.
    """
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        if url.database and url.database != ":memory:":
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, pool_pre_ping=True, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_S})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if url.drivername == "postgresql":  # SQLAlchemy would look for another driver than the one we install
        url = url.set(drivername="postgresql+psycopg2")
    return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})


@contextmanager
def write_transaction(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes; on SQLite it takes the write lock at once instead of failing halfway."""
    with engine.connect() as connection, writing(connection):
        yield connection


@contextmanager
def writing(connection: Connection) -> Iterator[None]:
    """The same on a connection that is open already, between its transactions."""
    connection.execution_options(write=True)
    try:
        with connection.begin():
            yield
    finally:
        connection.execution_options(write=False)


@contextmanager
def read_transaction(engine: Engine) -> Iterator[Connection]:
    """One transaction that sees a single state of the database throughout, whoever else writes."""
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


def unusable(error: DBAPIError) -> str:
    """What a person is told when the database cannot be used: one sentence, without the address."""
    reason = (str(error.orig).strip() or type(error).__name__).splitlines()[0]
    return f"the database cannot be reached or used: {reason}. Check DATABASE_URL."


def _prepare_sqlite(dbapi_connection: Any, _record: Any) -> None:
    # the driver's own BEGIN comes too late for a consistent read: _begin_sqlite sends it instead
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    _switch_to_wal(cursor)
    cursor.execute("PRAGMA synchronous=FULL")  # an acknowledged write survives a power cut
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _switch_to_wal(cursor: Any) -> None:
    """The busy timeout does not cover this switch: two processes that open a new file at once collide."""
    deadline = time.monotonic() + SQLITE_BUSY_TIMEOUT_S
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
