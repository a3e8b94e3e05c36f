"""RequestMeter: processor time and memory of single requests, each answered by a process of its own."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

_FORK = get_context("fork")
_KB = 1 / 1024
LITTLE_MB = 15.0  # growth that is not looked into


class CostlyRequest(NamedTuple):
    """A request, and why it may be costly."""

    what: str
    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = {}


class Cost(NamedTuple):
    """The cost of one request; memory counts from just before it, without the files that processes share."""

    cpu_s: float
    memory_mb: float
    status: int


@dataclass(frozen=True)
class RequestMeter:
    """Has requests answered by forks of a process that has only loaded the app."""

    connection: Connection

    @classmethod
    @contextmanager
    def of(cls, app: Flask) -> Iterator[RequestMeter]:
        """Fork now: memory that is freed later would be taken again without being seen."""
        ours, theirs = _FORK.Pipe()
        gc.collect()
        gc.freeze()
        process = _FORK.Process(target=_fork_for_each, args=(app, theirs))
        process.start()
        try:
            yield cls(ours)
        finally:
            ours.send(None)
            process.join()

    def measure(self, request: CostlyRequest) -> Cost:
        """Have it answered, and once more where the files that it needs may be what took memory."""
        self.connection.send(request)
        cost: Cost = self.connection.recv()
        return cost


def _fork_for_each(app: Flask, connection: Connection) -> None:
    while request := connection.recv():
        process = _FORK.Process(target=_measure, args=(app, request, connection))
        process.start()
        process.join()
        if process.exitcode:
            connection.send(Cost(float("inf"), float("inf"), 0))


def _measure(app: Flask, request: CostlyRequest, connection: Connection) -> None:
    before = _memory()
    cpu_s, status = _answer(app, request)
    growth = _memory()["VmHWM"] - before["VmRSS"]
    if growth > LITTLE_MB:  # files that were mapped may be a part of it: do without them
        Path("/proc/self/clear_refs").write_text("5", "ascii")  # the high-water mark starts anew
        _answer(app, request)
        after = _memory()
        growth = after["VmHWM"] - after["RssFile"] - after["RssShmem"] - before["RssAnon"]
    connection.send(Cost(cpu_s, growth, status))


def _answer(app: Flask, request: CostlyRequest) -> tuple[float, int]:
    """(seconds of processor time, status)."""
    path, _, query = request.path.partition("?")
    builder = EnvironBuilder(
        path=unquote(path),
        query_string=query,
        method=request.method,
        headers=Headers(dict(request.headers)),
        data=request.body or None,
    )
    environ = builder.get_environ()
    started = time.process_time()
    _, status, _ = run_wsgi_app(app, environ, buffered=True)
    return time.process_time() - started, int(status.split()[0])


def _memory() -> dict[str, float]:
    """Sizes of this process in MB, by their names in /proc."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    fields = (line.partition(":")[::2] for line in lines)
    return {name: int(text.split()[0]) * _KB for name, text in fields if name.startswith(("Vm", "Rss"))}
