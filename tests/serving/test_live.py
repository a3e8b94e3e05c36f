"""The model of a running server: it follows the database and the model directory, and never breaks."""

from __future__ import annotations

import logging
import shutil
import socket
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text

from db.engine import open_engine, read_transaction, write_transaction
from db.users import erase_user, insert_user, load_erasures, replace_ratings
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


def test_new_user_is_seen_by_every_worker(filled: Engine, store: ModelStore, version: Version) -> None:
    one, other = follow(store, filled, version), follow(store, filled, version)
    insert_user(filled, STRANGER, ACTION)
    one.catch_up()
    assert knows(one, STRANGER)
    assert knows(other, STRANGER)


def test_new_users_are_polled_per_interval_or_by_catch_up(
    filled: Engine, store: ModelStore, version: Version
) -> None:
    live = follow(store, filled, version, interval_s=3_600)
    live.current()
    insert_user(filled, STRANGER, ACTION)
    assert not knows(live, STRANGER)
    live.catch_up()
    assert knows(live, STRANGER)


def test_late_worker_knows_everybody_saved_before(
    filled: Engine, store: ModelStore, version: Version
) -> None:
    for user_id in range(STRANGER, STRANGER + 5):
        insert_user(filled, user_id, ROMANCE)
    live = follow(store, filled, store.load())
    assert set(neighbors(live.current(), ROMANCE, 5)) == set(range(STRANGER, STRANGER + 5))


def test_held_version_does_not_change(embedded: Engine, store: ModelStore, embedded_version: Version) -> None:
    live = follow(store, embedded, embedded_version)
    held = live.current()
    insert_user(embedded, STRANGER, ACTION)
    build_model(embedded, store)
    live.catch_up()
    assert (held.name, len(held.overlay)) == ("v0001", 0)
    assert STRANGER not in neighbors(held, ACTION, 100)


def test_replaced_list_replaces_the_old_one(filled: Engine, store: ModelStore, version: Version) -> None:
    live = follow(store, filled, version)
    replace_ratings(filled, 1, ACTION)
    assert knows(live, 1)
    replace_ratings(filled, 1, ROMANCE)
    assert 1 not in neighbors(live.current(), ACTION, 100)


def test_title_newer_than_the_model_is_ignored(filled: Engine, store: ModelStore, version: Version) -> None:
    live = follow(store, filled, version)
    add_titles(filled, [1, 999])
    insert_user(filled, STRANGER, {1: 10, **ACTION, 999: 10})
    assert knows(live, STRANGER)


def test_published_version_is_picked_up(filled: Engine, store: ModelStore, version: Version) -> None:
    live = follow(store, filled, version)
    add_titles(filled, [1])
    build_model(filled, store)
    assert live.current().name == "v0002"
    assert live.current().snapshot.catalog.vocabulary.row(1) == 0
    assert live.refused is None


def test_rebuilt_version_absorbs_the_overlay(filled: Engine, store: ModelStore, version: Version) -> None:
    live = follow(store, filled, version)
    insert_user(filled, STRANGER, ACTION)
    assert len(live.current().overlay) == 1
    build_model(filled, store)
    current = live.current()
    assert (current.name, len(current.overlay)) == ("v0002", 0)
    assert current.snapshot.ratings.n_users == PEOPLE + 1
    assert knows(live, STRANGER)


def test_user_saved_during_a_build_is_in_the_overlay(
    filled: Engine, store: ModelStore, version: Version
) -> None:
    live = follow(store, filled, version)
    insert_user(filled, STRANGER, ROMANCE)
    # comes when the data have been read and before they are published
    build_model(filled, store, progress=lambda done, total: insert_late(filled))
    current = live.current()
    assert current.name == "v0002"
    assert list(current.overlay.rows) == [STRANGER + 1]
    assert set(neighbors(current, ROMANCE, 2)) == {STRANGER, STRANGER + 1}


def test_publish_between_syncs_keeps_new_users(
    embedded: Engine, store: ModelStore, embedded_version: Version
) -> None:
    live = follow(store, embedded, embedded_version, interval_s=3_600)
    insert_user(embedded, STRANGER, ACTION)
    live.catch_up()
    store.publish(embedded_version.snapshot, {})  # built before they came
    assert live.current().name == "v0002"
    assert knows(live, STRANGER)


