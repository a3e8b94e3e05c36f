"""A crowd: processes that insert people and ask for answers all at once, and remember what they were told.

What a process of the crowd imports is kept to the standard library, so that it starts at once.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import time
from collections.abc import Collection, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from multiprocessing.synchronize import Barrier, Event

CLIENTS = 4
FIRST_TITLE, GROUPS, GROUP = 106, 12, 80  # groups of people with the same two titles, the best of each other
WATCHERS = 800_000  # user id of the first watcher: one a group, who were there before the crowd
NEWCOMERS = range(900_000, 900_000 + GROUPS * GROUP)

SAVING = "/users/recommendations"
NEEDS_THE_DATABASE = ("/readyz", "/api/v1/users/1/recommendations", "/api/v1/users/2/similar")
DOES_WITHOUT = ("/healthz", "/api/v1/popular", "/api/v1/anime/106/similar", "/api/anime-suggestions?query=st")

_start: Barrier  # of the process of a client
_stop: Event


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
    """What all were told; complete when the `crowd` is over."""

    told: list[Told] = field(default_factory=list)

    @property
    def acknowledged(self) -> set[int]:
        """Who was said to be saved."""
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
        """What was told of these paths."""
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
def crowd(port: int, chance: random.Random, clients: int = CLIENTS) -> Iterator[Crowd]:
    """Processes that use the server inside. All insert the same people in the same order, each with lists
    of their own, and each leaves out half of them."""
    context = multiprocessing.get_context("spawn")
    start, stop, together = context.Barrier(clients + 1), context.Event(), Crowd()
    order = chance.sample(NEWCOMERS, len(NEWCOMERS))
    with ProcessPoolExecutor(clients, context, _remember, (start, stop)) as pool:
        futures = [pool.submit(_use, port, order, chance.random()) for _ in range(clients)]
        start.wait(60)
        try:
            yield together
        finally:
            stop.set()
        together.told += [told for future in futures for told in future.result(timeout=90)]


def _remember(start: Barrier, stop: Event) -> None:
    global _start, _stop  # they cannot be handed to a function of the pool
    _start, _stop = start, stop


def _use(port: int, order: list[int], seed: float) -> list[Told]:
    chance = random.Random(seed)  # noqa: S311 - not a secret
    told: list[Told] = []
    _start.wait(60)
    while True:
        for user_id in order:
            if _stop.is_set():
                return told
            if chance.random() < 0.5:
                ratings = {anime_id: chance.randint(8, 10) for anime_id in titles_of(group_of(user_id))}
                told.append(_ask(port, SAVING, user_id, ratings))
            else:
                told.append(_ask(port, chance.choice(NEEDS_THE_DATABASE + DOES_WITHOUT)))


def _ask(port: int, path: str, user_id: int | None = None, ratings: dict[int, int] | None = None) -> Told:
    started, ratings = time.monotonic(), ratings or {}
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        if user_id is None:
            connection.request("GET", path)
        else:
            body = json.dumps(person(user_id, ratings))
            connection.request("POST", path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        content = response.read()
    except (OSError, HTTPException):
        time.sleep(0.02)
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
