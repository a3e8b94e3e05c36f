"""Two releases on one database and one model directory: this one is the earlier of the two."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app import create_app
from config import ROOT
from recommender.artifacts.store import ModelStore
from tests.db.test_upgrades import ADDITIVE, BREAKING, migrate_as, next_release
from tests.faults.conftest import Place
from tests.faults.crowd import person
from tests.recommender.artifacts.test_formats import next_format
from tests.serving.servers import serving
from tests.serving.worlds import STRANGER, settings_of

LIST = person(STRANGER, {106: 9, 108: 9})


def test_server_goes_on_beside_the_next_release(place: Place, tmp_path: Path) -> None:
    version = place.store.load()
    with next_format(), serving(place.environ, place.log) as server:
        migrate_as(next_release(tmp_path / "next", ADDITIVE, additive=True), place.engine)
        assert ModelStore(place.store.root).publish(version.snapshot, {}).name == "v0002"
        assert {answer.json["model_version"] for answer in server.ask_each("/readyz")} == {"v0001"}
    assert "can use" not in place.log.read_text("utf-8")
    with serving(place.environ, place.log) as server:  # such as one that was killed
        answers = server.ask_each("/readyz")
        assert {(a.json["model_version"], a.json["refused_model"]) for a in answers} == {("v0001", None)}
        saved = server.ask("/users/recommendations", LIST)
        assert saved.status == 200, saved.body
        assert server.ask(f"/api/v1/users/{STRANGER}/similar").status == 200
    assert "has schema 9999 of a newer release, which this one" in place.log.read_text("utf-8")
    assert "building a model" not in place.log.read_text("utf-8")


def test_next_release_serves_the_older_format_until_it_builds(sqlite_place: Place) -> None:
    snapshot, directory = sqlite_place.store.load().snapshot, sqlite_place.store.root
    config = settings_of(sqlite_place.engine.url.render_as_string(hide_password=False), directory)
    with next_format():
        client = create_app(config).test_client()
        for version in ("v0001", "v0002"):
            ready = client.get("/readyz").get_json()
            assert (ready["model_version"], ready["refused_model"]) == (version, None)
            assert client.post("/users/recommendations", json=LIST).status_code == 200
            if version == "v0001":
                assert ModelStore(directory).publish(snapshot, {}).name == "v0002"
    assert sqlite_place.store.names() == ["v0001"]


def test_server_on_a_schema_that_changed_stops_with_a_sentence(sqlite_place: Place, tmp_path: Path) -> None:
    migrate_as(next_release(tmp_path / "next", BREAKING, additive=False), sqlite_place.engine)
    with pytest.raises(AssertionError), serving(sqlite_place.environ, sqlite_place.log):
        pass
    assert "has schema 9999 of a newer release, which this release" in sqlite_place.log.read_text("utf-8")
    script = subprocess.run(
        [sys.executable, "scripts/erasures.py", "export"],
        cwd=ROOT,
        env=sqlite_place.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (script.returncode, script.stdout) == (1, "")
    assert "Traceback" not in script.stderr
    assert "has schema 9999 of a newer release" in script.stderr
