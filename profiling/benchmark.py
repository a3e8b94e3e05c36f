#!/usr/bin/env python3
"""Measures the whole way from files to answers: import, build, start, latency, memory of the server.

Works in a folder of its own and leaves your database alone. Writes a Markdown report.
"""

from __future__ import annotations

import argparse
import csv
import http.client
import json
import os
import platform
import random
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

import psutil

from config import Config
from recommender.catalog import Catalog
from recommender.snapshot import CATALOG_FILE
from recommender.store import ModelStore
from scripts.console import console

WARM_UP, REQUESTS = 50, 1_000
START_LIMIT_S = 60
QUERIES = ROOT / "tests" / "recommender" / "title_queries.csv"


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
        environ = os.environ | {
            "DATABASE_URL": arguments.database_url or f"sqlite:///{folder.absolute() / 'benchmark.db'}",
            "MODEL_DIR": str(folder.absolute() / "models"),
            "SECRET_KEY": secrets.token_hex(16),
            "WEB_CONCURRENCY": "2",
            "PORT": str(_free_port()),
            "LOG_LEVEL": "WARNING",
        }
        report = Report()
        if not (folder / "models" / "CURRENT").exists():
            _import_and_build(arguments, environ, report)
        _resolve_titles(environ, report)
        _serve(environ, report)
    if arguments.out:
        arguments.out.write_text(_markdown(report, sys.argv[1:]), "utf-8")
    return 0


def _import_and_build(arguments: argparse.Namespace, environ: dict[str, str], report: Report) -> None:
    catalogue = [
        *("--anime", arguments.anime),
        *(("--details", arguments.details) if arguments.details else ()),
    ]
    _run(["scripts/import_dataset.py", *catalogue], environ)
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
    port = int(environ["PORT"])
    catalog = _catalog(environ)
    titles = sorted(catalog.titles, key=lambda title: -(title.members or 0))[:2_000]
    titles = [title for title in titles if not title.nsfw]
    rng = random.Random(7)  # noqa: S311 - which titles are asked for

    def favourites() -> list[Any]:
        return [{"anime_id": title.anime_id} for title in rng.sample(titles[:500], 5)]

    def history() -> list[Any]:
        return [{"anime_id": t.anime_id, "rating": rng.randint(4, 10)} for t in rng.sample(titles, 90)]

    def post(path: str, body: Callable[[], dict[str, Any]]) -> Callable[[], tuple[str, str, bytes]]:
        return lambda: ("POST", path, json.dumps(body()).encode())

    def stateless(algorithm: str, ratings: Callable[[], list[Any]]) -> Callable[[], tuple[str, str, bytes]]:
        return post("/api/v1/recommendations", lambda: {"algorithm": algorithm, "ratings": ratings()})

    def suggestion() -> tuple[str, str, bytes]:
        name = rng.choice(titles).name
        typed = "".join(ch for ch in name[: rng.randint(1, 8)] if ch.isalnum())
        return "GET", f"/api/anime-suggestions?query={quote(typed)}", b""

    known = {"user_id": 10, "anime_list": [{"anime_id": titles[0].anime_id}]}
    started = time.perf_counter()
    with _server(environ) as process:
        report.add("start with an existing model", f"{time.perf_counter() - started:.2f} s", "3 s")
        bar = "p50 8 ms, p99 25 ms"
        hybrid_bar = "p50 10 ms, p99 30 ms"
        asked = {
            "hybrid, 5 favourites": (stateless("hybrid", favourites), hybrid_bar),
            "hybrid, history of 90": (stateless("hybrid", history), hybrid_bar),
            "user-user, 5 favourites": (stateless("user-user", favourites), bar),
            "user-user, history of 90": (stateless("user-user", history), bar),
            "user-user, a stored user": (
                post("/users/recommendations", lambda: known),
                "p50 8 ms, p99 25 ms",
            ),
            "content-based, 5 favourites": (stateless("content-based", favourites), "p50 8 ms"),
            "suggestions": (suggestion, "p99 5 ms"),
        }
        for what, (ask, bar) in asked.items():
            times = _latencies(port, ask)
            p50, p99 = statistics.median(times), sorted(times)[int(len(times) * 0.99)]
            report.add(f"{what}, one client", f"p50 {p50:.1f} ms, p99 {p99:.1f} ms", bar)
        memory = _proportional_memory(process.pid)
        report.add("memory, 2 workers, sum of PSS", f"{memory:.0f} MB", "450 MB")
        new_person = post("/users/recommendations", lambda: _new_person(rng, favourites()))
        times = _latencies(port, new_person, requests=200)
        report.add("a new person, saved, one client", f"p50 {statistics.median(times):.1f} ms")
        loads = {
            "hybrid": stateless("hybrid", favourites),
            "user-user": stateless("user-user", favourites),
            "suggestions": suggestion,
        }
        for what, ask in loads.items():
            report.add(f"{what}, 8 clients", f"{_throughput(port, ask):,.0f} requests/s")


def _new_person(rng: random.Random, favourites: list[Any]) -> dict[str, Any]:
    return {"user_id": rng.randint(10**9, 10**12), "anime_list": favourites}


@contextmanager
def _server(environ: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "app:create_app()"]
    process = subprocess.Popen(command, cwd=ROOT, env=environ)
    try:
        deadline = time.monotonic() + START_LIMIT_S
        while not _ready(int(environ["PORT"])):
            if time.monotonic() > deadline or process.poll() is not None:
                raise SystemExit("the server did not become ready")
            time.sleep(0.02)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _ready(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False


def _ask(port: int, method: str, path: str, body: bytes) -> float:
    """Milliseconds from opening a connection to the last byte of the answer."""
    started = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
    response = connection.getresponse()
    response.read()
    connection.close()
    if response.status != 200:
        raise SystemExit(f"{method} {path} answered {response.status}")
    return (time.perf_counter() - started) * 1_000


def _latencies(port: int, ask: Callable[[], tuple[str, str, bytes]], requests: int = REQUESTS) -> list[float]:
    for _ in range(WARM_UP):
        _ask(port, *ask())
    return [_ask(port, *ask()) for _ in range(requests)]


def _throughput(port: int, ask: Callable[[], tuple[str, str, bytes]], clients: int = 8) -> float:
    """Requests per second of several clients, the load coming from the same machine."""
    questions = [[ask() for _ in range(250)] for _ in range(clients)]
    threads = [
        threading.Thread(target=lambda batch=batch: [_ask(port, *question) for question in batch])
        for batch in questions
    ]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(map(len, questions)) / (time.perf_counter() - started)


def _proportional_memory(pid: int) -> float:
    """Sum over the server's processes of PSS, in MB: shared pages count once."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return sum(process.memory_full_info().pss for process in family) / 2**20


def _catalog(environ: dict[str, str]) -> Catalog:
    store = ModelStore(Config.from_env(environ).model_dir)
    return Catalog.from_json(
        json.loads((store.directory / str(store.current_name()) / CATALOG_FILE).read_text("utf-8"))
    )


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


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
