"""The committed OpenAPI document and types of the web app match the API; after a change run `make types`."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from config import ROOT
from scripts import write_openapi

WEB = ROOT / "frontend"


def types_match(folder: Path) -> bool:
    command = ["sh", str(ROOT / "scripts" / "npm.sh"), "exec", "--", "openapi-typescript"]
    files = [str(folder / "openapi.json"), "--output", str(folder / "schema.d.ts"), "--check"]
    return subprocess.run([*command, *files], capture_output=True, check=False).returncode == 0


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    for path in (WEB / "openapi.json", WEB / "src" / "api" / "schema.d.ts"):
        shutil.copy(path, tmp_path)
    return tmp_path


def test_committed_document_matches_api() -> None:
    assert write_openapi.main(["--check"]) == 0


def test_committed_types_match_document(copies: Path) -> None:
    assert types_match(copies)


def test_changed_document_is_noticed(
    copies: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    document = copies / "openapi.json"
    document.write_text(document.read_text("utf-8").replace('"anime_id"', '"animeId"'), "utf-8")
    monkeypatch.setattr(write_openapi, "TARGET", document)
    monkeypatch.setattr(write_openapi, "ROOT", copies)
    assert write_openapi.main(["--check"]) == 1
    assert "run make types" in capsys.readouterr().err
    assert not types_match(copies)


def test_app_calls_only_v1_through_typed_client() -> None:
    sources = [path for path in (WEB / "src").rglob("*") if path.suffix in (".ts", ".vue")]
    code = {
        path: path.read_text("utf-8")
        for path in sources
        if path.name != "schema.d.ts" and not path.name.endswith(".test.ts")
    }
    older = re.compile(r"(?<![@.\w])/api/(?!v1/)|/users/recommendations|anime-suggestions")
    assert not [path for path, text in code.items() if older.search(text)]
    other = re.compile(r"\bfetch\(|XMLHttpRequest|sendBeacon|EventSource|WebSocket|createClient")
    callers = {path.relative_to(WEB / "src").as_posix() for path, text in code.items() if other.search(text)}
    assert callers == {"api/client.ts"}
