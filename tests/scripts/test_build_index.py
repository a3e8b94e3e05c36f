"""`build_index.py`: builds when something changed, one builder at a time."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db.engine import open_engine
from db.users import insert_user
from recommender.artifacts.store import ModelStore
from scripts.build_index import main
from tests.db.helpers import put_titles
from tests.scripts.conftest import Run, sentence, start


@pytest.fixture
def store(world_settings: dict[str, str]) -> ModelStore:
    """The world's database without its model."""
    directory = Path(world_settings["MODEL_DIR"])
    shutil.rmtree(directory)
    return ModelStore(directory)


def test_it_publishes_a_version_and_prints_each_stage(
    store: ModelStore, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([]) == 0
    output = capsys.readouterr().out
    assert re.search(r"Published v0001 in \S+ \(300 titles, 250 users, [\d,]+ ratings\)\.", output)
    assert "peak MB" in output
    assert store.load().name == "v0001"


def test_a_second_build_of_the_same_data_is_up_to_date(
    world_settings: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--no-memory"]) == 0
    assert "v0001 is up to date" in capsys.readouterr().out
    assert ModelStore(Path(world_settings["MODEL_DIR"])).names() == ["v0001"]


def test_force_builds_anyway(world_settings: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--force", "--no-memory"]) == 0
    assert "Published v0002" in capsys.readouterr().out
    assert ModelStore(Path(world_settings["MODEL_DIR"])).current_name() == "v0002"


def test_a_change_of_the_data_is_built_in(
    world_settings: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    engine = open_engine(world_settings["DATABASE_URL"])
    insert_user(engine, 900_001, {1535: 9, 9253: 10})
    engine.dispose()
    assert main(["--no-memory"]) == 0
    assert "Published v0002" in capsys.readouterr().out


def test_an_empty_database_is_one_sentence_that_says_what_to_do(run: Run, settings: dict[str, str]) -> None:
    message = sentence(run("build_index.py"))
    assert "the database has no titles; import some first: python scripts/import_dataset.py" in message
    assert not ModelStore(Path(settings["MODEL_DIR"])).names()


def test_a_catalog_without_ratings_can_be_built(database: Engine, settings: dict[str, str]) -> None:
    put_titles(database, range(1, 31))
    assert main(["--no-memory"]) == 0
    assert ModelStore(Path(settings["MODEL_DIR"])).load().manifest["counts"]["ratings"] == 0


def test_of_two_at_once_one_builds_and_the_other_waits_for_it(store: ModelStore) -> None:
    processes = [start("build_index.py", "--no-memory") for _ in range(2)]
    outputs = [process.communicate(timeout=120)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert sorted("Published v0001" in output for output in outputs) == [False, True]
    assert sorted("v0001 is up to date" in output for output in outputs) == [False, True]
    assert store.names() == ["v0001"]


def test_who_does_not_want_to_wait_is_told_that_another_builds(run: Run, store: ModelStore) -> None:
    with store.lock(0):
        message = sentence(run("build_index.py", "--wait", "0"))
    assert "another process is building into" in message


def test_help_says_what_the_exit_codes_mean(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["--help"])
    assert exit_.value.code == 0
    assert "Exit codes" in capsys.readouterr().out
