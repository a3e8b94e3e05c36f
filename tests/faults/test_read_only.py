"""A model directory that cannot be written to, as servers in Kubernetes have it: it serves what there is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app import StartError, create_app
from config import Config
from recommender.artifacts.store import ModelStore
from tests.faults.conftest import Place
from tests.faults.disk import MEGABYTE, read_only, small_disk
from tests.serving.servers import SECRET


def start(place: Place, model_dir: Path) -> str:
    """Start a server; the version that it answers from."""
    config = Config(
        database_url=place.engine.url.render_as_string(hide_password=False),
        secret_key=SECRET,
        model_dir=model_dir,
    )
    ready = create_app(config).test_client().get("/readyz")
    assert ready.status_code == 200
    return str(ready.get_json()["model_version"])


def test_read_only_models_are_served_or_say_where_to_build(sqlite_place: Place) -> None:
    with small_disk(8 * MEGABYTE) as disk:
        for model_dir in (disk, disk / "new"):
            with read_only(disk), pytest.raises(StartError) as failure:
                start(sqlite_place, model_dir)
            said = str(failure.value)
            assert said.startswith(
                f"no model can be written to {ModelStore(model_dir).directory}: Read-only file system. "
            )
            assert said.endswith("Run scripts/build_index.py where MODEL_DIR can be written.")
        shutil.copytree(sqlite_place.store.root, disk, dirs_exist_ok=True)
        with read_only(disk):
            assert start(sqlite_place, disk) == "v0001"
