#!/usr/bin/env python3
"""Benchmark from files to responses: import, build, start, latency, memory of the server.

Works in a folder of its own and leaves your database alone. Writes a Markdown report.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console

from config import ROOT, Config
from profiling.servers import (
    MakeRequest,
    SampleRequests,
    proportional_memory,
    send,
    server,
    settings,
)
from recommender.artifacts.store import ModelStore
from recommender.models.registry import DEFAULT_ALGORITHM

console = Console()

WARM_UP, REQUESTS = 50, 1_000
BARS = {  # by algorithm; others have none
    "hybrid": "p50 10 ms, p99 30 ms",
    "user-user": "p50 8 ms, p99 25 ms",
    "content-based": "p50 8 ms",
}
QUERIES = ROOT / "evaluation" / "data" / "title_queries.csv"


@dataclass
class Report:
    """Lines of (name, measured, bar)."""

    lines: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, name: str, measured: str, bar: str = "") -> None:
        self.lines.append((name, measured, bar))
        console.print(f"{name}: [bold]{measured}[/] {f'(bar: {bar})' if bar else ''}", highlight=False)


def main(argv: list[str] | None = None) -> int:
    """Run every measurement once; repeat the command to see the noise of the machine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--anime", type=Path, required=True)
    parser.add_argument("--details", type=Path)
    parser.add_argument("--ratings", type=Path, required=True)
    parser.add_argument("--database-url", help="default: a new SQLite file; PostgreSQL: an empty database")
    parser.add_argument("--out", type=Path, metavar="FILE.md")
    parser.add_argument("--folder", type=Path, help="keep database and model here; reused when it has them")
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        environ = settings(folder, arguments.database_url)
        report = Report()
        if ModelStore(folder / "models").current_name() is None:
            _import_and_build(arguments, environ, report)
        _resolve_titles(environ, report)
        _serve(environ, report)
    if arguments.out:
        arguments.out.write_text(_markdown(report, sys.argv[1:]), "utf-8")
    return 0


def _import_and_build(arguments: argparse.Namespace, environ: dict[str, str], report: Report) -> None:
    catalog = [
        *("--anime", arguments.anime),
        *(("--details", arguments.details) if arguments.details else ()),
    ]
    _run(["scripts/import_dataset.py", *catalog], environ)
    seconds, peak = _run(["scripts/import_dataset.py", "--ratings", arguments.ratings], environ)
    report.add("import of the ratings", f"{seconds:.1f} s, peak {peak:.0f} MB", "60 s, 300 MB")
    seconds, peak = _run(["scripts/build_index.py", "--no-memory", "--force"], environ)
    report.add("build, all algorithms", f"{seconds:.1f} s, peak {peak:.0f} MB", "120 s, 1,500 MB")


def _run(command: list[Any], environ: dict[str, str]) -> tuple[float, float]:
    """(seconds, peak resident MB of the process and its children) of one script."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *map(str, command)], cwd=ROOT, env=environ, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[0]} failed")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def _resolve_titles(environ: dict[str, str], report: Report) -> None:
    """Resolve the title queries of the tests with the names of the benchmark's model."""
    snapshot = ModelStore(Config.from_env(environ).model_dir).load().snapshot
    correct = wrong = 0
    times = []
    with QUERIES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        started = time.perf_counter()
        anime_row = snapshot.search.resolve(row["query"])
        times.append((time.perf_counter() - started) * 1_000)
        resolved = "" if anime_row is None else str(snapshot.catalog[anime_row].anime_id)
        correct += resolved == row["anime_id"]
        wrong += resolved not in ("", row["anime_id"])
    report.add(
        f"titles resolved, of {len(rows)} queries",
        f"{correct / len(rows):.1%} correct, {wrong / len(rows):.1%} wrong, at most {max(times):.1f} ms",
        "95 %, 1 %, 10 ms",
    )


def _serve(environ: dict[str, str], report: Report) -> None:
    port, samples = int(environ["PORT"]), SampleRequests(environ)
    started = time.perf_counter()
    with server(environ) as process:
        report.add("start with an existing model", f"{time.perf_counter() - started:.2f} s", "3 s")
        for name, (make_request, bar) in _kinds(samples).items():
            times = _latencies(port, make_request)
            p50, p99 = statistics.median(times), sorted(times)[int(len(times) * 0.99)]
            report.add(f"{name}, one client", f"p50 {p50:.1f} ms, p99 {p99:.1f} ms", bar)
        memory = proportional_memory(process)
        report.add("memory, 2 workers, sum of PSS", f"{memory:.0f} MB", "450 MB")
        times = _latencies(port, samples.new_user, requests=200)
        report.add("a new user, saved, one client", f"p50 {statistics.median(times):.1f} ms")


def _kinds(samples: SampleRequests) -> dict[str, tuple[MakeRequest, str]]:
    """Name -> (requests whose latency is measured, bar)."""
    kinds: dict[str, tuple[MakeRequest, str]] = {}
    for algorithm in samples.algorithms:
        bar = BARS.get(algorithm, "")
        kinds[f"{algorithm}, 5 favorites"] = samples.for_list(algorithm, samples.favorites), bar
        kinds[f"{algorithm}, history of 90"] = samples.for_list(algorithm, samples.history), bar
    explained = samples.for_list(DEFAULT_ALGORITHM, samples.history, explain=True)
    kinds[f"{DEFAULT_ALGORITHM} with reasons, history of 90"] = explained, ""
    kinds["user-user, a stored user"] = samples.stored_user, BARS["user-user"]
    kinds["suggestions"] = samples.suggestion, "p99 5 ms"
    return kinds


def _latencies(port: int, make_request: MakeRequest, requests: int = REQUESTS) -> list[float]:
    for _ in range(WARM_UP):
        send(port, make_request())
    return [send(port, make_request()) for _ in range(requests)]


def _markdown(report: Report, arguments: list[str]) -> str:
    rows = [("name", "measured", "bar"), ("---", "---", "---"), *report.lines]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"`profiling/benchmark.py {' '.join(arguments)}`\n\n"
        f"{os.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()}; "
        f"{REQUESTS:,} requests a line, a new connection each, the client on the same machine.\n\n{table}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
