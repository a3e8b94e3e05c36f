"""Clients that send or take slowly: nobody else waits for them, and they are told when they take too long."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import cycle, islice
from pathlib import Path

import pytest

from tests.conftest import World
from tests.faults.checks import wait_until
from tests.serving.servers import Server, serving, settings
from tests.serving.test_server import copy_of

SLOW, TIMEOUT_S = 64, 5
CONNECTIONS = 100  # of a worker
PATH = "/api/v1/recommendations"
HEAD = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n".encode()
BODY = json.dumps({"ratings": [{"anime_id": 1}]}).encode()
LENGTH = b"Content-Length: %d\r\n\r\n" % len(BODY)
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s" % (len(BODY), BODY)
HALVES = (HEAD[:9], HEAD, HEAD + LENGTH + BODY[:-1], HEAD + CHUNKED[:-1], HEAD + CHUNKED + b"\r\n0\r\n")


@pytest.fixture(scope="module")
def server(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that nobody changes."""
    folder = tmp_path_factory.mktemp("server")
    more = {"CLIENT_TIMEOUT_S": str(TIMEOUT_S), "GUNICORN_CMD_ARGS": f"--worker-connections {CONNECTIONS}"}
    environ = settings(*copy_of(world, folder), more)
    with serving(environ, folder / "log") as server:
        yield server
    assert "Traceback" not in (folder / "log").read_text("utf-8")


@contextmanager
def sent(server: Server, data: bytes) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(data)
        yield connection


def received(connection: socket.socket) -> bytes:
    """Everything until the server closes."""
    return b"".join(iter(lambda: connection.recv(1 << 16), b""))


def test_half_sent_requests_hold_nobody_up_and_get_408(server: Server) -> None:
    with ExitStack() as stack:
        started = time.monotonic()
        silent = stack.enter_context(sent(server, b""))
        slow = [stack.enter_context(sent(server, half)) for half in islice(cycle(HALVES), SLOW)]
        for _ in range(10):
            assert server.ask("/healthz").status == 200
            assert server.ask(PATH, json.loads(BODY)).status == 200
        assert time.monotonic() - started < TIMEOUT_S, "they have waited for the slow ones"
        for connection in slow:
            head, body = received(connection).split(b"\r\n\r\n", 1)
            assert head.startswith(b"HTTP/1.1 408 Request Timeout")
            assert (problem := json.loads(body))["status"] == 408
            assert problem["detail"].startswith("The request has not arrived in full within ")
        assert received(silent) == b""
        assert time.monotonic() - started < TIMEOUT_S + 10


@pytest.mark.parametrize("pieces", [HEAD + LENGTH + BODY, HEAD + CHUNKED + b"\r\n0\r\nTrailer: x\r\n\r\n"])
def test_request_that_arrives_bytewise_is_answered(server: Server, pieces: bytes) -> None:
    with sent(server, b"") as connection:
        for byte in pieces:
            connection.sendall(bytes([byte]))
        assert received(connection).startswith(b"HTTP/1.1 200 OK")


def test_client_that_takes_slowly_holds_nobody_up(server: Server) -> None:
    with ExitStack() as stack:
        for _ in range(SLOW):
            connection = stack.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1_024)
            connection.connect(("127.0.0.1", server.port))
            connection.sendall(b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n")
        started = time.monotonic()
        assert all(server.ask("/healthz").status == 200 for _ in range(10))
        assert time.monotonic() - started < TIMEOUT_S


def test_body_is_sent_after_100_continue(server: Server) -> None:
    with sent(server, HEAD + b"Expect: 100-continue\r\n" + LENGTH) as connection:
        assert connection.recv(1 << 16) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(BODY)
        assert received(connection).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"Transfer-Encoding: chunked\r\n\r\n" + b"1" * 2_000, 400),
        (b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}}\r\n0\r\n\r\n", 400),
        (b"Transfer-Encoding: chunked\r\n\r\nfffffff\r\n", 413),
        (b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\n \r\n" * 20_000, 413),
        (b"Content-Length: 99999999999\r\n\r\n{", 413),
        (b"Content-Length: x\r\n\r\n", 400),
        (b"X: y\r\n" * 20_000, 431),
    ],
    ids=[
        "no number",
        "endless line",
        "longer than it says",
        "huge chunk",
        "many chunks",
        "huge",
        "no length",
        "headers",
    ],
)
def test_body_that_cannot_be_read_is_refused(server: Server, body: bytes, status: int) -> None:
    with sent(server, HEAD + body) as connection:
        head, problem = received(connection).split(b"\r\n\r\n", 1)
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert json.loads(problem)["status"] == status


def test_connections_beyond_the_limit_push_out_the_oldest(server: Server) -> None:
    with server.only(server.workers()[0]), ExitStack() as stack:
        started = time.monotonic()
        silent = [stack.enter_context(sent(server, b"")) for _ in range(CONNECTIONS + 20)]
        assert server.ask("/healthz").status == 200
        assert [received(connection) for connection in silent[:20]] == [b""] * 20
        assert time.monotonic() - started < TIMEOUT_S, "they were closed for being late"


def test_large_half_sent_bodies_do_not_fill_the_memory(server: Server) -> None:
    worker, other = server.workers()
    with server.only(worker), ExitStack() as stack:
        server.ask("/healthz")
        before = worker.memory_info().rss
        for _ in range(20):
            half = HEAD + b"Content-Length: 9000000\r\n\r\n" + bytes(8_900_000)
            with suppress(OSError):
                stack.enter_context(sent(server, half))
        assert server.ask("/healthz").status == 200
        assert worker.memory_info().rss - before < 80_000_000
    assert other.is_running()


def test_stop_answers_requests_that_are_under_way(world: World, tmp_path: Path) -> None:
    environ = settings(*copy_of(world, tmp_path))
    with serving(environ, tmp_path / "log") as server:
        workers = server.workers()
        with sent(server, HEAD + LENGTH + BODY[:-1]) as connection, sent(server, b"") as silent:
            for worker in workers:
                worker.terminate()
            time.sleep(0.2)
            connection.sendall(BODY[-1:])
            assert received(connection).startswith(b"HTTP/1.1 200 OK")
            assert received(silent) == b""
        wait_until(lambda: not any(worker.is_running() for worker in workers), "they have gone")
        assert server.ask("/healthz").status == 200


def test_worker_that_was_just_forked_can_be_stopped(server: Server) -> None:
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children")  # quick to read
    old, stays = (str(worker.pid) for worker in server.workers())
    for _ in range(10):
        os.kill(int(old), signal.SIGTERM)
        stopped, old = old, ""
        deadline = time.monotonic() + 20
        while not old:
            assert time.monotonic() < deadline, "it ignores the signal"
            for pid in set(children.read_text().split()) - {stopped, stays}:
                old = pid
    server.ask_each("/healthz", times=1)
