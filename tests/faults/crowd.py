"""A crowd: processes that insert people and ask for answers all at once, and remember what they were told.

Each process runs this file, which needs the standard library only, so that it starts at once.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
CLIENTS, REST_S = 4, 0.005  # processes of a crowd, and how long each waits before it asks again
FIRST_TITLE, GROUPS, GROUP = 106, 12, 80  # groups of people with the same two titles, the best of each other
WATCHERS = 800_000  # user id of the first watcher: one a group, who were there before the crowd
NEWCOMERS = range(900_000, 900_000 + GROUPS * GROUP)

SAVING = "/users/recommendations"
NEEDS_THE_DATABASE = ("/readyz", "/api/v1/users/1/recommendations", "/api/v1/users/2/similar")
STATELESS = "/api/v1/recommendations"
DOES_WITHOUT = (STATELESS, "/healthz", "/api/v1/popular", "/api/v1/anime/106/similar")


@dataclass(frozen=True)
class Told:
    """One request and its answer."""

    path: str
    user_id: int | None  # who was inserted
    ratings: dict[int, int]  # with which list
    started: float  # time.monotonic(), the same clock in every process
    seconds: float
    status: int  # 0: the connection broke
    kind: str = ""  # Content-Type
    retry_after: str | None = None
    model: str | None = None  # version that answered


@dataclass
class Crowd:
    """The answers to all clients; complete when the `crowd` is over."""

    told: list[Told] = field(default_factory=list)

    @property
    def acknowledged(self) -> set[int]:
        """The users whose save was acknowledged."""
        return {told.user_id for told in self.told if told.user_id is not None and told.status == 200}

    @property
    def sent(self) -> dict[int, list[dict[int, int]]]:
        """Every list that came, by the person it is of; answered or not, one of them may be saved."""
        lists: dict[int, list[dict[int, int]]] = {}
        for told in self.told:
            if told.user_id is not None:
                lists.setdefault(told.user_id, []).append(told.ratings)
        return lists

    @property
    def statuses(self) -> set[int]:
        return {told.status for told in self.told}

    def of(self, paths: Collection[str]) -> list[Told]:
        """The answers of these paths."""
        return [told for told in self.told if told.path in paths]


def group_of(user_id: int) -> int:
    """The group of a newcomer."""
    return (user_id - NEWCOMERS.start) // GROUP


def titles_of(group: int) -> tuple[int, int]:
    """The two titles that a group likes, and nobody else of the crowd."""
    return FIRST_TITLE + 2 * group, FIRST_TITLE + 2 * group + 1


def person(user_id: int, ratings: dict[int, int]) -> dict[str, object]:
    """The body of a request that inserts somebody."""
    rated = [{"anime_id": anime_id, "rating": rating} for anime_id, rating in ratings.items()]
    return {"user_id": user_id, "anime_list": rated}


@contextmanager
def crowd(port: int, chance: random.Random) -> Iterator[Crowd]:
    """Processes that use the server inside. All insert the same people in the same order, each with lists
    of their own, and each leaves out half of them."""
    order = chance.sample(NEWCOMERS, len(NEWCOMERS))
    clients = [_start(port, order, chance.random()) for _ in range(CLIENTS)]
    try:
        for client in clients:
            assert client.stdout
            assert client.stdout.readline() == "ready\n"
        for client in clients:
            assert client.stdin
            client.stdin.write("go\n")
            client.stdin.flush()
        many = Crowd()
        yield many
    finally:
        for client in clients:
            assert client.stdin
            client.stdin.close()
            client.stdin = None  # communicate() would flush it
        answers = [client.communicate(timeout=90)[0] for client in clients]
    many.told += [_told(entry) for answer in answers for entry in json.loads(answer)]


def _start(port: int, order: list[int], seed: float) -> subprocess.Popen[str]:
    client = subprocess.Popen(
        [sys.executable, "-m", __name__], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert client.stdin
    client.stdin.write(json.dumps({"port": port, "order": order, "seed": seed}) + "\n")
    client.stdin.flush()
    return client


def _told(entry: dict[str, Any]) -> Told:
    ratings = {int(anime_id): rating for anime_id, rating in entry["ratings"].items()}
    return Told(**{**entry, "ratings": ratings})


# -- in a process of its own ---------------------------------------------------------------------------


def _main() -> None:
    told = json.loads(sys.stdin.readline())
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    stop = threading.Thread(target=sys.stdin.read)  # ends with the input
    stop.start()
    answers = [asdict(answer) for answer in _use(told["port"], told["order"], told["seed"], stop)]
    sys.stdout.write(json.dumps(answers))


def _use(port: int, order: list[int], seed: float, stop: threading.Thread) -> Iterator[Told]:
    chance = random.Random(seed)  # noqa: S311 - not a secret
    while True:
        for user_id in order:
            if not stop.is_alive():
                return
            if chance.random() < 0.5:
                ratings = {anime_id: chance.randint(8, 10) for anime_id in titles_of(group_of(user_id))}
                yield _ask(port, SAVING, user_id, ratings)
            else:
                yield _ask(port, chance.choice(NEEDS_THE_DATABASE + DOES_WITHOUT))
            time.sleep(REST_S)


def _ask(port: int, path: str, user_id: int | None = None, ratings: dict[int, int] | None = None) -> Told:
    started, ratings = time.monotonic(), ratings or {}
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        if path in (SAVING, STATELESS):
            body = {"ratings": [{"anime_id": 106}]} if user_id is None else person(user_id, ratings)
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        else:
            connection.request("GET", path)
        response = connection.getresponse()
        content = response.read()
    except (OSError, HTTPException):
        return Told(path, user_id, ratings, started, time.monotonic() - started, 0)
    finally:
        connection.close()
    kind = response.headers["Content-Type"]
    answer = json.loads(content)
    return Told(
        path,
        user_id,
        ratings,
        started,
        time.monotonic() - started,
        response.status,
        kind,
        response.headers["Retry-After"],
        answer.get("model_version") if isinstance(answer, dict) else None,
    )


if __name__ == "__main__":
    _main()
