"""`install_java.sh`: a JDK and Maven, installed where they are missing, or a sentence."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from config import ROOT
from tests.scripts.test_check_toolchain import sentence, tool


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A PATH of a machine that has neither."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("tail", "env"):
        (folder / name).symlink_to(str(shutil.which(name)))
    tool(folder, "id", "echo 0")
    return folder


def install(machine: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(ROOT / "scripts" / "install_java.sh")],
        env={"PATH": str(machine)},
        text=True,
        capture_output=True,
        check=False,
    )


def test_the_machines_own_are_enough(machine: Path) -> None:
    tool(machine, "javac")
    tool(machine, "mvn")
    tool(machine, "apt-get", "exit 1")
    done = install(machine)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("there", ["javac", "mvn"])
def test_where_one_is_missing_debians_are_installed(machine: Path, there: str) -> None:
    tool(machine, there)
    made = " && ".join(
        f"printf '#!/bin/sh\\n' > {path} && {shutil.which('chmod')} +x {path}"
        for path in (machine / "javac", machine / "mvn")
    )
    tool(machine, "apt-get", f'[ "$1" = update ] || {{ {made}; }}')
    done = install(machine)
    assert (done.returncode, done.stderr) == (0, "Installing a JDK and Maven with apt-get …\n")


def test_failed_installation_says_why_and_what_to_do(machine: Path) -> None:
    tool(machine, "apt-get", "echo no network; exit 1")
    done = install(machine)
    assert done.returncode == 1
    assert "no network" in done.stderr
    assert "install both" in done.stderr.splitlines()[-1]


def test_without_apt_it_says_what_to_do(machine: Path) -> None:
    assert sentence(install(machine)).startswith("error: the tests of events need a JDK of version 17")
