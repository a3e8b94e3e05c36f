"""A start that fails: one sentence for the operator, at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app import StartError, create_app
from config import Config

ROOT = Path(__file__).resolve().parent.parent
KEY = "x" * 32


def start(environ: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """`make serve`, without a .env of its own."""
    return subprocess.run(
        [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "app:create_app()"],
        cwd=ROOT,
        env={"MODEL_DIR": str(folder / "models"), "PORT": "0", "DATABASE_URL": "", "SECRET_KEY": ""}
        | environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"SECRET_KEY": KEY}, "DATABASE_URL is not set. Set it in the environment or in .env"),
        ({"DATABASE_URL": "sqlite:///x.db"}, "SECRET_KEY is not set. Make one with: python -c"),
        (
            {"SECRET_KEY": KEY, "DATABASE_URL": "postgresql://u:hidden@127.0.0.1:1/x", "PORT": "5999"},
            "the database cannot be reached or used: connection to server at",
        ),
    ],
    ids=["no address", "no key", "unreachable"],
)
def test_failed_start_says_why_in_one_sentence(environ: dict[str, str], words: str, tmp_path: Path) -> None:
    done = start(environ, tmp_path)
    assert done.returncode != 0
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert "hidden" not in done.stderr


def test_empty_database_error_says_what_to_import(tmp_path: Path) -> None:
    config = Config(
        database_url=f"sqlite:///{tmp_path / 'empty.db'}", secret_key=KEY, model_dir=tmp_path / "models"
    )
    with pytest.raises(StartError, match="the database has no titles; import some first: python scripts/"):
        create_app(config)
