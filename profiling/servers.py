"""A real server on a full data set, what is asked of it, and how much memory it takes."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import psutil

from config import ROOT, Config
from domain.titles import Title
from recommender.artifacts.snapshot import TITLES_FILE
from recommender.artifacts.store import ModelStore
from recommender.artifacts.title_file import StoredTitles

START_LIMIT_S = 60


class Request(NamedTuple):
    """What is sent; an empty body for GET."""

    method: str
    path: str
    body: bytes = b""


Ask = Callable[[], Request]


def folder_parser(description: str | None) -> argparse.ArgumentParser:
    """For a measurement that works on what profiling/benchmark.py left in its --folder."""
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


@contextmanager
def server(environ: Mapping[str, str]) -> Iterator[psutil.Process]:
    """The server, ready; stopped in the end."""
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "app:create_app()"]
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


def ask(port: int, request: Request) -> float:
    """Milliseconds from opening a connection to the last byte of the answer."""
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
    """Sum of PSS over a process and its children, in MB: what they share counts once."""
    family = [process, *process.children(recursive=True)]
    return sum(member.memory_full_info().pss for member in family) / 2**20


class Questions:
    """Made up from the best known titles of the model, the same for the same seed."""

    def __init__(self, environ: Mapping[str, str], seed: int = 7) -> None:
        self._random = random.Random(seed)  # noqa: S311 - which titles are asked for
        known = sorted(_titles(environ), key=lambda title: -(title.members or 0))[:2_000]
        self.titles: list[Title] = [title for title in known if not title.nsfw]

    def favorites(self) -> list[dict[str, int]]:
        """Five titles that most people know."""
        return [{"anime_id": title.anime_id} for title in self._random.sample(self.titles[:500], 5)]

    def history(self) -> list[dict[str, int]]:
        """Ninety titles with ratings."""
        chosen = self._random.sample(self.titles, 90)
        return [{"anime_id": title.anime_id, "rating": self._random.randint(4, 10)} for title in chosen]

    def stateless(self, algorithm: str, ratings: Callable[[], list[dict[str, int]]], **more: Any) -> Ask:
        """POST /api/v1/recommendations."""
        path = "/api/v1/recommendations"
        return lambda: _post(path, {"algorithm": algorithm, "ratings": ratings(), **more})

    def suggestion(self) -> Request:
        """The beginning of a title."""
        name = self._random.choice(self.titles).name
        typed = "".join(letter for letter in name[: self._random.randint(1, 8)] if letter.isalnum())
        return Request("GET", f"/api/anime-suggestions?query={quote(typed)}")

    def stored(self) -> Request:
        """Somebody whose list is saved."""
        return _post(
            "/users/recommendations",
            {"user_id": 10, "anime_list": [{"anime_id": self.titles[0].anime_id}]},
        )

    def new_person(self) -> Request:
        """Somebody who is saved by this."""
        user_id = self._random.randint(10**9, 10**12)
        return _post("/users/recommendations", {"user_id": user_id, "anime_list": self.favorites()})

    def similar(self) -> Request:
        """Titles like one."""
        return Request("GET", f"/api/v1/anime/{self._random.choice(self.titles).anime_id}/similar")


def free_port() -> int:
    """A TCP port that nobody listens on."""
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


def _titles(environ: Mapping[str, str]) -> StoredTitles:
    store = ModelStore(Config.from_env(environ).model_dir)
    return StoredTitles(store.directory / str(store.current_name()) / TITLES_FILE)
