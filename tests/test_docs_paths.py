"""Every path, link, make target and command-line option that the README and docs/ name exists."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from functools import cache

import pytest

from config import ROOT

DOCUMENTS = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
}
TEXT = "\n".join(DOCUMENTS.values()).replace("\\\n", " ")
# made by a build, by `make`, or by the reader of docs/adding-an-algorithm.md, so not in the repository
BUILT = ("frontend/dist", "frontend/node_modules", "recommender/models/same_era.py")

PACKAGES = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"]
FOLDERS = (*PACKAGES, "curated", "deploy", "docs", "frontend", "tests")
# a document may name a folder once, and then files of it: `tests/api/test_keys.py`, `test_limits.py`
FILE_NAMES = {
    path.name for folder in FOLDERS if folder != "frontend" for path in (ROOT / folder).rglob("*.*")
}
PATH = re.compile(rf"(?<![\w./:<-])(?:{'|'.join(FOLDERS)})/[\w./-]*\w|(?<![\w./-])\w+\.(?:py|yaml|toml)\b")
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
COMMAND = re.compile(r"\b((?:scripts|profiling)/\w+\.py)([^\n`|>&]*)")
OPTION = re.compile(r"(?<!\S)--?[a-z][\w-]*")
MAKE = re.compile(r"(?:`|^|&& |sudo )make ([a-z][a-z -]*)", re.MULTILINE)

BY_DOCUMENT = pytest.mark.parametrize("document", DOCUMENTS)


@BY_DOCUMENT
def test_each_path_named_in_a_document_exists(document: str) -> None:
    named = {name for name in PATH.findall(DOCUMENTS[document]) if not name.startswith(BUILT)}
    assert [name for name in named if not (ROOT / name).exists() and name not in FILE_NAMES] == []


@BY_DOCUMENT
def test_each_link_to_a_file_leads_there(document: str) -> None:
    links = [link for link in LINK.findall(DOCUMENTS[document]) if "://" not in link]
    folder = (ROOT / document).parent
    assert [link for link in links if not (folder / link).exists()] == []


def test_each_make_target_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {target for targets in MAKE.findall(TEXT) for target in targets.split()}
    assert {"run", "lint", "setup-baselines"} <= named
    assert named - targets == set()


@cache
def help_of(script: str) -> str:
    return subprocess.run(
        [sys.executable, script, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


def options() -> set[tuple[str, str]]:
    commands = [(script, words.split("  #")[0]) for script, words in COMMAND.findall(TEXT)]
    return {(script, option) for script, words in commands for option in OPTION.findall(words)}


@pytest.mark.parametrize(("script", "option"), sorted(options()))
def test_each_option_named_exists(script: str, option: str) -> None:
    assert re.search(rf"(?<!\S){re.escape(option)}\b", help_of(script))


def test_paths_are_found_in_text() -> None:
    text = "`db/models.py`, docs/adr and (tests/api/test_keys.py) of app.py, https://x.org/docs/a, a/db/x"
    assert PATH.findall(text) == ["db/models.py", "docs/adr", "tests/api/test_keys.py", "app.py"]
