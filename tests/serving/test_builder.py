"""Builds: when there is one, when there is none, and what is left after one that was killed."""

from __future__ import annotations

import json
import subprocess
import sys
import threading

import pytest
from sqlalchemy import Engine

from config import ROOT
from db.schema import migrate
from db.users import insert_user
from recommender.artifacts.snapshot import FORMAT
from recommender.artifacts.store import BuildInProgressError, ModelStore, Version
from recommender.models.base import MissingLibraryError
from recommender.models.popularity import Popularity
from recommender.models.registry import ModelConfig
from serving.builder import BuildFailedError, EmptyDatabaseError, build_model
from serving.services import open_services
from tests.serving.worlds import (
    ACTION,
    DAMAGES,
    PEOPLE,
    STRANGER,
    TITLES,
    add_titles,
    damage,
    settings_of,
)

# a builder whose disk hangs when it is told to keep the file or folder whose path ends like this
STUCK_BUILDER = """
import os, runpy, sys, time
fsync = os.fsync
def stuck(descriptor):
    if os.readlink(f"/proc/self/fd/{descriptor}").endswith(sys.argv[1]):
        print("stuck", flush=True)
        time.sleep(60)
    fsync(descriptor)
os.fsync = stuck
runpy.run_module("serving.builder", run_name="__main__")
"""
STAGES = ["tmp-v0002/manifest.json", "tmp-v0002", "CURRENT.new", f"format-{FORMAT}"]


def start_builder(engine: Engine, store: ModelStore, *arguments: str) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        *(("-c", STUCK_BUILDER, *arguments) if arguments else ("-m", "serving.builder")),
    ]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    assert process.stdin
    url = engine.url.render_as_string(hide_password=False)
    models = ModelConfig.default().to_dict()
    order = {"database_url": url, "model_dir": str(store.root), "models": models}
    process.stdin.write(json.dumps(order))
    process.stdin.close()
    process.stdin = None  # communicate() would flush it
    return process


def kill_a_build(engine: Engine, store: ModelStore, stage: str) -> None:
    """kill -9 a builder at a certain point of its work."""
    process = start_builder(engine, store, stage)
    assert process.stdout
    assert process.stdout.readline() == "stuck\n"
    process.kill()
    process.stdout.close()
    process.wait()


def leftovers(store: ModelStore) -> list[str]:
    return [path.name for path in store.directory.iterdir() if path.name.startswith("tmp-")]


def test_first_build_publishes_the_whole_database(filled: Engine, store: ModelStore) -> None:
    version, built = build_model(filled, store)
    assert (version.name, built) == ("v0001", True)
    counts = version.manifest["counts"]
    assert (counts["users"], counts["anime"]) == (PEOPLE, TITLES)
    assert store.current_name() == "v0001"
    assert store.load().snapshot.origin == version.snapshot.origin


def test_unchanged_data_is_not_built_again(filled: Engine, store: ModelStore, version: Version) -> None:
    again, built = build_model(filled, store)
    assert (again.name, built) == (version.name, False)


def test_forced_build_of_the_same_data_is_identical(
    filled: Engine, store: ModelStore, version: Version
) -> None:
    again, built = build_model(filled, store, force=True)
    assert (again.name, built) == ("v0002", True)
    assert again.manifest["files"] == version.manifest["files"]


def test_new_user_triggers_a_build(filled: Engine, store: ModelStore, version: Version) -> None:
    insert_user(filled, STRANGER, ACTION)
    newer, built = build_model(filled, store)
    assert built
    assert newer.snapshot.ratings.n_users == version.snapshot.ratings.n_users + 1


def test_new_title_triggers_a_build(filled: Engine, store: ModelStore, version: Version) -> None:
    add_titles(filled, [900])
    newer, built = build_model(filled, store)
    assert built
    assert len(newer.snapshot.catalog) == len(version.snapshot.catalog) + 1


def test_changed_config_triggers_a_build(embedded: Engine, store: ModelStore) -> None:
    build_model(embedded, store)
    config = ModelConfig.default().with_model("user-user", neighbors=7)
    assert build_model(embedded, store, config=config)[1]
    assert not build_model(embedded, store, config=config)[1]


