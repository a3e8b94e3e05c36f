#!/usr/bin/env python3
"""Soak: mixed load on the server for an hour, with its memory and its latency over time.

The database (SQLite) and the models of the settings are copied: what the requests save is thrown away. Exit
code 1 when any answer was a 5xx or missing, a worker was lost, or the memory of all processes grew by more
than 5 MB after the warm-up, which is the first quarter of the time.

That memory is the PSS of whatever only the server has, and the RSS of libraries and other files, which it
shares with other programs: their PSS falls and rises as those start and end.
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
from dataclasses import astuple, dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TypeVar

import psutil
from rich.console import Console
from rich.table import Table

from config import ROOT, Config
from profiling.servers import SampleRequests, copy_sqlite, server, settings
from profiling.soak_load import Call, MixedLoad

console = Console()
Value = TypeVar("Value")

GROWTH_BAR_MB = 5.0
CLIENTS, SAMPLE_EVERY_S, PARTS, WARM_UP_PARTS = 4, 2.0, 12, 3
KEEP_WORKERS = "--max-requests 0"  # a worker that is replaced takes what it has leaked along


@dataclass(frozen=True)
class Memory:
    """Of a process and its children, in MB.

    Attributes:
        anonymous: PSS of what they allocated, once where they share it.
        files: PSS of the model and whatever else only they map.
        libraries: RSS of everything else they map, once for each process.
        pss: of all of it. Depends on who else maps the same libraries.
    """

    anonymous: float = 0
    files: float = 0
    libraries: float = 0
    pss: float = 0

    @classmethod
    def of(cls, process: psutil.Process, own: Path) -> Memory:
        """Measure, where nobody else maps files of the folder `own`."""
        anonymous = files = libraries = pss = 0
        for member in (process, *process.children(recursive=True)):
            for part in member.memory_maps():
                pss += part.pss
                if not part.path.startswith("/"):
                    anonymous += part.pss
                elif part.path.startswith(f"{own}/"):
                    files += part.pss
                else:
                    libraries += part.rss
        return cls(*(amount / 2**20 for amount in (anonymous, files, libraries, pss)))

    @property
    def total(self) -> float:
        """The sum that must not grow."""
        return self.anonymous + self.files + self.libraries


@dataclass
class Soak:
    """Measurements over time, as (seconds since the start, value)."""

    seconds: float
    latencies: list[tuple[float, float]] = field(default_factory=list)  # milliseconds, of expected requests
    memory: list[tuple[float, Memory]] = field(default_factory=list)
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)  # of (kind, status); 0: no answer
    lost_workers: int = 0

    def part(self, values: list[tuple[float, Value]], number: int) -> list[Value]:
        """The values of one of `PARTS` equal parts of the time."""
        length = self.seconds / PARTS
        return [value for at, value in values if number * length <= at < (number + 1) * length]

    def usual_memory(self, number: int) -> Memory:
        """The median of one of the parts."""
        columns = zip(*map(astuple, self.part(self.memory, number)), strict=True)
        return Memory(*map(statistics.median, columns))

    @property
    def growth(self) -> Memory:
        """From the first part after the warm-up to the last."""
        first, last = (astuple(self.usual_memory(number)) for number in (WARM_UP_PARTS, PARTS - 1))
        return Memory(*(after - before for before, after in zip(first, last, strict=True)))

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
        if self.growth.total > GROWTH_BAR_MB:
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
            soak = run(process, int(environ["PORT"]), load, arguments.minutes * 60, Path(folder))
            report(soak)
    return 1 if soak.failures else 0


def run(process: psutil.Process, port: int, load: MixedLoad, seconds: float, own: Path) -> Soak:
    """Let clients ask for that long, and sample memory meanwhile.

    Args:
        own: with the model and the database, of which nobody else maps any file.
    """
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
        soak.memory.append((at, Memory.of(process, own)))
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
    kinds_of_memory = ("anonymous", "files", "libraries", "PSS")
    table = Table("minutes", "req/s", "p50 ms", "p99 ms", *kinds_of_memory)
    length = soak.seconds / PARTS
    for number in range(PARTS):
        times = soak.part(soak.latencies, number)
        centiles = statistics.quantiles(times, n=100)
        table.add_row(
            f"{number * length / 60:.1f}-{(number + 1) * length / 60:.1f}",
            f"{len(times) / length:.0f}",
            f"{centiles[49]:.1f}",
            f"{centiles[98]:.1f}",
            *(f"{megabytes:.1f}" for megabytes in astuple(soak.usual_memory(number))),
        )
    console.print(table)
    sent = Counter[str]()
    for (kind, _), count in soak.statuses.items():
        sent[kind] += count
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sent.most_common())
    console.print(f"{sent.total():,} requests: {kinds}", highlight=False)
    grown = zip(kinds_of_memory, astuple(soak.growth), strict=True)
    by_kind = ", ".join(f"{kind} {megabytes:+.1f}" for kind, megabytes in grown)
    console.print(f"memory after the warm-up: {soak.growth.total:+.1f} MB ({by_kind})", highlight=False)
    for failure in soak.failures:
        console.print(f"[red]{failure}[/]", highlight=False)


if __name__ == "__main__":
    sys.exit(main())
