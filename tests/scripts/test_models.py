"""`models.py`: what is on disk, whether it is whole, and the way back to an older version."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from db.engine import open_engine
from db.users import insert_user
from recommender.artifacts.store import MANIFEST_FILE, ModelStore, NoModelError
from scripts.models import main
from serving.builder import build_model
from tests.conftest import World
from tests.scripts.conftest import Run, sentence

STRANGER, LIST = 900_001, {1535: 9, 9253: 10}


@pytest.fixture(scope="module")
def grown(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`anime.db` and `models`: v0001 of the world, and v0002 that one more person is in."""
    folder = tmp_path_factory.mktemp("grown")
    shutil.copy(world.database, folder / "anime.db")
    shutil.copytree(world.model_dir, folder / "models")
    engine = open_engine(f"sqlite:///{folder / 'anime.db'}")
    insert_user(engine, STRANGER, LIST)
    build_model(engine, ModelStore(folder / "models"))
    engine.dispose()
    return folder


@pytest.fixture
def store(grown: Path, world_settings: dict[str, str]) -> ModelStore:
    """A copy of both, to do with as one likes."""
    directory = Path(world_settings["MODEL_DIR"])
    shutil.copy(grown / "anime.db", world_settings["DATABASE_URL"].removeprefix("sqlite:///"))
    shutil.rmtree(directory)
    shutil.copytree(grown / "models", directory)
    return ModelStore(directory)


def damage(store: ModelStore, name: str, file: str = "titles.jsonl") -> None:
    path = store.directory / name / file
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content[:-1])


def test_list_marks_the_current_version_and_counts(
    store: ModelStore, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list"]) == 0
    newest, older = (
        [cell.strip() for cell in line.split("│")[1:-1]]
        for line in capsys.readouterr().out.splitlines()
        if "v000" in line
    )
    assert (newest[:2], older[:2]) == (["*", "v0002"], ["", "v0001"])
    assert newest[2] == str(store.manifest("v0002")["built_at"])[:16].replace("T", " ")
    assert (newest[3:5], older[3:5]) == (["300", "251"], ["300", "250"])
    assert int(newest[7]) == int(older[7]) + 1


def test_list_shows_an_unreadable_version(store: ModelStore, capsys: pytest.CaptureFixture[str]) -> None:
    damage(store, "v0002", MANIFEST_FILE)
    assert main(["list"]) == 0
    output = capsys.readouterr().out
    assert "its manifest.json cannot be read" in output
    assert "250" in output


def test_running_server_switches_to_the_older_version(store: ModelStore, client: FlaskClient) -> None:
    assert client.get("/readyz").json["model_version"] == "v0002"  # type: ignore[index]
    assert main(["use", "v0001"]) == 0
    ready = client.get("/readyz").json
    assert ready is not None
    assert (ready["model_version"], ready["users"], ready["newer_users"]) == ("v0001", 250, 1)
    assert ModelStore(store.root).load().name == "v0001"


def test_erased_user_stays_erased_in_the_older_version(store: ModelStore, client: FlaskClient) -> None:
    def similar() -> list[int]:
        answer = client.get("/api/v1/users/1/similar").json
        assert answer is not None
        return [item["user_id"] for item in answer["items"]]

    erased = similar()[0]
    assert client.delete(f"/api/v1/users/{erased}").status_code == 204
    main(["use", "v0001"])
    assert client.get("/readyz").json["model_version"] == "v0001"  # type: ignore[index]
    assert erased not in similar()


def test_use_switches_back_to_the_newest_version(
    store: ModelStore, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["use", "v0001"])
    assert main(["use", "v0002"]) == 0
    assert "v0002 is served now; before, it was v0001." in capsys.readouterr().out
    assert store.current_name() == "v0002"


def test_next_build_is_newer_than_every_version(store: ModelStore, world_settings: dict[str, str]) -> None:
    main(["use", "v0001"])
    engine = open_engine(world_settings["DATABASE_URL"])
    version, built = build_model(engine, store)
    engine.dispose()
    assert (version.name, built, store.current_name()) == ("v0003", True, "v0003")


def test_use_refuses_a_damaged_version(run: Run, store: ModelStore) -> None:
    damage(store, "v0001")
    message = sentence(run("models.py", "use", "v0001"))
    assert "v0001 cannot be used: titles.jsonl is damaged" in message
    assert store.current_name() == "v0002"


@pytest.mark.parametrize("name", ["v0009", "../v0001", "v1", "CURRENT"])
def test_use_of_a_missing_version_lists_the_others(run: Run, store: ModelStore, name: str) -> None:
    message = sentence(run("models.py", "use", name))
    assert f"there is no {name} in" in message
    assert message.endswith("only: v0002, v0001")
    assert store.current_name() == "v0002"


def test_use_waits_for_a_builder(run: Run, store: ModelStore) -> None:
    with store.lock(0):
        message = sentence(run("models.py", "use", "v0001", "--wait", "0"))
    assert "another process is building into" in message
    assert store.current_name() == "v0002"


def test_verify_names_damaged_versions_and_fails(
    store: ModelStore, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify"]) == 0
    assert capsys.readouterr().out.splitlines() == ["v0002  whole", "v0001  whole"]
    damage(store, "v0002")
    assert main(["verify"]) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("v0002  damaged: titles.jsonl is damaged")
    assert second == "v0001  whole"


@pytest.mark.parametrize("command", ["list", "verify"])
def test_missing_models_error_says_what_to_do(settings: dict[str, str], command: str) -> None:
    with pytest.raises(NoModelError, match=r"there is no model in \S+; run: python scripts/build_index.py"):
        main([command])
    assert not Path(settings["MODEL_DIR"]).exists()
