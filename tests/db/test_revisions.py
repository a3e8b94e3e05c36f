"""Commit order is revision order: who polls by revision misses nobody."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from db.engine import read_transaction, write_transaction
from db.revisions import take_revision
from db.users import insert_user, lists_since
from tests.db.helpers import put_titles, revision


def test_each_write_takes_the_next_revision(engine: Engine) -> None:
    taken = []
    for _ in range(3):
        with write_transaction(engine) as connection:
            taken.append(take_revision(connection))
    assert taken == [1, 2, 3]
    assert revision(engine) == 3


def test_a_write_that_fails_gives_its_revision_back(engine: Engine) -> None:
    def fail() -> None:
        with write_transaction(engine) as connection:
            take_revision(connection)
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        fail()
    assert revision(engine) == 0


def test_an_uncommitted_revision_is_not_the_current_one(engine: Engine) -> None:
    with write_transaction(engine) as connection:
        take_revision(connection)
        assert revision(engine) == 0


def test_the_second_writer_waits_until_the_first_has_committed(engine: Engine) -> None:
    finished = threading.Event()

    def write() -> int:
        with write_transaction(engine) as connection:
            taken = take_revision(connection)
        finished.set()
        return taken

    with ThreadPoolExecutor() as pool:
        with write_transaction(engine) as connection:
            first = take_revision(connection)
            second = pool.submit(write)
            assert not finished.wait(0.3)
        assert (first, second.result(timeout=30)) == (1, 2)


def test_a_reader_that_polls_by_revision_misses_nobody(engine: Engine) -> None:
    put_titles(engine, [1])
    people, done = 60, threading.Event()

    def poll() -> list[int]:
        seen: list[int] = []
        last = 0
        while True:
            ended = done.is_set()
            with read_transaction(engine) as connection:
                news = lists_since(connection, last, 1_000)
            seen += [stored.user_id for stored in news]
            last = news[-1].revision if news else last
            if ended and not news:
                return seen
            time.sleep(0.002)

    with ThreadPoolExecutor() as pool:
        poller = pool.submit(poll)
        with ThreadPoolExecutor(6) as writers:
            saved = list(writers.map(lambda user: insert_user(engine, user, {1: 5}), range(people)))
        done.set()
        assert all(saved)
        assert sorted(poller.result(timeout=60)) == list(range(people))
