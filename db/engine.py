"""The pooled SQLAlchemy engine, the same for SQLite and PostgreSQL."""

from __future__ import annotations

import select
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Dialect, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

WAIT_S = 30.0
CONNECT_S = 5  # how long a server may take to accept a connection, at each of its addresses
SILENCE_S = 6.0  # after which a server that says nothing is taken for gone: it reports a lock before that
SLOW_S, PAUSE_S = 1.0, 5.0  # a server that takes so long to refuse a connection is left alone so long
_SILENT = f"the server has said nothing for {SILENCE_S:.0f} s"


def open_engine(database_url: str, *, wait_s: float = WAIT_S) -> Engine:
    """Return an engine with a pre-pinged pool. Connects to nothing yet.

    Args:
        database_url: `sqlite:///path` (its folder is made) or `postgresql://…`.
        wait_s: how long a statement waits for somebody else's lock until it is an OperationalError.
    """
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        if url.database and url.database != ":memory:":
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, pool_pre_ping=True, connect_args={"timeout": wait_s})
        event.listen(engine, "connect", partial(_prepare_sqlite, wait_s))
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if url.drivername == "postgresql":  # SQLAlchemy would look for another driver than the one we install
        url = url.set(drivername="postgresql+psycopg2")
    # milliseconds, for a connection whose other end has vanished
    silence = {"connect_timeout": CONNECT_S, "tcp_user_timeout": 10_000}
    engine = create_engine(url, pool_pre_ping=True, connect_args=silence)
    event.listen(engine, "connect", partial(_prepare_postgresql, wait_s))
    patience = _Patience()
    event.listen(engine, "do_connect", patience.connect)
    event.listen(engine, "handle_error", patience.notice)
    return engine


def limit_silence(engine: Engine) -> None:
    """From now on a PostgreSQL that says nothing for `SILENCE_S` is an OperationalError; the driver would
    wait for ever. It holds for the whole process, and rules out COPY: it is for servers, not for imports.
    """
    if engine.dialect.name == "postgresql":
        driver = cast(Any, engine.dialect.loaded_dbapi)
        driver.extensions.set_wait_callback(partial(_wait, driver))


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
    return f"the database cannot be reached or used: {reason(error)}. Check DATABASE_URL."


def reason(error: SQLAlchemyError) -> str:
    """What the driver said, on one line, without the statement and its values."""
    said = str(error.orig).strip() if isinstance(error, DBAPIError) else ""
    return (said or type(error).__name__).splitlines()[0]


class _Patience:
    """Spares requests the wait for a server that does not reply: one in `PAUSE_S` tries, the others fail."""

    def __init__(self) -> None:
        self._until, self._reason = float("-inf"), ""

    def connect(self, dialect: Dialect, _record: Any, arguments: Any, options: Any) -> Any:
        started = time.monotonic()
        failure = cast(Any, dialect.loaded_dbapi).OperationalError
        if started < self._until:
            raise failure(f"not asked again within {PAUSE_S:.0f} s: {self._reason}")
        try:
            with _libpq_waits(dialect):
                return dialect.connect(*arguments, **options)
        except failure as error:
            if time.monotonic() - started > SLOW_S:
                self._pause(str(error))
            raise

    def notice(self, error: ExceptionContext) -> None:
        """A server that fell silent on an open connection is not asked for a new one either."""
        if str(error.original_exception) == _SILENT:
            self._pause(_SILENT)

    def _pause(self, reason: str) -> None:
        self._until, self._reason = time.monotonic() + PAUSE_S, reason


@contextmanager
def _libpq_waits(dialect: Dialect) -> Iterator[None]:
    """Without what `limit_silence` set, under which libpq never goes on to the next of several hosts.

    Nobody else in the process may ask the database meanwhile: workers have one thread.
    """
    extensions = cast(Any, dialect.loaded_dbapi).extensions
    callback = extensions.get_wait_callback()
    extensions.set_wait_callback(None)
    try:
        yield
    finally:
        extensions.set_wait_callback(callback)


def _wait(driver: Any, connection: Any) -> None:
    """What psycopg2 calls to wait for the server; it closes the connection when this raises."""
    while (state := connection.poll()) != driver.extensions.POLL_OK:
        poll = select.poll()
        reading = state == driver.extensions.POLL_READ
        poll.register(connection.fileno(), select.POLLIN if reading else select.POLLOUT)
        if not poll.poll(SILENCE_S * 1_000):
            raise driver.OperationalError(_SILENT)


def _prepare_postgresql(wait_s: float, dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.autocommit = True  # or the setting would go with the transaction
    cursor = dbapi_connection.cursor()
    cursor.execute(f"SET lock_timeout = {round(wait_s * 1_000)}")
    cursor.close()
    dbapi_connection.autocommit = False


def _prepare_sqlite(wait_s: float, dbapi_connection: Any, _record: Any) -> None:
    # the driver's own BEGIN comes too late for a consistent read: _begin_sqlite sends it instead
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    _switch_to_wal(cursor, wait_s)
    cursor.execute("PRAGMA synchronous=FULL")  # an acknowledged write survives a power cut
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _switch_to_wal(cursor: Any, wait_s: float) -> None:
    """The busy timeout does not cover this switch: two processes that open a new file at once collide."""
    deadline = time.monotonic() + wait_s
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
