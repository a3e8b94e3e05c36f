"""Users and their ratings are saved once and read in order."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from sqlalchemy import Engine

import db.users
from db.engine import read_transaction
from db.users import (
    UserRatings,
    count_generated_users,
    count_ratings,
    erase_user,
    insert_user,
    load_erasures,
    load_user_ratings,
    ratings_since,
    stream_ratings,
    update_ratings,
)
from tests.db.helpers import contents, put_titles, revision


@pytest.fixture
def titles(engine: Engine) -> None:
    put_titles(engine, range(1, 41))


pytestmark = pytest.mark.usefixtures("titles")


def load(engine: Engine, user_id: int) -> UserRatings | None:
    with read_transaction(engine) as connection:
        return load_user_ratings(connection, user_id)


def since(engine: Engine, revision: int, limit: int = 100) -> list[UserRatings]:
    with read_transaction(engine) as connection:
        return ratings_since(connection, revision, limit)


def test_load_user_ratings_orders_by_anime_id(engine: Engine) -> None:
    assert insert_user(engine, 5, {30: 9, 2: 0, 11: 10})
    stored = load(engine, 5)
    assert stored is not None
    assert (stored.user_id, stored.revision) == (5, 1)
    assert stored.anime_ids.tolist() == [2, 11, 30]
    assert stored.ratings.tolist() == [0, 10, 9]
    assert (str(stored.anime_ids.dtype), str(stored.ratings.dtype)) == ("int64", "uint8")


def test_unknown_user_has_no_ratings(engine: Engine) -> None:
    assert load(engine, 404) is None


def test_user_without_titles_has_empty_ratings(engine: Engine) -> None:
    assert insert_user(engine, 5, {})
    stored = load(engine, 5)
    assert stored is not None
    assert stored.anime_ids.shape == stored.ratings.shape == (0,)


@pytest.mark.parametrize("user_id", [0, 2**31, 2**63 - 1])
def test_user_ids_have_64_bits(engine: Engine, user_id: int) -> None:
    assert insert_user(engine, user_id, {1: 5})
    assert load(engine, user_id) is not None


def test_insert_user_refuses_an_existing_id(engine: Engine) -> None:
    assert insert_user(engine, 5, {1: 7})
    before = contents(engine)
    assert not insert_user(engine, 5, {1: 1, 2: 2})
    assert contents(engine) == before


def test_engine_is_usable_after_a_refused_insert(engine: Engine) -> None:
    insert_user(engine, 5, {1: 7})
    insert_user(engine, 5, {1: 7})
    assert insert_user(engine, 6, {1: 7})
    assert revision(engine) == 2


def test_update_ratings_replaces_but_does_not_insert(engine: Engine) -> None:
    insert_user(engine, 5, {30: 9})
    assert update_ratings(engine, 5, {2: 0, 11: 10})
    stored = load(engine, 5)
    assert stored is not None
    assert (stored.revision, stored.anime_ids.tolist()) == (2, [2, 11])
    assert not update_ratings(engine, 6, {2: 9})
    assert load(engine, 6) is None
    assert [stored.user_id for stored in since(engine, 0)] == [5]


def test_update_ratings_does_not_restore_an_erased_user(engine: Engine) -> None:
    insert_user(engine, 5, {30: 9})
    erase_user(engine, 5)
    assert not update_ratings(engine, 5, {2: 9})
    assert load(engine, 5) is None
    assert [len(stored.anime_ids) for stored in since(engine, 0)] == [0]  # the erasure is still recorded


def test_erasure_is_recorded_until_the_user_returns(engine: Engine) -> None:
    for user in (9, 3, 7):
        insert_user(engine, user, {1: 5})
    erase_user(engine, 7)
    erase_user(engine, 3)
    with read_transaction(engine) as connection:
        assert load_erasures(connection) == [(7, 4), (3, 5)]
    insert_user(engine, 7, {1: 5})
    with read_transaction(engine) as connection:
        assert load_erasures(connection) == [(3, 5)]


def test_concurrent_inserts_of_one_id_add_one_user(engine: Engine) -> None:
    barrier = threading.Barrier(8)

    def save(number: int) -> bool:
        barrier.wait()
        return insert_user(engine, 5, {number: number})

    with ThreadPoolExecutor(8) as pool:
        saved = list(pool.map(save, range(1, 9)))
    assert saved.count(True) == 1
    winner = saved.index(True) + 1
    assert contents(engine)["ratings"] == [(5, winner, winner)]
    assert revision(engine) == 1


def test_concurrent_inserts_of_many_ids_add_all_users(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda user: insert_user(engine, user, {1: 5}), range(24)))
    assert len(contents(engine)["users"]) == 24


def test_ratings_since_orders_by_change(engine: Engine) -> None:
    for user in (9, 3, 7):
        insert_user(engine, user, {user: 5, 1: 6})
    assert [(s.user_id, s.revision) for s in since(engine, 0)] == [(9, 1), (3, 2), (7, 3)]
    assert since(engine, 0)[1].anime_ids.tolist() == [1, 3]


def test_ratings_since_excludes_earlier_changes(engine: Engine) -> None:
    for user in (9, 3, 7):
        insert_user(engine, user, {1: 5})
    assert [s.user_id for s in since(engine, 2)] == [7]
    assert since(engine, 3) == []


def test_ratings_since_reads_at_most_the_limit(engine: Engine) -> None:
    for user in (9, 3, 7):
        insert_user(engine, user, {1: 5})
    lists = [(stored.user_id, len(stored.ratings)) for stored in since(engine, 0, limit=2)]
    assert lists == [(9, 1), (3, 1), (7, 0)]


def test_ratings_since_orders_across_batches(engine: Engine) -> None:
    users = [(number * 7919) % 601 for number in range(601)]
    with ThreadPoolExecutor(1) as pool:
        assert all(pool.map(lambda user: insert_user(engine, user, {user % 40 + 1: 5}), users))
    stored = since(engine, 0, limit=5_000)
    assert [s.user_id for s in stored] == users
    assert all(s.anime_ids.tolist() == [s.user_id % 40 + 1] for s in stored)


def test_stream_ratings_yields_ordered_bounded_batches(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db.users, "_STREAM_ROWS", 4)
    for user in (9, 3, 7):
        insert_user(engine, user, {30: 1, 2: 0, 11: 10})
    with read_transaction(engine) as connection:
        batches = list(stream_ratings(connection))
    assert [len(batch.ratings) for batch in batches] == [4, 4, 1]
    assert np.concatenate([batch.user_ids for batch in batches]).tolist() == [3] * 3 + [7] * 3 + [9] * 3
    assert np.concatenate([batch.anime_ids for batch in batches]).tolist() == [2, 11, 30] * 3
    assert np.concatenate([batch.ratings for batch in batches]).tolist() == [0, 10, 1] * 3
    assert {batch.ratings.dtype for batch in batches} == {np.dtype(np.uint8)}


def test_stream_of_an_empty_database_is_empty(engine: Engine) -> None:
    with read_transaction(engine) as connection:
        assert list(stream_ratings(connection)) == []
        assert count_ratings(connection) == 0


def test_inserted_users_do_not_count_as_generated(engine: Engine) -> None:
    insert_user(engine, 5, {1: 7, 2: 8})
    with read_transaction(engine) as connection:
        assert count_ratings(connection) == 2
        assert count_generated_users(connection) == 0
