#!/usr/bin/env python3
"""Soak: mixed load on the server for an hour, with its memory and its latency over time.

The database (SQLite) and the models of the settings are copied: what the requests save is thrown away. Exit
code 1 when any answer was a 5xx or missing, a worker was lost, or the memory of all processes (PSS) grew by
more than 5 MB after the warm-up, which is the first quarter of the time.
"""

from __future__ import annotations

import argparse
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from config import ROOT, Config
from profiling.servers import SampleRequests, copy_sqlite, proportional_memory, server, settings
from profiling.soak_load import Call, MixedLoad

console = Console()

GROWTH_BAR_MB = 5.0
CLIENTS, SAMPLE_EVERY_S, PARTS, WARM_UP_PARTS = 4, 2.0, 12, 3
KEEP_WORKERS = "--max-requests 0"  # a worker that is replaced takes what it has leaked along


@dataclass
class Soak:
    """Measurements over time, as (seconds since the start, value)."""

    seconds: float
    latencies: list[tuple[float, float]] = field(default_factory=list)  # milliseconds, of expected requests
    memory: list[tuple[float, float]] = field(default_factory=list)  # MB
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)  # of (kind, status); 0: no answer
    lost_workers: int = 0

    def part(self, values: list[tuple[float, float]], number: int) -> list[float]:
        """The values of one of `PARTS` equal parts of the time."""
        length = self.seconds / PARTS
        return [value for at, value in values if number * length <= at < (number + 1) * length]

    @property
    def growth_mb(self) -> float:
        """From the first part after the warm-up to the last, by the median of each."""
        first, last = (self.part(self.memory, number) for number in (WARM_UP_PARTS, PARTS - 1))
        return statistics.median(last) - statistics.median(first)

    @property
    def failures(self) -> list[str]:
        """A sentence for each thing that must not be."""
        found = [
            f"{count} x {kind} answered {status or 'nothing'}"
            for (kind, status), count in sorted(self.statuses.items())
            if status >= 500 or (not status and kind != "hostile")
        ]
        if self.lost_workers:
            found.append(f"{self.lost_workers} workers did not survive")
        if self.growth_mb > GROWTH_BAR_MB:
            found.append(f"memory grew by more than {GROWTH_BAR_MB:.0f} MB after the warm-up")
        return found


def main(argv: list[str] | None = None) -> int:
    """Load a copy of the server of the settings."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args(argv)
    config = Config.from_env()
    key = secrets.token_hex(24)
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        url = copy_sqlite(config.database_url, Path(folder) / "soak.db")
        environ = settings(Path(folder), url)
        environ |= {"API_KEYS": f"admin:{key}", "GUNICORN_CMD_ARGS": KEEP_WORKERS}
        if config.model_dir.is_dir():
            shutil.copytree(config.model_dir, environ["MODEL_DIR"])
        build = [sys.executable, "scripts/build_index.py", "--no-memory"]  # does nothing if up to date
        subprocess.run(build, cwd=ROOT, env=environ, check=True)
        load = MixedLoad(SampleRequests(environ), key, arguments.seed)
        with server(environ) as process:
            soak = run(process, int(environ["PORT"]), load, arguments.minutes * 60)
            report(soak)
    return 1 if soak.failures else 0


def run(process: psutil.Process, port: int, load: MixedLoad, seconds: float) -> Soak:
    """Let clients ask for that long, and sample memory meanwhile."""
    soak, started = Soak(seconds), time.monotonic()
    workers = set(process.children())

    def use() -> None:
        while (at := time.monotonic() - started) < seconds:
            call = load.next()
            status, body = send(port, call)
            load.answered(call, status, body)
            soak.statuses[call.kind, status] += 1
            if not call.hostile:
                soak.latencies.append((at, (time.monotonic() - started - at) * 1_000))

    clients = [threading.Thread(target=use) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    while (at := time.monotonic() - started) < seconds:
        soak.memory.append((at, proportional_memory(process)))
        time.sleep(min(SAMPLE_EVERY_S, seconds / PARTS / 4))
    for client in clients:
        client.join()
    soak.lost_workers = len(workers - set(process.children()))
    return soak


def send(port: int, call: Call) -> tuple[int, bytes]:
    """The status, 0 where no answer came, and the body of the answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(call.method, call.path, call.body or None, dict(call.headers))
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, HTTPException):
        return 0, b""
    finally:
        connection.close()


def report(soak: Soak) -> None:
    """Print a table over time, the number of requests by kind, and each failure."""
    table = Table("minutes", "requests/s", "p50 ms", "p99 ms", "PSS MB")
    length = soak.seconds / PARTS
    for number in range(PARTS):
        times = soak.part(soak.latencies, number)
        centiles = statistics.quantiles(times, n=100)
        table.add_row(
            f"{number * length / 60:.1f}-{(number + 1) * length / 60:.1f}",
            f"{len(times) / length:.0f}",
            f"{centiles[49]:.1f}",
            f"{centiles[98]:.1f}",
            f"{statistics.median(soak.part(soak.memory, number)):.1f}",
        )
    console.print(table)
    sent = Counter[str]()
    for (kind, _), count in soak.statuses.items():
        sent[kind] += count
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sent.most_common())
    console.print(f"{sent.total():,} requests: {kinds}", highlight=False)
    console.print(f"memory after the warm-up: {soak.growth_mb:+.1f} MB", highlight=False)
    for failure in soak.failures:
        console.print(f"[red]{failure}[/]", highlight=False)


if __name__ == "__main__":
    sys.exit(main())
