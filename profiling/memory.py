#!/usr/bin/env python3
"""How much memory the server takes at most: through mixed requests, new people, and a new model.

Works on the folder of profiling/benchmark.py (--folder); builds a new version there, and saves people.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psutil

from config import ROOT
from profiling.servers import Questions, ask, folder_parser, proportional_memory, server, settings
from scripts.console import console

BAR_MB = 450
SAMPLE_EVERY_S = 0.25


def main(argv: list[str] | None = None) -> int:
    """Print the sum of PSS of all processes (smaps_rollup) at its highest in each part."""
    parser = folder_parser(__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=500)
    arguments = parser.parse_args(argv)
    environ = settings(arguments.folder, arguments.database_url)
    port, questions = int(environ["PORT"]), Questions(environ)
    mixed = [
        questions.stateless("hybrid", questions.favorites),
        questions.stateless("hybrid", questions.history, explain=True),
        questions.stateless("ranker", questions.favorites, diversity=0.5, niche=0.3),
        questions.stateless("user-user", questions.history),
        questions.stateless("item-item", questions.favorites),
        questions.stateless("content-based", questions.favorites),
        questions.suggestion,
        questions.similar,
        questions.stored,
    ]
    asked = [mixed[number % len(mixed)]() for number in range(arguments.requests)]
    people = [questions.new_person() for _ in range(arguments.people)]
    with server(environ) as process, ThreadPoolExecutor(4) as clients, _Watch(process) as watch:
        watch.say("started")
        list(clients.map(lambda request: ask(port, request), asked))
        watch.say(f"{len(asked):,} mixed requests")
        list(clients.map(lambda request: ask(port, request), people))
        watch.say(f"{len(people)} new people")
        command = [sys.executable, "scripts/build_index.py", "--no-memory", "--force"]
        build = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL)
        while build.poll() is None:
            ask(port, mixed[0]())
        if build.returncode:
            raise SystemExit("scripts/build_index.py failed")
        list(clients.map(lambda request: ask(port, request), asked[:1_000]))
        watch.say("a new model, built by another process")
    return 0


class _Watch:
    """Samples the memory of a server in the background."""

    def __init__(self, process: psutil.Process) -> None:
        self._process, self._highest, self._done = process, 0.0, threading.Event()
        self._thread = threading.Thread(target=self._sample)

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._done.set()
        self._thread.join()

    def say(self, what: str) -> None:
        now = proportional_memory(self._process)
        highest = max(now, self._highest)
        self._highest = 0.0
        console.print(
            f"{what}: at most {highest:.0f} MB, {now:.0f} MB in the end (bar: {BAR_MB})", highlight=False
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
