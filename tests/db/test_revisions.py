"""Commit order is revision order: a reader that polls by revision misses no user."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from db.engine import read_transaction, write_transaction
from db.revisions import take_revision
from db.users import insert_user, ratings_since
from tests.db.helpers import put_titles, revision


def test_each_write_takes_the_next_revision(engine: Engine) -> None:
    taken = []
    for _ in range(3):
        with write_transaction(engine) as connection:
            taken.append(take_revision(connection))
    assert taken == [1, 2, 3]
    assert revision(engine) == 3


def test_failed_write_takes_no_revision(engine: Engine) -> None:
    def fail() -> None:
        with write_transaction(engine) as connection:
            take_revision(connection)
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        fail()
    assert revision(engine) == 0


def test_uncommitted_revision_is_not_current(engine: Engine) -> None:
    with write_transaction(engine) as connection:
        take_revision(connection)
        assert revision(engine) == 0


def test_second_writer_waits_for_the_first_to_commit(engine: Engine) -> None:
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


def test_reader_polling_by_revision_sees_every_user(engine: Engine) -> None:
    put_titles(engine, [1])
    users, done = 60, threading.Event()

    def poll() -> list[int]:
        seen: list[int] = []
        last = 0
        while True:
            ended = done.is_set()
            with read_transaction(engine) as connection:
                changed = ratings_since(connection, last, 1_000)
            seen += [stored.user_id for stored in changed]
            last = changed[-1].revision if changed else last
            if ended and not changed:
                return seen
            time.sleep(0.002)

    with ThreadPoolExecutor() as pool:
        poller = pool.submit(poll)
        with ThreadPoolExecutor(6) as writers:
            saved = list(writers.map(lambda user: insert_user(engine, user, {1: 5}), range(users)))
        done.set()
        assert all(saved)
        assert sorted(poller.result(timeout=60)) == list(range(users))
