"""Somebody holds the lock that every write needs: writes wait their turn, or are told to come again."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from sqlalchemy import Connection, insert, text
from tenacity import Retrying, retry_if_result, stop_after_attempt, wait_fixed

from db.engine import write_transaction
from db.models import Rating, User
from db.revisions import take_revision
from tests.faults.checks import saved_lists
from tests.faults.conftest import Place
from tests.faults.crowd import NEWCOMERS, SAVING, WATCHERS, person, titles_of
from tests.serving.servers import Answer, Server, serving

EARLY, NEXT = NEWCOMERS[0], NEWCOMERS[1]
LIST = dict.fromkeys(titles_of(0), 9)
SIMILAR = f"/api/v1/users/{WATCHERS}/similar?limit=100"


@contextmanager
def inserting(server: Server, user_id: int) -> Iterator[Future[Answer]]:
    """Somebody is being inserted by a request inside."""
    with ThreadPoolExecutor() as pool:
        yield pool.submit(server.ask, SAVING, person(user_id, LIST))


@contextmanager
def inserting_until_accepted(server: Server, user_id: int) -> Iterator[Future[Answer]]:
    """Somebody is being inserted inside by a client that comes again when it is told to."""
    retry = Retrying(
        retry=retry_if_result(lambda answer: answer.status == 503),
        wait=wait_fixed(0.1),
        stop=stop_after_attempt(20),
    )
    with ThreadPoolExecutor() as pool:
        yield pool.submit(retry, server.ask, SAVING, person(user_id, LIST))


def similar(answer: Answer) -> set[int]:
    assert answer.status == 200
    return {item["user_id"] for item in answer.json["items"]}


def test_locked_database_is_503_for_writes_only(place: Place) -> None:
    with serving(place.environ, place.log) as server:
        with write_transaction(place.engine) as connection:
            take_revision(connection)
            with inserting(server, NEXT) as request:
                while not request.done():
                    assert similar(server.ask(SIMILAR))
        answer = request.result()
        assert (answer.status, answer.headers["Content-Type"]) == (503, "application/problem+json")
        assert answer.headers["Retry-After"] == "5"
        assert saved_lists(place.engine) == {}
        assert server.ask(SAVING, person(NEXT, LIST)).status == 200
    assert saved_lists(place.engine) == {NEXT: LIST}
    assert "WORKER TIMEOUT" not in place.log.read_text("utf-8")


def save(connection: Connection, user_id: int) -> None:
    revision = take_revision(connection)
    connection.execute(insert(User).values(user_id=user_id, revision=revision))
    connection.execute(
        insert(Rating), [{"user_id": user_id, "anime_id": a, "rating": r} for a, r in LIST.items()]
    )


def test_late_commit_is_overlooked_by_no_worker(place: Place) -> None:
    with serving(place.environ, place.log) as server:
        with write_transaction(place.engine) as early:
            save(early, EARLY)
            with inserting_until_accepted(server, NEXT) as request:
                for _ in range(20):  # all this time the workers look for news
                    assert not similar(server.ask(SIMILAR)) & {EARLY, NEXT}
                    assert not request.done()
                early.commit()
        assert request.result().status == 200
        for answer in server.ask_each(SIMILAR):
            assert {EARLY, NEXT} <= similar(answer)
    with place.engine.connect() as connection:
        order = text("SELECT user_id FROM users WHERE user_id >= :first ORDER BY revision")
        assert connection.execute(order, {"first": EARLY}).scalars().all() == [EARLY, NEXT]
