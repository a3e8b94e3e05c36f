"""`npm.sh`: npm with a Node.js that is new enough, the machine's or one from PyPI, or a sentence."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from config import ROOT
from tests.scripts.test_check_toolchain import sentence, tool


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the script and an empty .venv; `bin` beside it is the machine's PATH."""
    for folder in ("scripts", ".venv/bin", "bin"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "npm.sh", tmp_path / "scripts")
    for name in ("dirname", "mkdir", "cat", "chmod"):
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    return tmp_path


def node(folder: Path, version: str) -> None:
    """A real Node.js that believes to be of this version, and an npm that says what it was asked."""
    real = shutil.which("node") or str(ROOT / ".venv" / "bin" / "node")
    pretend = f"Object.defineProperty(process.versions, 'node', {{ value: '{version}' }});"
    tool(folder, "node", f'[ "$1" = -e ] && exec {real} -e "{pretend} $2"\necho {version}')
    tool(folder, "npm", f'echo {folder.parent.name} "$@"')


def run(project: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(project / "scripts" / "npm.sh"), "ci"],
        env={"PATH": str(project / "bin"), "HOME": os.environ["HOME"]},
        cwd="/",
        text=True,
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize("version", ["20.19.0", "20.20.2", "22.13.1", "24.0.0", "26.1.0"])
def test_a_node_that_is_new_enough_is_used(project: Path, version: str) -> None:
    node(project / "bin", version)
    done = run(project)
    assert done.stderr == ""
    assert done.stdout == f"{project.name} --prefix frontend --loglevel error ci\n"


@pytest.mark.parametrize("version", ["18.20.0", "20.18.3", "21.7.0", "22.12.0", "23.11.0", None])
def test_node_from_pypi_is_installed_once_otherwise(
    project: Path, version: str | None, tmp_path: Path
) -> None:
    if version:
        node(project / "bin", version)
    (tmp_path / "made").mkdir()
    node(tmp_path / "made", "24.19.0")
    copy = shutil.which("cp")
    pip = f'echo "$@" >> {tmp_path}/asked; {copy} {tmp_path}/made/* {project}/.venv/bin/'
    tool(project / ".venv" / "bin", "pip", pip)
    for _ in range(2):
        done = run(project)
        assert (done.returncode, done.stderr) == (0, "")
        assert "--prefix frontend --loglevel error ci" in done.stdout
    assert (tmp_path / "asked").read_text("utf-8") == (
        "install --quiet --require-hashes -r requirements-node.txt\n"
    )


def test_where_none_can_be_had_it_is_one_sentence(project: Path) -> None:
    tool(project / ".venv" / "bin", "pip", "exit 1")
    line = sentence(run(project))
    assert line.startswith("error: the web app needs Node.js 20.19, 22.13 or 24")


def test_build_keeps_the_files_of_earlier_builds() -> None:
    package = json.loads((ROOT / "frontend" / "package.json").read_text("utf-8"))
    assert package["scripts"]["build"] == "vite build --emptyOutDir=false"


def test_what_it_takes_is_what_the_web_app_says_it_needs() -> None:
    package = json.loads((ROOT / "frontend" / "package.json").read_text("utf-8"))
    text = (ROOT / "scripts" / "npm.sh").read_text("utf-8")
    minors = dict(re.findall(r"(\d+): (\d+)[,\s}]", text))
    (newest,) = re.findall(r"major >= (\d+)", text)
    wanted = [f"^{major}.{minor}" for major, minor in minors.items()]
    assert package["engines"]["node"] == " || ".join([*wanted, f">={newest}"])
