"""A real server on a full data set, the requests that benchmarks send, and the server's memory."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import psutil
from sqlalchemy import make_url

from config import ROOT, Config
from domain.titles import Title
from recommender.artifacts.snapshot import TITLES_FILE
from recommender.artifacts.store import MANIFEST_FILE, ModelStore
from recommender.artifacts.title_file import StoredTitles
from recommender.models.registry import ModelConfig

START_LIMIT_S = 60


class Request(NamedTuple):
    """An HTTP request; the body of GET is empty."""

    method: str
    path: str
    body: bytes = b""


MakeRequest = Callable[[], Request]
Ratings = list[dict[str, int]]  # as the API takes them


def folder_parser(description: str | None) -> argparse.ArgumentParser:
    """A parser for benchmarks that work on the --folder of profiling/benchmark.py."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, required=True, help="with benchmark.db and models")
    parser.add_argument("--database-url", help="default: benchmark.db in the folder")
    return parser


def settings(folder: Path, database_url: str | None = None) -> dict[str, str]:
    """The environment of a server of two workers whose database and model are in `folder`."""
    return os.environ | {
        "DATABASE_URL": database_url or f"sqlite:///{folder.absolute() / 'benchmark.db'}",
        "MODEL_DIR": str(folder.absolute() / "models"),
        "SECRET_KEY": secrets.token_hex(16),
        "WEB_CONCURRENCY": "2",
        "PORT": str(free_port()),
        "LOG_LEVEL": "WARNING",
    }


def copy_sqlite(database_url: str, target: Path) -> str:
    """Copy a SQLite database, which may be in use; return the address of the copy.

    Raises:
        SystemExit: it is another kind of database.
    """
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        raise SystemExit("error: set DATABASE_URL to a SQLite file, which can be copied")
    with closing(sqlite3.connect(str(url.database))) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    return f"sqlite:///{target}"


@contextmanager
def server(environ: Mapping[str, str], *options: str) -> Iterator[psutil.Process]:
    """Start the server, with options of gunicorn, wait until it is ready, stop it afterwards."""
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", *options, "app:create_app()"]
    process = subprocess.Popen(command, cwd=ROOT, env=dict(environ))
    try:
        deadline = time.monotonic() + START_LIMIT_S
        while not _ready(int(environ["PORT"])):
            if time.monotonic() > deadline or process.poll() is not None:
                raise SystemExit("the server did not become ready")
            time.sleep(0.02)
        yield psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def send(port: int, request: Request) -> float:
    """Milliseconds from opening a connection to the last byte of the response."""
    started = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Content-Type": "application/json"} if request.body else {}
    connection.request(request.method, request.path, request.body, headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    if response.status != 200:
        raise SystemExit(f"{request.method} {request.path} answered {response.status}")
    return (time.perf_counter() - started) * 1_000


def proportional_memory(process: psutil.Process) -> float:
    """Sum of PSS over a process and its children, in MB: shared memory counts once."""
    family = [process, *process.children(recursive=True)]
    return sum(member.memory_full_info().pss for member in family) / 2**20


class SampleRequests:
    """Random requests for the most popular titles of the model, the same for the same seed.

    Attributes:
        algorithms: those that the model has.
    """

    def __init__(self, environ: Mapping[str, str], seed: int = 7) -> None:
        self._random = random.Random(seed)  # noqa: S311 - chooses titles, nothing secret
        directory = _model(environ)
        titles = StoredTitles(directory / TITLES_FILE)
        popular = sorted(titles, key=lambda title: -(title.members or 0))[:2_000]
        self.titles: list[Title] = [title for title in popular if not title.nsfw]
        manifest = json.loads((directory / MANIFEST_FILE).read_text("utf-8"))
        self.algorithms = list(ModelConfig.from_dict(manifest["config"]).algorithms)

    def favorites(self) -> Ratings:
        """Five very popular titles."""
        return [{"anime_id": title.anime_id} for title in self._random.sample(self.titles[:500], 5)]

    def history(self) -> Ratings:
        """Ninety titles with ratings."""
        chosen = self._random.sample(self.titles, 90)
        return [{"anime_id": title.anime_id, "rating": self._random.randint(4, 10)} for title in chosen]

    def for_list(
        self, algorithm: str, ratings: Callable[[], list[dict[str, int]]], **options: Any
    ) -> MakeRequest:
        """POST /api/v1/recommendations with a list that is not stored."""
        path = "/api/v1/recommendations"
        return lambda: _post(path, {"algorithm": algorithm, "ratings": ratings(), **options})

    def suggestion(self) -> Request:
        """The first letters of a title."""
        name = self._random.choice(self.titles).name
        query = "".join(letter for letter in name[: self._random.randint(1, 8)] if letter.isalnum())
        return Request("GET", f"/api/anime-suggestions?query={quote(query)}")

    def stored_user(self) -> Request:
        """A user with saved ratings."""
        return _post(
            "/users/recommendations",
            {"user_id": 10, "anime_list": [{"anime_id": self.titles[0].anime_id}]},
        )

    def new_user(self) -> Request:
        """A user who is saved by the request."""
        user_id = self._random.randint(10**9, 10**12)
        return _post("/users/recommendations", {"user_id": user_id, "anime_list": self.favorites()})

    def similar(self) -> Request:
        """Titles similar to one."""
        return Request("GET", f"/api/v1/anime/{self._random.choice(self.titles).anime_id}/similar")


def free_port() -> int:
    """A TCP port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _post(path: str, body: dict[str, Any]) -> Request:
    return Request("POST", path, json.dumps(body).encode())


def _ready(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False


def _model(environ: Mapping[str, str]) -> Path:
    """The folder of the current version."""
    store = ModelStore(Config.from_env(environ).model_dir)
    return store.directory / str(store.current_name())
