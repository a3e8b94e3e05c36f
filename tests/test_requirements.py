"""The locks of requirements: each version pinned, each file known by its hash, nothing installed besides."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT

LOCKS = sorted(ROOT.glob("requirements*.txt"))
INSTALLERS = ("Makefile", "Dockerfile", "scripts/install_requirements.sh", "scripts/npm.sh")
# a package and all that is said of it: the lines that end in a backslash, and the one after them
ENTRY = re.compile(r"^[A-Za-z](?:.*\\\n)*.*$", re.MULTILINE)
HASHED = re.compile(r"[\w.-]+==[\w.!+]+(?: ; .*)?(?: \\\n    --hash=sha256:[0-9a-f]{64})+")


def names(lock: Path) -> set[str]:
    return {entry.partition("==")[0] for entry in ENTRY.findall(lock.read_text("utf-8"))}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_requirement_is_pinned_and_hashed(lock: Path) -> None:
    text = lock.read_text("utf-8")
    entries = ENTRY.findall(text)
    assert entries
    assert [entry for entry in entries if not HASHED.fullmatch(entry)] == []
    assert "://" not in text  # whoever installs chooses where from
    assert "WARNING" not in text
    assert "\n#    make lock\n" in text


def test_every_list_of_requirements_is_locked() -> None:
    lists = sorted(ROOT.glob("requirements*.in"))
    assert [path.stem for path in lists] == [lock.stem for lock in LOCKS]
    makefile = (ROOT / "Makefile").read_text("utf-8").replace("\\\n", " ")
    (locked,) = re.findall(r"^LOCKS := (.*)$", makefile, re.MULTILINE)
    assert set(locked.split()) == {path.stem for path in lists}
    for path in lists:
        lines = [line for line in path.read_text("utf-8").splitlines() if line[:1].isalpha()]
        wanted = {re.split(r"[\s=\[]", line)[0].lower() for line in lines}
        assert wanted <= names(path.with_suffix(".txt"))


def test_versions_agree_between_locks() -> None:
    """But for the baselines, which have an environment of their own."""
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        if lock.stem != "requirements-baselines":
            for name, version in re.findall(r"^([\w.-]+)==(\S+)", lock.read_text("utf-8"), re.MULTILINE):
                versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_nothing_is_installed_without_hashes() -> None:
    text = "\n".join((ROOT / name).read_text("utf-8") for name in INSTALLERS)
    commands = re.findall(r"pip\"? install([^&;\n]*)", text)
    assert len(commands) >= 8
    others = [command for command in commands if "--require-hashes" not in command]
    assert others == [" --quiet --no-deps --no-build-isolation --editable ."]  # this project itself


def test_a_file_with_another_hash_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tiny-1.0.tar.gz").write_bytes(b"not what was locked")
    (tmp_path / "lock").write_text(f"tiny==1.0 --hash=sha256:{'0' * 64}\n", "utf-8")
    options = ["--no-index", "--find-links", str(tmp_path), "--require-hashes", "--dry-run"]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", *options, "-r", str(tmp_path / "lock")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "DO NOT MATCH THE HASHES" in done.stderr
