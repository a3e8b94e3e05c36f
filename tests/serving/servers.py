"""A real server: gunicorn with two worker processes, in a process of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPMessage
from pathlib import Path
from typing import Any

import psutil

from config import ROOT

SECRET = "only-for-the-tests-of-this-project"
WORKERS = 2
LOCALHOST = "127.0.0.1"
APP = "app:create_app()"


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Answer:
    """An HTTP response."""

    status: int
    body: bytes
    headers: HTTPMessage

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    pid: int
    host: str = LOCALHOST

    def ask(self, path: str, body: object = None) -> Answer:
        """GET, or POST where there is a body."""
        connection = HTTPConnection(self.host, self.port, timeout=30)
        try:
            if body is None:
                connection.request("GET", path)
            else:
                connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
            response = connection.getresponse()
            return Answer(response.status, response.read(), response.headers)
        finally:
            connection.close()

    def workers(self) -> list[psutil.Process]:
        return psutil.Process(self.pid).children()

    @contextmanager
    def only(self, worker: psutil.Process) -> Iterator[None]:
        """Every other worker stands still inside, so that this one answers."""
        others = [process for process in self.workers() if process.pid != worker.pid]
        for process in others:
            process.suspend()
        try:
            yield
        finally:
            for process in others:
                process.resume()

    def ask_each(self, path: str, body: object = None, *, times: int = 3) -> list[Answer]:
        """The answers of every worker, each to several requests."""
        workers = self.workers()
        assert len(workers) == WORKERS
        answers = []
        for worker in workers:
            with self.only(worker):
                answers += [self.ask(path, body) for _ in range(times)]
        return answers


def settings(database_url: str, model_dir: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a server, or of a script beside it."""
    return {
        **os.environ,
        "DATABASE_URL": database_url,
        "MODEL_DIR": str(model_dir),
        "SECRET_KEY": SECRET,
        "WEB_CONCURRENCY": str(WORKERS),
        "LOG_LEVEL": "WARNING",
        "SYNC_INTERVAL_MS": "0",
        **(more or {}),
    }


@contextmanager
def serving(environ: Mapping[str, str], log: Path, cwd: Path = ROOT, app: str = APP) -> Iterator[Server]:
    """A server that is ready; stopped as a process manager would."""
    port = free_port()
    process = start(environ, port, log, cwd, app)
    try:
        server = Server(port, process.pid, environ.get("HOST", LOCALHOST))
        wait_for(server, process, log)
        yield server
    finally:
        stop(process)


def start(
    environ: Mapping[str, str], port: int, log: Path, cwd: Path = ROOT, app: str = APP
) -> subprocess.Popen[bytes]:
    """The master of a server that is not ready yet."""
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", app]
    with log.open("ab") as output:
        return subprocess.Popen(
            command, cwd=cwd, env={**environ, "PORT": str(port)}, stdout=output, stderr=subprocess.STDOUT
        )


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop a server as a process manager would."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def build(environ: Mapping[str, str], *arguments: str) -> str:
    """Run scripts/build_index.py as an operator would."""
    command = [sys.executable, "scripts/build_index.py", "--no-memory", *arguments]
    outcome = subprocess.run(
        command, cwd=ROOT, env=dict(environ), capture_output=True, text=True, check=False
    )
    assert outcome.returncode == 0, outcome.stderr
    return outcome.stdout


def wait_for(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the server is ready."""
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        try:
            if server.ask("/readyz").status == 200 and len(server.workers()) == WORKERS:
                return
        except (OSError, HTTPException):
            assert process.poll() is None, log.read_text("utf-8")
        time.sleep(0.05)
    raise AssertionError(f"the server does not get ready: {log.read_text('utf-8')}")
