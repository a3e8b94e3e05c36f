"""Fixtures of the scripts: settings of their own, and real processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from config import ROOT, Config
from db.engine import open_engine
from db.schema import migrate
from scripts.console import console, errors
from tests.conftest import SECRET

Run = Callable[..., subprocess.CompletedProcess[str]]
KAGGLE = "anime_id,name,genre,type,episodes,rating,members\n"


@pytest.fixture(autouse=True)
def wide_console(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no sentence is folded."""
    for printer in (console, errors):
        monkeypatch.setattr(printer, "_width", 300)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment of its own: an empty SQLite database, no models."""
    values = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'scripts.db'}",
        "SECRET_KEY": SECRET,
        "MODEL_DIR": str(tmp_path / "built"),
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return values


@pytest.fixture
def world_settings(config: Config, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment over a copy of the world: its database and its model."""
    values = {
        "DATABASE_URL": config.database_url,
        "SECRET_KEY": config.secret_key,
        "MODEL_DIR": str(config.model_dir),
        "EXTRA_ALGORITHMS": ",".join(config.extra_algorithms),
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return values


@pytest.fixture
def database(settings: dict[str, str]) -> Iterator[Engine]:
    """The database of `settings`, at the newest schema."""
    engine = open_engine(settings["DATABASE_URL"])
    migrate(engine)
    yield engine
    engine.dispose()


def start(name: str, *arguments: object, **environ: str) -> subprocess.Popen[str]:
    """A script as people start it."""
    return subprocess.Popen(
        [sys.executable, str(ROOT / "scripts" / name), *map(str, arguments)],
        env={**os.environ, "COLUMNS": "300", **environ},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.fixture
def run() -> Run:
    """Runs a script to its end: `run("name.py", *arguments, **environ)`."""

    def finish(name: str, *arguments: object, **environ: str) -> subprocess.CompletedProcess[str]:
        process = start(name, *arguments, **environ)
        out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(name, process.returncode, out, err)

    return finish


def sentence(process: subprocess.CompletedProcess[str]) -> str:
    """The one clear sentence of a script that failed."""
    assert process.returncode == 1, process.stdout + process.stderr
    assert "Traceback" not in process.stderr
    return process.stderr.strip().splitlines()[-1]
