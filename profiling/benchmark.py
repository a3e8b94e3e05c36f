#!/usr/bin/env python3
"""Measures the whole way from files to answers: import, build, start, latency, memory of the server.

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

from config import ROOT, Config
from profiling.servers import Ask, Questions, ask, proportional_memory, server, settings
from recommender.artifacts.store import ModelStore
from scripts.console import console

WARM_UP, REQUESTS = 50, 1_000
QUERIES = ROOT / "evaluation" / "data" / "title_queries.csv"


@dataclass
class Report:
    """Lines of (what, measured, bar)."""

    lines: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, what: str, measured: str, bar: str = "") -> None:
        self.lines.append((what, measured, bar))
        console.print(f"{what}: [bold]{measured}[/] {f'(bar: {bar})' if bar else ''}", highlight=False)


def main(argv: list[str] | None = None) -> int:
    """Run every measurement once; repeat the command to see how much the machine wavers."""
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
        if not (folder / "models" / "CURRENT").exists():
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
    """What people type, to titles: the queries of the tests, with the names of the benchmark's model."""
    snapshot = ModelStore(Config.from_env(environ).model_dir).load().snapshot
    right = wrong = 0
    times = []
    with QUERIES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        started = time.perf_counter()
        found = snapshot.titles.resolve(row["query"])
        times.append((time.perf_counter() - started) * 1_000)
        answer = "" if found is None else str(snapshot.catalog[found].anime_id)
        right += answer == row["anime_id"]
        wrong += answer not in ("", row["anime_id"])
    report.add(
        f"titles resolved, of {len(rows)} queries",
        f"{right / len(rows):.1%} right, {wrong / len(rows):.1%} wrong, at most {max(times):.1f} ms",
        "95 %, 1 %, 10 ms",
    )


def _serve(environ: dict[str, str], report: Report) -> None:
    port, questions = int(environ["PORT"]), Questions(environ)
    started = time.perf_counter()
    with server(environ) as process:
        report.add("start with an existing model", f"{time.perf_counter() - started:.2f} s", "3 s")
        bar = "p50 8 ms, p99 25 ms"
        hybrid_bar = "p50 10 ms, p99 30 ms"
        favorites, history = questions.favorites, questions.history
        asked: dict[str, tuple[Ask, str]] = {
            "hybrid, 5 favorites": (questions.stateless("hybrid", favorites), hybrid_bar),
            "hybrid, history of 90": (questions.stateless("hybrid", history), hybrid_bar),
            "hybrid with reasons, history of 90": (questions.stateless("hybrid", history, explain=True), ""),
            "user-user, 5 favorites": (questions.stateless("user-user", favorites), bar),
            "user-user, history of 90": (questions.stateless("user-user", history), bar),
            "user-user, a stored user": (questions.stored, bar),
            "content-based, 5 favorites": (questions.stateless("content-based", favorites), "p50 8 ms"),
            "suggestions": (questions.suggestion, "p99 5 ms"),
        }
        for what, (question, bar) in asked.items():
            times = _latencies(port, question)
            p50, p99 = statistics.median(times), sorted(times)[int(len(times) * 0.99)]
            report.add(f"{what}, one client", f"p50 {p50:.1f} ms, p99 {p99:.1f} ms", bar)
        memory = proportional_memory(process)
        report.add("memory, 2 workers, sum of PSS", f"{memory:.0f} MB", "450 MB")
        times = _latencies(port, questions.new_person, requests=200)
        report.add("a new person, saved, one client", f"p50 {statistics.median(times):.1f} ms")


def _latencies(port: int, question: Ask, requests: int = REQUESTS) -> list[float]:
    for _ in range(WARM_UP):
        ask(port, question())
    return [ask(port, question()) for _ in range(requests)]


def _markdown(report: Report, arguments: list[str]) -> str:
    rows = [("what", "measured", "bar"), ("---", "---", "---"), *report.lines]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"`profiling/benchmark.py {' '.join(arguments)}`\n\n"
        f"{os.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()}; "
        f"{REQUESTS:,} requests a line, a new connection each, the client on the same machine.\n\n{table}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
