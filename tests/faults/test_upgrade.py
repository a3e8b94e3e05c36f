"""Two releases on one database and one model directory: this one is the earlier of the two."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT
from tests.db.test_upgrades import ADDITIVE, BREAKING, migrate_as, next_release
from tests.faults.conftest import Place
from tests.recommender.artifacts.test_formats import next_format
from tests.serving.servers import serving

LIST = {"user_id": 900_001, "ratings": [{"name": "Story number 106", "rating": 9}]}


def test_server_goes_on_beside_the_next_release(place: Place, tmp_path: Path) -> None:
    version = place.store.load()
    with next_format(), serving(place.environ, place.log) as server:
        store = type(place.store)(place.store.directory)
        migrate_as(next_release(tmp_path / "next", ADDITIVE, additive=True), place.engine)
        assert store.publish(version.snapshot, {}).name == "v0002"
        assert {answer.json["model_version"] for answer in server.ask_each("/readyz")} == {"v0001"}
    assert "can use" not in place.log.read_text("utf-8")
    with serving(place.environ, place.log) as server:  # such as one that was killed
        answers = server.ask_each("/readyz")
        assert {(a.json["model_version"], a.json["refused_model"]) for a in answers} == {("v0001", None)}
        saved = server.ask("/users/recommendations", LIST)
        assert saved.status == 200, saved.body
        assert server.ask(f"/api/v1/users/{LIST['user_id']}/ratings").status == 200
    assert "has schema 9999 of a newer release, which this one" in place.log.read_text("utf-8")
    assert "building a model" not in place.log.read_text("utf-8")


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
