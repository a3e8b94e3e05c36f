"""ModelStore: the lock that one builder has at a time."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT
from recommender.artifacts.store import BuildInProgressError, ModelStore


def test_lock_refuses_a_second_builder(store: ModelStore) -> None:
    with (
        store.lock(1),
        pytest.raises(BuildInProgressError, match="another process is building into"),
        store.lock(0.05),
    ):
        pass


def test_lock_refuses_a_builder_in_another_process(store: ModelStore) -> None:
    script = (
        "import sys; from pathlib import Path; from recommender.artifacts.store import ModelStore;"
        "ModelStore(Path(sys.argv[1])).lock(0.05).__enter__()"
    )
    with store.lock(1):
        done = subprocess.run(
            [sys.executable, "-c", script, str(store.root)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "BuildInProgressError" in done.stderr


def test_lock_is_free_at_the_end_of_its_block(store: ModelStore) -> None:
    lock = store.lock(1)
    with lock:
        pass
    with store.lock(0.05):
        pass


def test_lock_creates_the_directory(tmp_path: Path) -> None:
    with ModelStore(tmp_path / "a" / "b").lock(1):
        assert (tmp_path / "a" / "b").is_dir()


def test_lock_without_write_access_says_where_to_build(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = ModelStore(tmp_path / "file" / "models")
    message = (
        f"no model can be written to {store.directory}: Not a directory. Run scripts/build_index.py where "
    )
    with pytest.raises(OSError, match=re.escape(message)), store.lock(0):
        pass
