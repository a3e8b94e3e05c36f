#!/usr/bin/env python3
"""Peak memory of the server: through mixed requests, new users, and a new model.

Works on the folder of profiling/benchmark.py (--folder); builds a new version there, and saves users.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
from rich.console import Console

from config import ROOT
from profiling.servers import (
    Request,
    SampleRequests,
    folder_parser,
    proportional_memory,
    send,
    server,
    settings,
)
from recommender.models.registry import DEFAULT_ALGORITHM

console = Console()

BAR_MB = 450
SAMPLE_EVERY_S = 0.25


def main(argv: list[str] | None = None) -> int:
    """Print the peak of the sum of PSS of all processes (smaps_rollup) in each part."""
    parser = folder_parser(__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--new-users", type=int, default=500)
    arguments = parser.parse_args(argv)
    environ = settings(arguments.folder, arguments.database_url)
    port, samples = int(environ["PORT"]), SampleRequests(environ)
    requests = _mixed(samples, arguments.requests)
    new_users = [samples.new_user() for _ in range(arguments.new_users)]
    with server(environ) as process, ThreadPoolExecutor(4) as clients, _MemoryWatch(process) as watch:
        watch.report("started")
        list(clients.map(lambda request: send(port, request), requests))
        watch.report(f"{len(requests):,} mixed requests")
        list(clients.map(lambda request: send(port, request), new_users))
        watch.report(f"{len(new_users)} new users")
        command = [sys.executable, "scripts/build_index.py", "--no-memory", "--force"]
        build = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL)
        while build.poll() is None:
            send(port, requests[0])
        if build.returncode:
            raise SystemExit("scripts/build_index.py failed")
        list(clients.map(lambda request: send(port, request), requests[:1_000]))
        watch.report("a new model, built by another process")
    return 0


def _mixed(samples: SampleRequests, count: int) -> list[Request]:
    """Requests of every kind and algorithm in turn."""
    kinds = [
        *(samples.for_list(algorithm, samples.favorites) for algorithm in samples.algorithms),
        *(samples.for_list(algorithm, samples.history) for algorithm in samples.algorithms),
        samples.for_list(DEFAULT_ALGORITHM, samples.history, explain=True),
        samples.for_list(DEFAULT_ALGORITHM, samples.favorites, diversity=0.5, niche=0.3),
        samples.suggestion,
        samples.similar,
        samples.stored_user,
    ]
    return [kinds[number % len(kinds)]() for number in range(count)]


class _MemoryWatch:
    """Samples the memory of a server in the background."""

    def __init__(self, process: psutil.Process) -> None:
        self._process, self._highest, self._done = process, 0.0, threading.Event()
        self._thread = threading.Thread(target=self._sample)

    def __enter__(self) -> _MemoryWatch:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._done.set()
        self._thread.join()

    def report(self, part: str) -> None:
        """Print the peak since the last report."""
        now = proportional_memory(self._process)
        highest = max(now, self._highest)
        self._highest = 0.0
        console.print(
            f"{part}: at most {highest:.0f} MB, {now:.0f} MB at the end (bar: {BAR_MB})", highlight=False
        )

    def _sample(self) -> None:
        while not self._done.is_set():
            try:
                self._highest = max(self._highest, proportional_memory(self._process))
            except psutil.NoSuchProcess:  # a worker was replaced meanwhile
                continue
            time.sleep(SAMPLE_EVERY_S)


if __name__ == "__main__":
    sys.exit(main())
