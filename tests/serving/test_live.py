"""The model of a running server: it follows the database and the model directory, and never breaks."""

from __future__ import annotations

import logging
import socket
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from db.engine import open_engine
from db.users import erase_user, insert_user, replace_ratings
from recommender.artifacts.store import KEPT_VERSIONS, ModelStore, Version
from serving.builder import build_model
from serving.live import LiveModel
from tests.conftest import World
from tests.serving.worlds import (
    ACTION,
    DAMAGES,
    PEOPLE,
    STRANGER,
    add_titles,
    damage,
    database_away,
    knows,
    neighbors,
)

ROMANCE = {107: 9, 109: 9, 113: 9, 115: 9}


def follow(
    store: ModelStore, engine: Engine, version: Version, *, interval_s: float = 0, most: int = 10
) -> LiveModel:
    return LiveModel(store, engine, version, interval_s=interval_s, overlay_max_users=most)


def insert_late(engine: Engine) -> None:
    insert_user(engine, STRANGER + 1, ROMANCE)


def point_to(store: ModelStore, name: str) -> None:
    (store.directory / "CURRENT").write_text(f"{name}\n", "ascii")


def test_a_new_person_is_seen_by_every_worker(filled: Engine, store: ModelStore, version: Version) -> None:
    one, other = follow(store, filled, version), follow(store, filled, version)
    insert_user(filled, STRANGER, ACTION)
    one.catch_up()
    assert knows(one, STRANGER)
    assert knows(other, STRANGER)


def test_news_are_looked_for_once_in_an_interval_and_by_catch_up_at_once(
    filled: Engine, store: ModelStore, version: Version
) -> None:
    live = follow(store, filled, version, interval_s=3_600)
    live.current()
    insert_user(filled, STRANGER, ACTION)
    assert not knows(live, STRANGER)
    live.catch_up()
    assert knows(live, STRANGER)


def test_a_worker_that_starts_late_knows_everybody_who_came_before(
    filled: Engine, store: ModelStore, version: Version
) -> None:
    for user_id in range(STRANGER, STRANGER + 5):
        insert_user(filled, user_id, ROMANCE)
    live = follow(store, filled, store.load())
    assert set(neighbors(live.current(), ROMANCE, 5)) == set(range(STRANGER, STRANGER + 5))


def test_what_a_request_holds_does_not_change_under_it(
    embedded: Engine, store: ModelStore, embedded_version: Version
) -> None:
    live = follow(store, embedded, embedded_version)
    held = live.current()
    insert_user(embedded, STRANGER, ACTION)
    build_model(embedded, store)
    live.catch_up()
    assert (held.name, len(held.snapshot.overlay)) == ("v0001", 0)
    assert STRANGER not in neighbors(held, ACTION, 100)


def test_a_list_that_changed_takes_the_place_of_the_old_one(
    filled: Engine, store: ModelStore, version: Version
) -> None:
    live = follow(store, filled, version)
    replace_ratings(filled, 1, ACTION)
    assert knows(live, 1)
    replace_ratings(filled, 1, ROMANCE)
    assert 1 not in neighbors(live.current(), ACTION, 100)


def test_a_title_that_the_model_lacks_is_passed_over(
    filled: Engine, store: ModelStore, version: Version
) -> None:
    live = follow(store, filled, version)
    add_titles(filled, [1, 999])
    insert_user(filled, STRANGER, {1: 10, **ACTION, 999: 10})
    assert knows(live, STRANGER)


def test_a_published_version_is_picked_up(filled: Engine, store: ModelStore, version: Version) -> None:
    live = follow(store, filled, version)
    add_titles(filled, [1])
    build_model(filled, store)
    assert live.current().name == "v0002"
    assert live.current().snapshot.catalog.vocabulary.row(1) == 0
    assert live.refused is None


def test_a_rebuilt_version_absorbs_the_newcomers_who_stay_neighbors(
    filled: Engine, store: ModelStore, version: Version
) -> None:
    live = follow(store, filled, version)
    insert_user(filled, STRANGER, ACTION)
    assert len(live.current().snapshot.overlay) == 1
    build_model(filled, store)
    current = live.current()
    assert (current.name, len(current.snapshot.overlay)) == ("v0002", 0)
    assert current.snapshot.ratings.n_users == PEOPLE + 1
    assert knows(live, STRANGER)


def test_who_comes_while_a_version_is_built_is_newer_than_that_version(
    filled: Engine, store: ModelStore, version: Version
) -> None:
    live = follow(store, filled, version)
    insert_user(filled, STRANGER, ROMANCE)
    # comes when the data have been read and before they are published
    build_model(filled, store, progress=lambda done, total: insert_late(filled))
    current = live.current()
    assert current.name == "v0002"
    assert list(current.snapshot.overlay.lists) == [STRANGER + 1]
    assert set(neighbors(current, ROMANCE, 2)) == {STRANGER, STRANGER + 1}


def test_a_version_that_comes_between_two_looks_for_news_loses_nobody_who_is_newer(
    embedded: Engine, store: ModelStore, embedded_version: Version
) -> None:
    live = follow(store, embedded, embedded_version, interval_s=3_600)
    insert_user(embedded, STRANGER, ACTION)
    live.catch_up()
    store.publish(embedded_version.snapshot, {})  # built before they came
    assert live.current().name == "v0002"
    assert knows(live, STRANGER)


@pytest.mark.parametrize("how", DAMAGES)
def test_a_broken_version_is_refused_and_the_old_one_stays(
    embedded: Engine, store: ModelStore, embedded_version: Version, how: str
) -> None:
    live = follow(store, embedded, embedded_version)
    build_model(embedded, store, force=True)
    damage(store.directory / "v0002", how)
    assert live.current().name == "v0001"
    assert (live.refused or "").startswith("v0002: ")
    insert_user(embedded, STRANGER, ACTION)
    assert knows(live, STRANGER)
    build_model(embedded, store)
    assert live.current().name == store.current_name() != "v0002"
    assert live.refused is None


