"""PostgreSQL connections: timeouts, and a circuit breaker that spares requests the wait for a dead server."""

from __future__ import annotations

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import psycopg2
import psycopg2.extensions
from circuitbreaker import CircuitBreaker
from sqlalchemy import URL, Dialect, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext

CONNECT_TIMEOUT_S = 5  # to accept a connection, for each address of the server
READ_TIMEOUT_S = 6.0  # must exceed the lock timeout of the server's engine, which PostgreSQL itself reports
SLOW_FAILURE_S = 1.0  # a connection attempt that takes longer to fail opens the circuit
OPEN_CIRCUIT_S = 5.0  # how long connection attempts then fail at once


class ServerTimeoutError(psycopg2.OperationalError):
    """PostgreSQL did not respond in time. Opens the circuit."""


def open_postgresql(url: URL, lock_timeout_s: float) -> Engine:
    """Return an engine whose connections have timeouts and a circuit breaker. Connects to nothing yet."""
    if url.drivername == "postgresql":  # SQLAlchemy would look for another driver than the one we install
        url = url.set(drivername="postgresql+psycopg2")
    # tcp_user_timeout, in milliseconds: for a connection whose other end has vanished
    timeouts = {"connect_timeout": CONNECT_TIMEOUT_S, "tcp_user_timeout": 10_000}
    engine = create_engine(url, pool_pre_ping=True, connect_args=timeouts)
    breaker = CircuitBreaker(
        failure_threshold=1, recovery_timeout=OPEN_CIRCUIT_S, expected_exception=ServerTimeoutError
    )
    event.listen(engine, "connect", partial(_set_lock_timeout, lock_timeout_s))
    event.listen(engine, "do_connect", partial(_connect, breaker))
    event.listen(engine, "handle_error", partial(_count_failure, breaker))
    return engine


def wait_with_timeout() -> None:
    """Raise ServerTimeoutError, in the whole process, when PostgreSQL sends nothing for `READ_TIMEOUT_S`."""
    psycopg2.extensions.set_wait_callback(_wait)


def _connect(breaker: CircuitBreaker, dialect: Dialect, _record: Any, arguments: Any, options: Any) -> Any:
    if breaker.opened:
        raise psycopg2.OperationalError(
            f"no new connection attempt within {OPEN_CIRCUIT_S:.0f} s of a timeout: {breaker.last_failure}"
        )
    started = time.monotonic()
    try:
        with _default_wait():
            return dialect.connect(*arguments, **options)
    except psycopg2.OperationalError as error:
        if time.monotonic() - started > SLOW_FAILURE_S:
            raise ServerTimeoutError(str(error)) from error
        raise


def _count_failure(breaker: CircuitBreaker, context: ExceptionContext) -> None:
    """Report timeouts to the breaker: of new connections and of open ones."""
    if isinstance(context.original_exception, ServerTimeoutError):
        with suppress(ServerTimeoutError), breaker:
            raise context.original_exception


@contextmanager
def _default_wait() -> Iterator[None]:
    """Suspend `wait_with_timeout`, under which libpq never tries the next of several hosts.

    Affects the whole process: workers have one thread.
    """
    callback = psycopg2.extensions.get_wait_callback()
    psycopg2.extensions.set_wait_callback(None)
    try:
        yield
    finally:
        psycopg2.extensions.set_wait_callback(callback)


def _wait(connection: Any) -> None:
    """Wait until PostgreSQL has replied; psycopg2 closes the connection when this raises."""
    while (state := connection.poll()) != psycopg2.extensions.POLL_OK:
        poll = select.poll()
        reading = state == psycopg2.extensions.POLL_READ
        poll.register(connection.fileno(), select.POLLIN if reading else select.POLLOUT)
        if not poll.poll(READ_TIMEOUT_S * 1_000):
            raise ServerTimeoutError(f"the server has sent nothing for {READ_TIMEOUT_S:.0f} s")


def _set_lock_timeout(lock_timeout_s: float, dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.autocommit = True  # the setting must outlive the transaction
    cursor = dbapi_connection.cursor()
    cursor.execute(f"SET lock_timeout = {round(lock_timeout_s * 1_000)}")
    cursor.close()
    dbapi_connection.autocommit = False
