"""`write_settings.py`: one declaration is all that the documents of a setting need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import Field

from config import Config
from scripts import write_settings


class Grown(Config):
    """With one more field."""

    cover_width: int = Field(200, ge=1, le=1000, description="Pixels of a cover.")


def test_the_written_documents_are_current() -> None:
    assert write_settings.main(["--check"]) == 0


def test_a_new_field_is_all_that_a_new_setting_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_settings, "Config", Grown)
    assert "\n# Pixels of a cover.\n#COVER_WIDTH=200\n" in write_settings.example()
    before = write_settings.README.read_text("utf-8")
    row = "| `COVER_WIDTH` | `200` | Pixels of a cover. |\n"
    after = write_settings.readme(before)
    assert after.count(row) == 1
    assert after.replace(row, "") == before
    environ = {"DATABASE_URL": "sqlite://", "SECRET_KEY": "k" * 16, "COVER_WIDTH": "300"}
    assert Grown.from_env(environ).model_dump()["cover_width"] == 300


def test_outdated_documents_are_named_and_rewritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    outdated = tmp_path / "README.md"
    current = write_settings.README.read_text("utf-8")
    outdated.write_text(current.replace("| `PORT` | `5000` |", "| `PORT` | `8000` |"), "utf-8")
    monkeypatch.setattr(write_settings, "README", outdated)
    assert write_settings.main(["--check"]) == 1
    assert "README.md" in capsys.readouterr().err
    assert "`8000`" in outdated.read_text("utf-8")
    monkeypatch.setattr(write_settings, "EXAMPLE", tmp_path / ".env.example")
    assert write_settings.main([]) == 0
    assert outdated.read_text("utf-8") == current
    assert write_settings.main(["--check"]) == 0


def test_it_runs_as_a_script() -> None:
    done = subprocess.run([sys.executable, write_settings.__file__, "--check"], check=False)
    assert done.returncode == 0
