"""Sessions: threads that save, erase and read people all at once, and record what they are answered."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any, NamedTuple

from tests.faults.histories.history import (
    BADGE,
    WATCHED,
    History,
    Neighbors,
    Outcome,
    Ratings,
    Read,
    Supporters,
    View,
    Write,
    list_of,
)

SESSIONS, REST_S, REFUSED_S = 4, 0.01, 0.1  # how many; how long each waits before it asks again
READ_BY_ID = 8  # people whom the checker asks each worker for
MOST_LIVING = 10  # people of one session: everybody must fit into an answer
LISTS_OF_A_SESSION = 20_000
WATCHER = 880_000
FIRST_USER, USERS_OF_A_SESSION = 900_000, 10_000
EVERYBODY = {"algorithm": "user-user", "limit": 100, "explain": True, "franchise": "allow"}


class Answer(NamedTuple):
    """An answer, with the times of question and answer.

    Attributes:
        status: 0 where the connection broke, -1 where none could be made.
    """

    status: int
    json: Any
    started: float
    ended: float


@dataclass(frozen=True)
class Endpoint:
    """A server to ask.

    Attributes:
        key: that opens everything.
        clock: of the times in the history.
    """

    port: int
    key: str
    clock: Callable[[], float] = time.monotonic


@dataclass
class Person:
    """Somebody whom a session saves.

    Attributes:
        token: of a profile.
        living: False once an erasure was acknowledged.
    """

    user_id: int
    token: str | None
    living: bool = True

    @property
    def url(self) -> str:
        return f"/api/v1/profiles/{self.user_id}" if self.token else f"/api/v1/users/{self.user_id}"


class Client:
    """Asks a server, and records the answers of reads."""

    def __init__(self, name: str, endpoint: Endpoint, history: History) -> None:
        self.name, self.history = name, history
        self._endpoint = endpoint
        self.base_supporters = 0

    def ask(self, method: str, path: str, body: object = None, token: str | None = None) -> Answer:
        """Send one request on a connection of its own; any answer that no fault excuses is recorded."""
        headers = {"Authorization": f"Bearer {token}"} if token else {"X-API-Key": self._endpoint.key}
        content = None if body is None else json.dumps(body)
        if content:
            headers["Content-Type"] = "application/json"
        clock = self._endpoint.clock
        started = clock()
        connection = HTTPConnection("127.0.0.1", self._endpoint.port, timeout=60)
        try:
            connection.request(method, path, content, headers)
            response = connection.getresponse()
            data = response.read()
        except ConnectionRefusedError:
            time.sleep(REFUSED_S)
            return Answer(-1, None, started, clock())
        except (OSError, HTTPException):
            return Answer(0, None, started, clock())
        finally:
            connection.close()
        answer = Answer(response.status, json.loads(data) if data else None, started, clock())
        if answer.status not in (200, 201, 204, 404, 503):
            self.history.unexpected.append(f"{method} {path} answered {answer.status}: {answer.json}")
        return answer

    def read(self, person: Person) -> None:
        """Look at one person: at the list of a profile, or whether there is such a user."""
        if person.token:
            answer = self.ask("GET", person.url, token=person.token)
            seen = _list_in(answer.json) if answer.status == 200 else None
            self._saw(person, View.LIST, seen, answer)
        else:
            answer = self.ask("GET", f"{person.url}/recommendations?limit=1")
            self._saw(person, View.EXISTS, answer.status == 200, answer)

    def read_neighbors(self) -> None:
        """Look at everybody beside the watcher."""
        answer = self.ask("GET", f"/api/v1/users/{WATCHER}/similar?limit=100")
        if answer.status == 200:
            found = {i["user_id"]: i["in_common"] for i in answer.json["items"] if i["user_id"] >= FIRST_USER}
            self.history.neighbors.append(Neighbors(self.name, found, answer.started, answer.ended))

    def read_supporters(self) -> None:
        """Count the people by whom a recommendation is explained."""
        count, answer = self.count_supporters()
        if count is not None:
            people = count - self.base_supporters
            supporters = Supporters(self.name, people, answer.started, answer.ended, nobody=not count)
            self.history.supporters.append(supporters)

    def count_supporters(self) -> tuple[int | None, Answer]:
        """The number of people who explain `BADGE` to somebody who likes what the watcher likes."""
        ratings = [{"anime_id": anime_id, "rating": 10} for anime_id in WATCHED]
        answer = self.ask("POST", "/api/v1/recommendations", {**EVERYBODY, "ratings": ratings})
        if answer.status != 200:
            return None, answer
        reasons = [r for item in answer.json["items"] if item["anime_id"] == BADGE for r in item["reasons"]]
        return next((r["people"] for r in reasons if r["kind"] == "people_with_your_taste"), 0), answer

    def _saw(self, person: Person, view: View, seen: Ratings | bool | None, answer: Answer) -> None:
        if answer.status in (200, 404):
            read = Read(self.name, view, person.user_id, seen, answer.started, answer.ended)
            self.history.reads.append(read)


class Session(Client):
    """A client with people of its own. Reads look at the people of all sessions."""

    def __init__(
        self,
        number: int,
        endpoint: Endpoint,
        history: History,
        people: list[Person],
        chance: random.Random,
    ) -> None:
        super().__init__(f"session {number}", endpoint, history)
        self.busy = threading.Lock()  # held while a request is under way
        self._everybody, self._chance = people, chance
        self._own: list[Person] = []
        self._next_list = number * LISTS_OF_A_SESSION
        self._next_user = FIRST_USER + number * USERS_OF_A_SESSION
        self._steps: tuple[tuple[Callable[[], None], int], ...] = (
            (self._add_profile, 2),
            (self._add_user, 1),
            (self._put_user, 1),
            (self._replace, 4),
            (self._erase, 3),
            (self._read_somebody, 6),
            (self.read_neighbors, 4),
            (self.read_supporters, 2),
        )

    def run(self, stop: threading.Event) -> None:
        """Ask until told to stop."""
        steps, weights = zip(*self._steps, strict=True)
        while not stop.is_set():
            with self.busy:
                self._chance.choices(steps, weights)[0]()
            time.sleep(REST_S)

    def _add_profile(self) -> None:
        if not self._full:
            ratings = self._new_list()
            answer = self.ask("POST", "/api/v1/profiles", _body(ratings))
            known = answer.json["user_id"] if answer.status == 201 else None
            self._wrote(known, ratings, answer)
            if known is not None:
                self._meet(Person(known, answer.json["token"]))

    def _add_user(self) -> None:
        if not self._full:
            person, ratings = self._new_user(), self._new_list()
            body = {"user_id": person.user_id, "anime_list": _body(ratings)["ratings"]}
            self._wrote(person.user_id, ratings, self.ask("POST", "/users/recommendations", body))
            self._meet(person)

    def _put_user(self) -> None:
        if not self._full:
            person = self._new_user()
            self._save(person)
            self._meet(person)

    def _replace(self) -> None:
        if self._own:
            person = self._chance.choice(self._own)
            if person.living or person.token or not self._full:
                self._save(person)

    def _erase(self) -> None:
        living = [person for person in self._own if person.living]
        if living:
            person = self._chance.choice(living)
            answer = self.ask("DELETE", person.url, token=person.token)
            self._wrote(person.user_id, None, answer)
            person.living = answer.status not in (204, 404)
            if answer.status == 404:
                self._saw(person, View.EXISTS, False, answer)

    def _read_somebody(self) -> None:
        if self._everybody:
            self.read(self._chance.choice(self._everybody))

    def _save(self, person: Person) -> None:
        ratings = self._new_list()
        path = person.url if person.token else f"{person.url}/ratings"
        answer = self.ask("PUT", path, _body(ratings), person.token)
        self._wrote(person.user_id, ratings, answer)
        if answer.status == 404:
            person.living = False
            self._saw(person, View.EXISTS, False, answer)
        elif answer.status == 200:
            if person.token and not person.living:
                self.history.unexpected.append(f"{person.user_id} was erased and could be replaced")
            person.living = True

    def _wrote(self, user_id: int | None, ratings: Ratings | None, answer: Answer) -> None:
        known = {-1: Outcome.REFUSED, 0: Outcome.UNKNOWN, 404: Outcome.REFUSED, 503: Outcome.UNKNOWN}
        outcome = known.get(answer.status, Outcome.ACKNOWLEDGED if answer.status < 400 else Outcome.UNKNOWN)
        self.history.writes.append(Write(user_id, ratings, answer.started, answer.ended, outcome))

    def _meet(self, person: Person) -> None:
        self._own.append(person)
        self._everybody.append(person)

    @property
    def _full(self) -> bool:
        return sum(person.living for person in self._own) >= MOST_LIVING

    def _new_list(self) -> Ratings:
        self._next_list += 1
        return list_of(self._next_list)

    def _new_user(self) -> Person:
        self._next_user += 1
        return Person(self._next_user, None)


class Sessions:
    """All sessions of a history."""

    def __init__(self, endpoint: Endpoint, chance: random.Random) -> None:
        self.history, self.people = History(), list[Person]()
        self.checker = Client("the checker", endpoint, self.history)
        self._all = [
            Session(number, endpoint, self.history, self.people, random.Random(chance.random()))  # noqa: S311 - not a secret
            for number in range(SESSIONS)
        ]

    @contextmanager
    def running(self) -> Iterator[None]:
        """Everybody asks inside."""
        liked = dict.fromkeys(WATCHED, 10)
        assert self.checker.ask("PUT", f"/api/v1/users/{WATCHER}/ratings", _body(liked)).status == 200
        base, _ = self.checker.count_supporters()
        for client in (self.checker, *self._all):
            client.base_supporters = base or 0
        stop = threading.Event()
        threads = [threading.Thread(target=session.run, args=[stop]) for session in self._all]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """No request is under way inside."""
        with ExitStack() as locks:
            for session in self._all:
                locks.enter_context(session.busy)
            yield

    def look(self, worker: str, chance: random.Random) -> None:
        """Read everybody as one worker knows them, which is the only one that answers."""
        self.checker.name = worker
        self.checker.read_neighbors()
        self.checker.read_supporters()
        for person in chance.sample(self.people, min(len(self.people), READ_BY_ID)):
            self.checker.read(person)


def _body(ratings: Ratings) -> dict[str, list[dict[str, int]]]:
    return {"ratings": [{"anime_id": anime_id, "rating": rating} for anime_id, rating in ratings.items()]}


def _list_in(profile: Mapping[str, Any]) -> Ratings:
    return {entry["anime_id"]: entry["rating"] for entry in profile["ratings"]}
