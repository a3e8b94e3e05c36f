"""The model of a running server while the database is down: nobody who was erased is shown."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from db.users import erase_user, insert_user
from recommender.artifacts.store import ModelStore, Version
from serving.live import LiveModel
from tests.serving.worlds import ACTION, STRANGER, database_away, knows, neighbors


def follow(store: ModelStore, engine: Engine, version: Version) -> LiveModel:
    return LiveModel(store, engine, version, interval_s=0, overlay_max_users=10)


@pytest.mark.parametrize("who", ["in the model", "newer than the model"])
def test_worker_that_missed_an_erasure_shows_nobody_in_an_outage(
    filled: Engine, store: ModelStore, version: Version, who: str
) -> None:
    other = follow(store, filled, version)
    insert_user(filled, STRANGER, ACTION)
    everybody = set(neighbors(other.current(), ACTION, 100))
    erased = 2 if who == "in the model" else STRANGER
    assert erased in everybody
    erase_user(filled, erased)
    with database_away(filled):
        other.catch_up_after_write()  # another worker would do so, and share its tally
        assert neighbors(other.current(), ACTION, 100) == []
    assert set(neighbors(other.current(), ACTION, 100)) == everybody - {erased}


def test_outage_without_a_write_hides_nobody(filled: Engine, store: ModelStore, version: Version) -> None:
    live = follow(store, filled, version)
    insert_user(filled, STRANGER, ACTION)
    live.catch_up()
    everybody = neighbors(live.current(), ACTION, 100)
    with database_away(filled):
        assert neighbors(live.current(), ACTION, 100) == everybody
    assert knows(live, STRANGER)