def test_a_refused_version_is_tried_once_only(
    embedded: Engine, store: ModelStore, embedded_version: Version, caplog: pytest.LogCaptureFixture
) -> None:
    live = follow(store, embedded, embedded_version)
    build_model(embedded, store, force=True)
    damage(store.directory / "v0002", "a file missing")
    for _ in range(3):
        live.current()
    assert [record.message[:22] for record in caplog.records] == ["model v0002 is refused"]


def test_nothing_is_refused_any_more_once_current_names_the_version_in_service(
    embedded: Engine, store: ModelStore, embedded_version: Version
) -> None:
    live = follow(store, embedded, embedded_version)
    build_model(embedded, store, force=True)
    damage(store.directory / "v0002", "a file missing")
    live.current()
    assert live.refused
    point_to(store, "v0001")  # somebody takes the broken version back
    live.current()
    assert live.refused is None


@pytest.mark.parametrize("content", [b"", b"v0002", b"../../etc", b"v1", b"\xff\xfe", b"v0001\nv0002"])
def test_whatever_current_says_the_server_answers(
    embedded: Engine, store: ModelStore, embedded_version: Version, content: bytes
) -> None:
    live = follow(store, embedded, embedded_version)
    (store.directory / "CURRENT").write_bytes(content)
    assert live.current().name == "v0001"


def test_with_the_database_away_it_keeps_answering_and_then_catches_up(
    filled: Engine, store: ModelStore, version: Version
) -> None:
    live = follow(store, filled, version)
    with database_away(filled):
        assert live.catch_up().name == live.current().name == "v0001"
        assert len(neighbors(live.current(), ACTION)) == 10
    insert_user(filled, STRANGER, ACTION)
    deadline = time.monotonic() + 5  # a database that failed may be left alone for a moment
    while not knows(live, STRANGER):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_database_that_never_replies_holds_up_one_request_in_an_interval_only(
    world: World,
) -> None:
    store = ModelStore(world.model_dir)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        engine = open_engine(f"postgresql://user:password@127.0.0.1:{silent.getsockname()[1]}/database")
        event.listen(engine, "do_connect", give_up_soon)
        live = follow(store, engine, store.load(), interval_s=1)
        live.current()
        started = time.monotonic()
        live.current()
        assert time.monotonic() - started < 0.5


def give_up_soon(_dialect: object, _record: object, _arguments: object, options: dict[str, object]) -> None:
    options["connect_timeout"] = 2


def test_a_version_published_while_the_database_is_away_is_picked_up(
    filled: Engine, store: ModelStore, version: Version
) -> None:
    live = follow(store, filled, version)
    build_model(filled, store, force=True)
    with database_away(filled):
        assert live.current().name == "v0002"


def test_no_more_newcomers_are_held_than_the_settings_allow(
    filled: Engine, store: ModelStore, version: Version, caplog: pytest.LogCaptureFixture
) -> None:
    live = follow(store, filled, version, most=3)
    for user_id in range(STRANGER, STRANGER + 5):
        insert_user(filled, user_id, ROMANCE)
    with caplog.at_level(logging.WARNING):
        overlay = live.current().snapshot.overlay
    assert len(overlay) == 3
    assert "more than 3 users are newer than the model: build it anew" in caplog.text
    build_model(filled, store)
    assert set(neighbors(live.current(), ROMANCE, 5)) == set(range(STRANGER, STRANGER + 5))


def test_a_full_overlay_still_takes_the_new_list_of_somebody_in_it(
    filled: Engine, store: ModelStore, version: Version
) -> None:
    live = follow(store, filled, version, most=1)
    insert_user(filled, STRANGER, ROMANCE)
    assert neighbors(live.current(), ROMANCE, 1) == [STRANGER]
    replace_ratings(filled, STRANGER, ACTION)
    assert knows(live, STRANGER)


def test_with_no_room_for_newcomers_it_answers_from_the_model(
    embedded: Engine, store: ModelStore, embedded_version: Version
) -> None:
    live = follow(store, embedded, embedded_version, most=0)
    insert_user(embedded, STRANGER, ACTION)
    assert len(live.catch_up().snapshot.overlay) == 0
    assert len(neighbors(live.current(), ACTION)) == 10


def test_a_model_directory_that_vanishes_does_not_stop_the_server(
    embedded: Engine, store: ModelStore, embedded_version: Version, tmp_path: Path
) -> None:
    live = follow(store, embedded, embedded_version)
    store.directory.rename(tmp_path / "elsewhere")
    insert_user(embedded, STRANGER, ACTION)
    assert knows(live, STRANGER)


@pytest.mark.parametrize("how", ["the new version is refused", "CURRENT is lost"])
def test_who_was_erased_stays_unknown_to_a_worker_that_is_left_with_an_old_version(
    filled: Engine, store: ModelStore, how: str
) -> None:
    insert_user(filled, STRANGER, ACTION)
    live = follow(store, filled, build_model(filled, store)[0])
    assert knows(live, STRANGER)
    assert erase_user(filled, STRANGER)
    for _ in range(KEPT_VERSIONS):  # now no version on disk knows them
        newest, _ = build_model(filled, store, force=True)
    if how == "CURRENT is lost":
        (store.directory / "CURRENT").unlink()
    else:
        damage(store.directory / newest.name, "a file missing")
    insert_late(filled)
    assert set(neighbors(live.current(), ACTION, 100)) == set(range(1, PEOPLE + 1))
    assert live.in_service.name == "v0001"
