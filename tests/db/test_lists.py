"""Saved lists besides their ratings: statuses, planned titles, ratings of titles not known yet."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from db.engine import read_transaction
from db.lists import ListExtras, load_extras
from db.users import erase_user, insert_user, replace_ratings, update_ratings
from domain.ranges import WatchStatus
from tests.db.helpers import contents, put_titles

EXTRAS = ListExtras(
    statuses={1: WatchStatus.COMPLETED, 90: WatchStatus.DROPPED},
    planned=(2, 91),
    pending={90: 0, 92: 7},
)


@pytest.fixture
def engine(engine: Engine) -> Engine:
    put_titles(engine, [1, 2])
    return engine


def of_user(engine: Engine, user_id: int) -> ListExtras:
    with read_transaction(engine) as connection:
        return load_extras(connection, user_id)


def test_extras_are_read_back_as_saved(engine: Engine) -> None:
    insert_user(engine, 5, {1: 9}, EXTRAS)
    insert_user(engine, 6, {1: 9, 2: 3})
    assert of_user(engine, 5) == EXTRAS
    assert of_user(engine, 6) == ListExtras()


def test_new_list_replaces_the_extras(engine: Engine) -> None:
    insert_user(engine, 5, {1: 9}, EXTRAS)
    assert update_ratings(engine, 5, {2: 4}, ListExtras(planned=(1,)))
    assert of_user(engine, 5) == ListExtras(planned=(1,))
    assert replace_ratings(engine, 5, {2: 4})
    assert of_user(engine, 5) == ListExtras()


def test_erased_user_leaves_no_extras(engine: Engine) -> None:
    insert_user(engine, 5, {1: 9}, EXTRAS)
    assert erase_user(engine, 5)
    stored = contents(engine)
    assert not any(stored[table] for table in ("ratings", "pending_ratings", "planned_titles"))


def test_pending_title_of_the_catalog_is_a_rating(engine: Engine) -> None:
    extras = ListExtras(statuses={2: WatchStatus.ON_HOLD}, pending={2: 6, 90: 5})
    insert_user(engine, 5, {1: 9}, extras)
    stored = contents(engine)
    assert stored["ratings"] == [(5, 1, 9), (5, 2, 6, 3)]
    assert stored["pending_ratings"] == [(5, 90, 5, None)]


def test_watched_title_is_not_planned(engine: Engine) -> None:
    insert_user(engine, 5, {1: 9}, ListExtras(planned=(1, 2, 90), pending={90: 0}))
    assert contents(engine)["planned_titles"] == [(5, 2)]
