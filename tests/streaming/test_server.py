"""A server with its events in Kafka and Redis: what it answers, and what it loses when they are killed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from random import Random
from statistics import median
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from config import Config
from events.kafka_log import DELIVERED_WITHIN_S
from events.records import decode
from serving.events import utc_now
from tests.faults.checks import wait_until
from tests.faults.conftest import Place, new_place
from tests.serving.servers import LOCALHOST, Answer, Server, free_port, serving
from tests.streaming.consumers import PythonConsumer
from tests.streaming.kafka_broker import KafkaBroker
from tests.streaming.redis_server import RedisServer
from tests.streaming.topics import records_in

EVENTS, PAGE = "/api/v1/events", "/api/v1/recommendations"
LIST = [{"anime_id": 106, "rating": 9}]
USER = 1  # of the small world


@pytest.fixture
def place(tmp_path: Path, kafka: KafkaBroker, topic: str, redis_server: RedisServer) -> Iterator[Place]:
    """A place whose events go through Kafka and Redis."""
    with new_place(f"sqlite:///{tmp_path / 'anime.db'}", tmp_path) as place:
        place.environ["EVENT_LOG"] = f"kafka://{kafka.address}/{topic}"
        place.environ["RECENT_EVENTS"] = redis_server.url
        yield place


@pytest.fixture
def consumer(
    kafka: KafkaBroker, topic: str, redis_server: RedisServer, tmp_path: Path
) -> Iterator[PythonConsumer]:
    consumer = PythonConsumer(kafka, topic, redis_server, tmp_path)
    consumer.start()
    yield consumer
    consumer.kill()


def event(anime_id: int, session_id: str | None, user_id: int | None = None) -> dict[str, Any]:
    who = {"session_id": session_id} if session_id else {"user_id": user_id}
    what = {"event_id": str(uuid4()), "kind": "click", "anime_id": anime_id}
    return what | {"happened_at": f"{utc_now().isoformat()}Z"} | who


def page_of(client: FlaskClient, **who: object) -> bytes:
    response = client.post(PAGE, json={"ratings": LIST, "limit": 100, **who})
    assert response.status_code == 200, response.data
    return response.data


def sent(client: FlaskClient, *events: dict[str, Any]) -> dict[str, Any]:
    response = client.post(EVENTS, json={"events": events})
    assert response.status_code == 202, response.data
    answer: dict[str, Any] = response.get_json()
    return answer


def app_of(place: Place) -> Flask:
    names = {name.upper() for name in Config.model_fields}
    return create_app(Config.from_env({name: text for name, text in place.environ.items() if name in names}))


def test_events_go_through_kafka_and_are_undone(
    place: Place, consumer: PythonConsumer, redis_server: RedisServer
) -> None:
    client = app_of(place).test_client()
    session, other = str(uuid4()), str(uuid4())
    before, of_other = page_of(client, session_id=session), page_of(client, session_id=other)
    first, second = event(108, session), event(110, session)
    assert sent(client, first) == {"accepted": 1, "known": 0, "refused": []}
    wait_until(lambda: page_of(client, session_id=session) != before, "the page leans toward a click")
    assert sent(client, first, second, event(108, other)) == {"accepted": 2, "known": 1, "refused": []}
    check_undo(client, session, [first, second], before)
    assert page_of(client, session_id=other) != of_other
    assert client.delete(f"/api/v1/sessions/{other}").status_code == 204
    assert page_of(client, session_id=other) == of_other  # at once
    refused = sent(client, event(108, other))["refused"]
    assert "its session was deleted" in refused[0]["reason"]
    check_erasure(client)
    with redis_server.killed():
        assert page_of(client, session_id=session) == before
        assert sent(client, event(108, other))["accepted"] == 1  # who knows that it has ended?
        assert client.get("/api/v1/trending").get_json()["items"] == []
        assert client.get("/readyz").status_code == 200


def check_undo(client: FlaskClient, session: str, events: list[dict[str, Any]], before: bytes) -> None:
    """An undo needs to be told whose the event is; the page is then what it was."""
    url = f"{EVENTS}/{events[0]['event_id']}"
    response = client.delete(url)
    assert response.status_code == 400
    assert response.get_json()["type"].endswith("#actor-required")
    assert f"{events[0]['event_id']}, say whose it is: add ?session_id=" in response.get_json()["detail"]
    for one, whose in zip(events, cycle([f"session_id={session}", f"session_id={session}&user_id=999999"])):
        assert client.delete(f"{EVENTS}/{one['event_id']}?{whose}").status_code == 204
    wait_until(lambda: page_of(client, session_id=session) == before, "the page is as it was")
    assert sent(client, events[0])["known"] == 1


def check_erasure(client: FlaskClient) -> None:
    """The events of a user are erased with the user."""
    assert "user 999999 is not known" in sent(client, event(108, None, 999_999))["refused"][0]["reason"]
    profile = client.post("/api/v1/profiles", json={"ratings": LIST}).get_json()
    token = {"Authorization": f"Bearer {profile['token']}"}
    user_id, url = profile["user_id"], f"/api/v1/profiles/{profile['user_id']}"
    click = event(108, None, user_id)
    undo = f"{EVENTS}/{click['event_id']}?user_id={user_id}"
    assert client.post(EVENTS, json={"events": [click]}).status_code == 401
    assert client.post(EVENTS, json={"events": [click]}, headers=token).status_code == 202
    assert client.delete(undo).status_code == 401

    def exported() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = client.get(f"{url}/export", headers=token).get_json().get("events", [])
        return found

    wait_until(lambda: bool(exported()), "the profile's export has the click")
    assert [one["anime_id"] for one in exported()] == [108]
    assert client.delete(url, headers=token).status_code == 204
    assert client.delete(url, headers=token).status_code in (401, 404)


@dataclass
class Load:
    """People who send events, and one who asks for pages, all at once."""

    port: int
    answers: list[tuple[list[str], Answer]] = field(default_factory=list)  # ids of events, answer
    pages: list[tuple[int, float]] = field(default_factory=list)  # status, seconds
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def acknowledged(self) -> set[str]:
        return {one for ids, answer in self.answers if answer.status == 202 for one in ids}

    @property
    def statuses(self) -> set[int]:
        return {answer.status for _, answer in self.answers}

    def send(self) -> None:
        session = str(uuid4())
        while not self.stopping.is_set():
            events = [event(106 + number, session) for number in range(5)]
            answer = Server(self.port, 0).ask(EVENTS, {"events": events})
            self.answers.append(([one["event_id"] for one in events], answer))
            self.stopping.wait(0.02)

    def ask(self) -> None:
        while not self.stopping.is_set():
            started = time.monotonic()
            answer = Server(self.port, 0).ask(PAGE, {"ratings": LIST, "session_id": str(uuid4())})
            self.pages.append((answer.status, time.monotonic() - started))
            self.stopping.wait(0.02)


@contextmanager
def load(port: int) -> Iterator[Load]:
    """Load on a server, inside."""
    many = Load(port)
    work: list[Callable[[], None]] = [many.send] * 3 + [many.ask]
    threads = [threading.Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    try:
        yield many
    finally:
        many.stopping.set()
        for thread in threads:
            thread.join()


def check_refused(answers: list[Answer]) -> None:
    """Each is a complete problem that says when to come again."""
    for answer in answers:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5"), answer.body
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert "Send them again shortly" in answer.json["detail"]


@pytest.mark.parametrize("fault", ["killed", "frozen"])
def test_broker_fault_under_load_loses_nothing_acknowledged(
    place: Place, kafka: KafkaBroker, topic: str, chance: Random, fault: str
) -> None:
    with serving(place.environ, place.log) as server:
        workers = server.workers()
        with load(server.port) as many:
            wait_until(lambda: len(many.acknowledged) > chance.randrange(50, 150), "events are accepted")
            with getattr(kafka, fault)():
                wait_until(lambda: 503 in many.statuses, "events are refused")
                time.sleep(chance.uniform(0, 2))
            accepted = len(many.acknowledged)
            wait_until(lambda: len(many.acknowledged) > accepted + 50, "events are accepted again")
        assert server.workers() == workers
    stored = {str(record) for record in event_ids(kafka, topic)}
    assert many.acknowledged - stored == set(), "acknowledged and lost"
    check_refused([answer for _, answer in many.answers if answer.status != 202])
    assert {status for status, _ in many.pages} == {200}
    assert median(seconds for _, seconds in many.pages) < DELIVERED_WITHIN_S / 5  # nobody waits for Kafka
    assert "Traceback" not in place.log.read_text("utf-8")


def event_ids(kafka: KafkaBroker, topic: str) -> list[str]:
    return [str(getattr(decode(record.value), "event_id", "")) for record in records_in(kafka, topic)]


def test_server_starts_without_kafka_and_redis(place: Place) -> None:
    place.environ["EVENT_LOG"] = f"kafka://{LOCALHOST}:{free_port()}/events"
    place.environ["RECENT_EVENTS"] = f"redis://{LOCALHOST}:{free_port()}/0"
    with serving(place.environ, place.log) as server:
        session = str(uuid4())
        check_refused([server.ask(EVENTS, {"events": [event(108, session)]}) for _ in range(3)])
        assert server.ask(PAGE, {"ratings": LIST, "session_id": session}).status == 200
        assert server.ask("/readyz").status == 200
    assert "Traceback" not in place.log.read_text("utf-8")