def test_version_of_another_recipe_is_served_but_rebuilt(
    embedded: Engine, store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommender.artifacts.snapshot.RECIPE", 1)
    build_model(embedded, store)
    assert store.load().name == "v0001"
    monkeypatch.undo()
    assert store.load().name == "v0001"
    assert build_model(embedded, store)[1]
    assert not build_model(embedded, store)[1]


@pytest.mark.parametrize("how", DAMAGES)
def test_damaged_current_version_is_rebuilt(embedded: Engine, store: ModelStore, how: str) -> None:
    build_model(embedded, store)
    damage(store.directory / "v0001", how)
    version, built = build_model(embedded, store)
    assert built
    assert store.load().name == version.name == "v0002"


def test_build_without_a_needed_library_says_what_installs_it(
    embedded: Engine, store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fit(*_: object) -> Popularity:
        raise MissingLibraryError("keras", "pip install -r requirements-neural.txt")

    monkeypatch.setattr(Popularity, "fit", fit)
    with pytest.raises(BuildFailedError, match=r"^keras is not .*: pip install -r requirements-neural\.txt$"):
        build_model(embedded, store)
    assert leftovers(store) == []


def test_build_reports_progress(embedded: Engine, store: ModelStore) -> None:
    told: list[tuple[int, int]] = []
    version, _ = build_model(embedded, store, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (version.manifest["counts"]["ratings"],) * 2


def test_store_keeps_three_versions(embedded: Engine, store: ModelStore) -> None:
    for _ in range(5):
        build_model(embedded, store, force=True)
    assert store.names() == ["v0005", "v0004", "v0003"]


def test_empty_database_raises_and_frees_the_lock(engine: Engine, store: ModelStore) -> None:
    with pytest.raises(EmptyDatabaseError, match="no titles; import some first: python scripts/import"):
        build_model(engine, store)
    assert store.current_name() is None
    add_titles(engine, [1, 2, 3])
    assert build_model(engine, store, wait_s=0)[1]


def test_titles_without_users_can_be_built(engine: Engine, store: ModelStore) -> None:
    migrate(engine)
    add_titles(engine, range(1, 20))
    version, _ = build_model(engine, store)
    assert store.load().snapshot.ratings.n_users == version.manifest["counts"]["users"] == 0


def test_build_gives_up_waiting_for_another(embedded: Engine, store: ModelStore) -> None:
    with (
        store.lock(wait_s=0),
        pytest.raises(BuildInProgressError, match=r"another process is building into .*models"),
    ):
        build_model(embedded, store, wait_s=0.2)
    assert build_model(embedded, store, wait_s=0)[1]


def test_build_waits_for_another(embedded: Engine, store: ModelStore) -> None:
    outcome: list[tuple[Version, bool]] = []
    waiting = threading.Thread(target=lambda: outcome.append(build_model(embedded, store, wait_s=30)))
    with store.lock(wait_s=0):
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
    waiting.join(30)
    assert [built for _, built in outcome] == [True]


def test_concurrent_builders_build_one_version(filled: Engine, store: ModelStore) -> None:
    builders = [start_builder(filled, store) for _ in range(2)]
    outcomes = [builder.communicate(timeout=60)[0] for builder in builders]
    assert outcomes == ["", ""]
    assert [builder.returncode for builder in builders] == [0, 0]
    assert store.names() == ["v0001"]


@pytest.mark.parametrize("stage", STAGES)
def test_killed_build_leaves_next_build_and_start_working(
    embedded: Engine, store: ModelStore, stage: str
) -> None:
    build_model(embedded, store)
    insert_user(embedded, STRANGER, ACTION)
    kill_a_build(embedded, store, stage)
    url = embedded.url.render_as_string(hide_password=False)
    services = open_services(settings_of(url, store.root))
    assert services.live.current().name == ("v0002" if stage == STAGES[-1] else "v0001")
    version, _ = build_model(embedded, store, wait_s=5)
    assert leftovers(store) == []
    assert version.manifest["counts"]["users"] == PEOPLE + 1
    assert services.live.current().name == version.name == store.load().name
    services.engine.dispose()


def test_start_sweeps_leftovers_of_a_killed_build(embedded: Engine, store: ModelStore) -> None:
    build_model(embedded, store)
    insert_user(embedded, STRANGER, ACTION)
    kill_a_build(embedded, store, STAGES[0])
    assert leftovers(store) == ["tmp-v0002"]
    url = embedded.url.render_as_string(hide_password=False)
    open_services(settings_of(url, store.root)).engine.dispose()
    assert leftovers(store) == []


def test_start_keeps_files_of_a_build_in_progress(embedded: Engine, store: ModelStore) -> None:
    build_model(embedded, store)
    url = embedded.url.render_as_string(hide_password=False)
    with store.lock(wait_s=0):
        (store.directory / "tmp-v0002").mkdir()
        open_services(settings_of(url, store.root)).engine.dispose()
    assert leftovers(store) == ["tmp-v0002"]
