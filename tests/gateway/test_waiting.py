"""Requests that wait for another server: the worker answers everybody else meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateway.waiting import MAX_WAITING, Answering, TooManyWaitingError, wait_for
from tests.conftest import World
from tests.gateway.waiting_app import ADDRESS_FILE
from tests.ingest.fake_sites import FakeSite, Reply, SentRequest, anilist_site, fake_site
from tests.serving.servers import Answer, Server, serving, settings
from tests.serving.test_server import copy_of

PATH = "/api/v1/imports/sites/anilist"
MANY = 6


class Gate:
    """AniList, which answers nobody until it is opened."""

    def __init__(self) -> None:
        self.arrived = threading.Semaphore(0)
        self.open = threading.Event()

    def answer(self, sent: SentRequest) -> Reply:
        self.arrived.release()
        self.open.wait(60)
        return anilist_site(3)(sent)


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.open.set()


@pytest.fixture
def site(gate: Gate) -> Iterator[FakeSite]:
    with fake_site(gate.answer) as site:
        yield site


@pytest.fixture
def server(world: World, tmp_path: Path, site: FakeSite) -> Iterator[Server]:
    """A server that asks this AniList."""
    address = tmp_path / "address"
    address.write_text(site.url, "utf-8")
    environ = settings(*copy_of(world, tmp_path), {ADDRESS_FILE: str(address)})
    with serving(environ, tmp_path / "log", app="tests.gateway.waiting_app:create_app()") as server:
        yield server
    assert "Traceback" not in (tmp_path / "log").read_text("utf-8")


def test_worker_answers_others_while_requests_wait(server: Server, gate: Gate) -> None:
    (worker, _) = server.workers()
    with server.only(worker), ThreadPoolExecutor(MANY) as people:

        def ask(_number: int) -> Answer:
            return server.ask(PATH, {"user_name": "somebody"})

        waiting = [people.submit(ask, number) for number in range(MANY)]
        for _ in range(MANY):
            assert gate.arrived.acquire(timeout=30)
        # one worker, all of whose requests but these are waiting
        assert server.ask("/healthz").status == 200
        assert server.ask("/api/v1/recommendations", {"ratings": [{"anime_id": 1}]}).status == 200
        assert not any(request.done() for request in waiting)
        gate.open.set()
        answers = [request.result(30) for request in waiting]
    assert [answer.status for answer in answers] == [200] * MANY
    assert {answer.json["counts"]["read"] for answer in answers} == {3}
    assert len({answer.headers["X-Request-ID"] for answer in answers}) == MANY


def test_work_without_a_gateway_is_done_at_once() -> None:
    assert wait_for(lambda: threading.current_thread()) is threading.current_thread()


def test_waiting_request_goes_on_with_result_or_error() -> None:
    seen: list[object] = []

    def answer() -> None:
        seen.append(wait_for(lambda: threading.current_thread().name))
        with pytest.raises(LookupError, match="gone"):
            wait_for(fail)
        seen.append("done")

    def fail() -> None:
        raise LookupError("gone")

    answering = Answering(answer)
    for _ in range(2):
        future = answering.proceed()
        assert future is not None
        future.exception(10)
    assert answering.proceed() is None
    assert seen == ["waiting", "done"]
    assert Answering.waiting == 0


def test_abandoned_request_cleans_up() -> None:
    cleaned = threading.Event()
    free = threading.Event()

    def answer() -> None:
        try:
            wait_for(free.wait)
        finally:
            cleaned.set()

    answering = Answering(answer)
    assert answering.proceed() is not None
    answering.abandon()
    free.set()
    assert cleaned.is_set()
    assert answering.dead
    assert Answering.waiting == 0


def test_too_many_waiting_requests_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Answering, "waiting", MAX_WAITING)
    refused: list[bool] = []

    def answer() -> None:
        with pytest.raises(TooManyWaitingError):
            wait_for(lambda: None)
        refused.append(True)

    assert Answering(answer).proceed() is None
    assert refused == [True]
