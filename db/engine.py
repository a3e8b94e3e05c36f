"""The pooled SQLAlchemy engine and its transactions, the same for SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_fixed

LOCK_TIMEOUT_S = 30.0


def open_engine(database_url: str, *, lock_timeout_s: float = LOCK_TIMEOUT_S) -> Engine:
    """Return an engine with a pre-pinged pool. Connects to nothing yet.

    Args:
        database_url: `sqlite:///path` (missing folders are created) or `postgresql://…`.
        lock_timeout_s: how long a statement waits for a lock before it is an OperationalError.
    """
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        return _open_sqlite(url, lock_timeout_s)
    from db.postgresql import open_postgresql  # loads libpq: 5 MB that SQLite does not need

    return open_postgresql(url, lock_timeout_s)


def set_read_timeout(engine: Engine) -> None:
    """Raise OperationalError when PostgreSQL sends nothing for a while; psycopg2 would wait forever.

    Applies to the whole process and rules out COPY: for servers, not for imports. Does nothing on SQLite.
    """
    if engine.dialect.name == "postgresql":
        from db.postgresql import wait_with_timeout

        wait_with_timeout()


@contextmanager
def write_transaction(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes; on SQLite it takes the write lock at once instead of failing halfway."""
    with engine.connect() as connection, writing(connection):
        yield connection


@contextmanager
def writing(connection: Connection) -> Iterator[None]:
    """A write transaction on a connection that is already open and between transactions."""
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


def connection_error_message(error: DBAPIError) -> str:
    """One sentence for the operator of a database that cannot be used, without the address."""
    return f"the database cannot be reached or used: {driver_message(error)}. Check DATABASE_URL."


def driver_message(error: SQLAlchemyError) -> str:
    """The first line of the driver's message, without the statement and its values."""
    message = str(error.orig).strip() if isinstance(error, DBAPIError) else ""
    return (message or type(error).__name__).splitlines()[0]


def _open_sqlite(url: URL, lock_timeout_s: float) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_pre_ping=True, connect_args={"timeout": lock_timeout_s})
    event.listen(engine, "connect", partial(_prepare_sqlite, lock_timeout_s))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(lock_timeout_s: float, dbapi_connection: Any, _record: Any) -> None:
    # the driver's own BEGIN comes too late for a consistent read: _begin_sqlite sends it instead
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    # the busy timeout does not cover the switch to WAL: two processes that open a new file at once collide
    retry_while_busy = Retrying(
        retry=retry_if_exception(_is_busy),
        wait=wait_fixed(0.02),
        stop=stop_after_delay(lock_timeout_s),
        reraise=True,
    )
    retry_while_busy(cursor.execute, "PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # an acknowledged write survives a power cut
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _is_busy(error: BaseException) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode == sqlite3.SQLITE_BUSY


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