@pytest.mark.parametrize("how", DAMAGES)
def test_damaged_version_is_refused_and_old_one_stays(
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


def test_refused_version_is_tried_once(
    embedded: Engine, store: ModelStore, embedded_version: Version, caplog: pytest.LogCaptureFixture
) -> None:
    live = follow(store, embedded, embedded_version)
    build_model(embedded, store, force=True)
    damage(store.directory / "v0002", "a file missing")
    for _ in range(3):
        live.current()
    assert [record.message[:22] for record in caplog.records] == ["model v0002 is refused"]


def test_refusal_ends_when_current_names_the_version_in_use(
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
def test_invalid_current_file_keeps_the_version(
    embedded: Engine, store: ModelStore, embedded_version: Version, content: bytes
) -> None:
    live = follow(store, embedded, embedded_version)
    (store.directory / "CURRENT").write_bytes(content)
    assert live.current().name == "v0001"


def test_database_outage_keeps_answers_then_catches_up(
    filled: Engine, store: ModelStore, version: Version
) -> None:
    live = follow(store, filled, version)
    live.current()
    with database_away(filled):
        assert live.catch_up().name == live.current().name == "v0001"
        assert len(neighbors(live.current(), ACTION)) == 10
    insert_user(filled, STRANGER, ACTION)
    deadline = time.monotonic() + 5  # a database that failed may be left alone for a moment
    while not knows(live, STRANGER):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_silent_database_delays_one_request_per_interval(
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


def test_version_published_during_an_outage_is_picked_up(
    filled: Engine, store: ModelStore, version: Version
) -> None:
    live = follow(store, filled, version)
    build_model(filled, store, force=True)
    with database_away(filled):
        assert live.current().name == "v0002"


def test_overlay_holds_no_more_users_than_configured(
    filled: Engine, store: ModelStore, version: Version, caplog: pytest.LogCaptureFixture
) -> None:
    live = follow(store, filled, version, most=3)
    for user_id in range(STRANGER, STRANGER + 5):
        insert_user(filled, user_id, ROMANCE)
    with caplog.at_level(logging.WARNING):
        overlay = live.current().overlay
    assert len(overlay) == 3
    assert "more than 3 users are newer than the model: build it anew" in caplog.text
    build_model(filled, store)
    assert set(neighbors(live.current(), ROMANCE, 5)) == set(range(STRANGER, STRANGER + 5))


def test_full_overlay_takes_new_lists_of_its_users(
    filled: Engine, store: ModelStore, version: Version
) -> None:
    live = follow(store, filled, version, most=1)
    insert_user(filled, STRANGER, ROMANCE)
    assert neighbors(live.current(), ROMANCE, 1) == [STRANGER]
    replace_ratings(filled, STRANGER, ACTION)
    assert knows(live, STRANGER)


def test_overlay_of_size_zero_answers_from_the_model(
    embedded: Engine, store: ModelStore, embedded_version: Version
) -> None:
    live = follow(store, embedded, embedded_version, most=0)
    insert_user(embedded, STRANGER, ACTION)
    assert len(live.catch_up().overlay) == 0
    assert len(neighbors(live.current(), ACTION)) == 10


def test_vanished_model_directory_stops_nothing(
    embedded: Engine, store: ModelStore, embedded_version: Version, tmp_path: Path
) -> None:
    live = follow(store, embedded, embedded_version)
    store.directory.rename(tmp_path / "elsewhere")
    insert_user(embedded, STRANGER, ACTION)
    assert knows(live, STRANGER)


@pytest.mark.parametrize("how", ["the new version is refused", "CURRENT is lost"])
def test_erased_user_stays_unknown_to_an_old_version(filled: Engine, store: ModelStore, how: str) -> None:
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


def erase_and_forget(engine: Engine, directory: Path, user_id: int) -> None:
    """Erase a user, and build into another directory, which knows nothing of the models in the first."""
    erase_user(engine, user_id)
    build_model(engine, ModelStore(directory))
    with read_transaction(engine) as connection:
        assert load_erasures(connection) == []


def test_restarted_worker_hides_users_whose_erasure_is_forgotten(
    filled: Engine, store: ModelStore, version: Version, tmp_path: Path
) -> None:
    erase_and_forget(filled, tmp_path / "elsewhere", 2)
    restarted = follow(store, filled, store.load())
    assert 2 not in neighbors(restarted.current(), ACTION, 100)


def test_running_worker_hides_users_whose_erasure_is_forgotten(
    filled: Engine, store: ModelStore, version: Version, tmp_path: Path
) -> None:
    live = follow(store, filled, version)
    assert 2 in neighbors(live.current(), ACTION, 100)
    erase_and_forget(filled, tmp_path / "elsewhere", 2)
    assert 2 not in neighbors(live.current(), ACTION, 100)


def test_erasures_deleted_by_another_program_are_reconciled(
    filled: Engine, store: ModelStore, version: Version
) -> None:
    live = follow(store, filled, version)
    live.current()
    erase_user(filled, 2)
    with write_transaction(filled) as connection:
        connection.execute(text("DELETE FROM erasures"))
    assert 2 not in neighbors(live.current(), ACTION, 100)


def test_user_deleted_without_a_record_is_hidden_from_restart_on(
    filled: Engine, store: ModelStore, version: Version
) -> None:
    with write_transaction(filled) as connection:
        for table in ("ratings", "users"):
            connection.execute(text(f"DELETE FROM {table} WHERE user_id = 2"))
    assert 2 not in neighbors(follow(store, filled, store.load()).current(), ACTION, 100)


def test_worker_started_in_an_outage_shows_nobody_until_it_ends(
    embedded: Engine, store: ModelStore, embedded_version: Version
) -> None:
    erase_user(embedded, 2)
    live = follow(store, embedded, embedded_version)
    with database_away(embedded):
        assert neighbors(live.current(), ACTION, 100) == []
        assert live.current().snapshot is embedded_version.snapshot
    assert set(neighbors(live.current(), ACTION, 100)) == set(range(1, PEOPLE + 1)) - {2}


def test_model_rebuilt_under_the_same_name_is_picked_up(
    embedded: Engine, store: ModelStore, embedded_version: Version
) -> None:
    live = follow(store, embedded, embedded_version)
    live.current()
    shutil.rmtree(store.directory)
    insert_user(embedded, STRANGER, ACTION)
    build_model(embedded, store)
    current = live.current()
    assert (current.name, current.snapshot.ratings.n_users) == ("v0001", PEOPLE + 1)


def test_full_overlay_hides_the_old_list_of_a_user_of_the_model(
    filled: Engine, store: ModelStore, version: Version
) -> None:
    live = follow(store, filled, version, most=1)
    insert_user(filled, STRANGER, ROMANCE)
    live.current()
    replace_ratings(filled, 2, ROMANCE)
    assert 2 not in neighbors(live.current(), ACTION, 100)
    # as for a worker that starts with more new lists than fit
    assert 2 not in neighbors(follow(store, filled, version, most=1).current(), ACTION, 100)


def test_freed_room_in_the_overlay_is_used_again(
    embedded: Engine, store: ModelStore, embedded_version: Version
) -> None:
    live = follow(store, embedded, embedded_version, most=1)
    insert_user(embedded, STRANGER, ROMANCE)
    live.current()
    erase_user(embedded, STRANGER)
    replace_ratings(embedded, 2, ROMANCE)
    assert neighbors(live.current(), ROMANCE, 1) == [2]


def test_erased_newcomer_leaves_nothing_in_the_overlay(
    embedded: Engine, store: ModelStore, embedded_version: Version
) -> None:
    live = follow(store, embedded, embedded_version)
    for user_id in (2, STRANGER, STRANGER + 1):
        replace_ratings(embedded, user_id, ACTION)
    live.catch_up()
    for user_id in (2, STRANGER):
        erase_user(embedded, user_id)
    # of those who are gone, only whom the model still has must be remembered
    assert sorted(live.catch_up().overlay.rows) == [2, STRANGER + 1]
    assert {2, STRANGER} & set(neighbors(live.current(), ACTION, 100)) == set()
    assert knows(live, STRANGER + 1)
