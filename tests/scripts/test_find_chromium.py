"""`find_chromium.sh`: the path of a Chromium, installed where there is none, or a sentence."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from config import ROOT
from tests.scripts.test_check_toolchain import sentence, tool

SCRIPT = ROOT / "scripts" / "find_chromium.sh"


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A PATH of a machine that has no browser."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("tail", "env"):
        (folder / name).symlink_to(str(shutil.which(name)))
    tool(folder, "id", "echo 0")
    return folder


def find(machine: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(SCRIPT)],
        env={"PATH": str(machine), **environ},
        text=True,
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_the_machines_own_is_found(machine: Path, name: str) -> None:
    path = tool(machine, name)
    done = find(machine)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{path}\n", "")


def test_one_may_be_named(machine: Path, tmp_path: Path) -> None:
    tool(machine, "chromium")
    named = tool(tmp_path, "chrome-for-testing")
    assert find(machine, CHROMIUM=named).stdout == f"{named}\n"
    assert sentence(find(machine, CHROMIUM="/nowhere/chrome")) == (
        "error: CHROMIUM is '/nowhere/chrome', which cannot be run"
    )


@pytest.mark.parametrize("user", ["0", "1000"])
def test_where_there_is_none_debians_is_installed(machine: Path, tmp_path: Path, user: str) -> None:
    tool(machine, "id", f"echo {user}")
    tool(machine, "sudo", f'echo sudo >> {tmp_path}/asked; [ "$1" = -n ] && shift && exec "$@"')
    path = machine / "chromium"
    made = f"printf '#!/bin/sh\\n' > {path}; {shutil.which('chmod')} +x {path}"
    tool(machine, "apt-get", f'echo "$1" >> {tmp_path}/asked; [ "$1" = update ] || {{ {made}; }}')
    done = find(machine)
    assert (done.returncode, done.stdout) == (0, f"{path}\n")
    commands = (tmp_path / "asked").read_text("utf-8").split()
    assert commands == (["update", "install"] if user == "0" else ["sudo", "update", "sudo", "install"])


def test_failed_installation_shows_the_reason_and_advice(machine: Path) -> None:
    tool(machine, "apt-get", "echo E: no network; exit 100")
    done = find(machine)
    assert (done.returncode, done.stdout) == (1, "")
    *_, reason, line = done.stderr.splitlines()
    assert reason == "E: no network"
    assert line.startswith("error: the tests of the web app need Chromium")
    assert "CHROMIUM=/path/to/chrome" in line


def test_without_apt_it_is_one_sentence(machine: Path) -> None:
    assert sentence(find(machine)).startswith("error: the tests of the web app need Chromium")
