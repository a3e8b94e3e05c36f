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


def test_build_publishes_and_prints_each_stage(store: ModelStore, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    output = capsys.readouterr().out
    assert re.search(r"Published v0001 in \S+ \(300 titles, 250 users, [\d,]+ ratings\)\.", output)
    assert "peak MB" in output
    assert store.load().name == "v0001"


def test_second_build_of_the_same_data_is_up_to_date(
    world_settings: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--no-memory"]) == 0
    assert "v0001 is up to date" in capsys.readouterr().out
    assert ModelStore(Path(world_settings["MODEL_DIR"])).names() == ["v0001"]


def test_force_builds_anyway(world_settings: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--force", "--no-memory"]) == 0
    assert "Published v0002" in capsys.readouterr().out
    assert ModelStore(Path(world_settings["MODEL_DIR"])).current_name() == "v0002"


def test_changed_data_is_built(world_settings: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    engine = open_engine(world_settings["DATABASE_URL"])
    insert_user(engine, 900_001, {1535: 9, 9253: 10})
    engine.dispose()
    assert main(["--no-memory"]) == 0
    assert "Published v0002" in capsys.readouterr().out


def test_empty_database_error_is_one_sentence(run: Run, settings: dict[str, str]) -> None:
    message = sentence(run("build_index.py"))
    assert "the database has no titles; import some first: python scripts/import_dataset.py" in message
    assert not ModelStore(Path(settings["MODEL_DIR"])).names()


def test_catalog_without_ratings_can_be_built(database: Engine, settings: dict[str, str]) -> None:
    put_titles(database, range(1, 31))
    assert main(["--no-memory"]) == 0
    assert ModelStore(Path(settings["MODEL_DIR"])).load().manifest["counts"]["ratings"] == 0


def test_second_of_two_builders_waits_for_the_first(store: ModelStore) -> None:
    processes = [start("build_index.py", "--no-memory") for _ in range(2)]
    outputs = [process.communicate(timeout=120)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert sorted("Published v0001" in output for output in outputs) == [False, True]
    assert sorted("v0001 is up to date" in output for output in outputs) == [False, True]
    assert store.names() == ["v0001"]


def test_wait_zero_reports_another_builder(run: Run, store: ModelStore) -> None:
    with store.lock(0):
        message = sentence(run("build_index.py", "--wait", "0"))
    assert "another process is building into" in message


def test_help_explains_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["--help"])
    assert exit_.value.code == 0
    assert "Exit codes" in capsys.readouterr().out
