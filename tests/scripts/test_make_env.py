"""`make_env.py`: a fresh .env from the example, once."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest
from dotenv import dotenv_values

from config import ROOT, Config
from scripts.make_env import main


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copy(ROOT / ".env.example", tmp_path)
    return tmp_path


def settings(root: Path) -> dict[str, str]:
    return {name: value or "" for name, value in dotenv_values(root / ".env").items()}


def test_what_it_writes_is_a_working_configuration(root: Path) -> None:
    assert main(root) == 0
    config = Config.from_env(settings(root))
    assert config.database_url == "sqlite:///data/anime.db"
    assert len(config.secret_key) == 64


def test_nothing_but_the_secret_key_differs_from_the_example(root: Path) -> None:
    main(root)
    written = (root / ".env").read_text("utf-8")
    key = settings(root)["SECRET_KEY"]
    example = (root / ".env.example").read_text("utf-8")
    assert written.replace(f"SECRET_KEY={key}", "SECRET_KEY=") == example


def test_each_key_is_fresh(root: Path) -> None:
    main(root)
    first = settings(root)["SECRET_KEY"]
    (root / ".env").unlink()
    main(root)
    assert settings(root)["SECRET_KEY"] != first


def test_an_existing_file_is_kept(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / ".env").write_text("MINE=1", "utf-8")
    assert main(root) == 0
    assert (root / ".env").read_text("utf-8") == "MINE=1"
    assert capsys.readouterr().out == ""


def test_only_its_owner_can_read_the_file(root: Path) -> None:
    main(root)
    assert stat.S_IMODE((root / ".env").stat().st_mode) == 0o600
