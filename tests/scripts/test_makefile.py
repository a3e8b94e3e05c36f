"""`make`: what it says of itself, and that the API needs no web app."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from config import ROOT
from tests.scripts.test_check_toolchain import tool

NOT_BUILT = "The web app could not be built, see above. The API runs without it"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The files that `make web` looks at, set up, with an npm that logs its commands and fails if told."""
    for folder in ("scripts", ".venv/bin", "frontend"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", tmp_path)
    tools = ("scripts/check_toolchain.sh", "scripts/install_requirements.sh")
    locks = ("requirements.txt", "requirements-build.txt", "requirements-no-compiler.txt")
    for name in (*locks, "pyproject.toml", *tools, ".venv/.installed"):
        (tmp_path / name).touch()
    for name in ("package.json", "package-lock.json", "index.html"):
        (tmp_path / "frontend" / name).touch()
    tool(tmp_path / ".venv" / "bin", "python")
    built = "mkdir -p frontend/dist && touch frontend/dist/index.html"
    (tmp_path / "scripts" / "npm.sh").write_text(
        f'echo "$*" >> commands\n[ "$1" = "$FAILS" ] && {{ echo "no registry" >&2; exit 1; }}\n'
        f'[ "$1" = ci ] && mkdir -p frontend/node_modules\n[ "$2" = run ] && {built}\nexit 0\n',
        "utf-8",
    )
    return tmp_path


def make(project: Path, target: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", target],
        cwd=project,
        env={"PATH": os.environ["PATH"], **environ},
        text=True,
        capture_output=True,
        check=False,
    )


def npm_commands(project: Path) -> list[str]:
    file = project / "commands"
    return file.read_text("utf-8").splitlines() if file.exists() else []


def test_the_web_app_is_built_once(project: Path) -> None:
    for _ in range(2):
        done = make(project, "web")
        assert (done.returncode, done.stderr) == (0, "")
        assert NOT_BUILT not in done.stdout
    assert [words.split()[0] for words in npm_commands(project)] == ["ci", "--silent"]
    assert (project / "frontend" / "dist" / "index.html").is_file()


@pytest.mark.parametrize("step", ["ci", "--silent"], ids=["install", "build"])
def test_where_it_cannot_be_built_make_says_why_and_goes_on(project: Path, step: str) -> None:
    done = make(project, "web", FAILS=step)
    assert done.returncode == 0
    assert NOT_BUILT in done.stdout
    assert "no registry" in done.stderr
    assert make(project, "frontend", FAILS=step).returncode != 0


def test_a_build_that_is_there_needs_no_registry(project: Path) -> None:
    make(project, "web")
    shutil.rmtree(project / "frontend" / "node_modules")
    (project / "commands").unlink()
    done = make(project, "web", FAILS="ci")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert npm_commands(project) == []


def test_a_build_that_fails_leaves_the_one_before(project: Path) -> None:
    make(project, "web")
    index = project / "frontend" / "dist" / "index.html"
    index.write_text("before", "utf-8")
    os.utime(index, (1, 1))
    assert NOT_BUILT in make(project, "web", FAILS="--silent").stdout
    assert index.read_text("utf-8") == "before"


def test_help_names_targets_and_nothing_else(project: Path) -> None:
    lines = make(project, "help").stdout.splitlines()
    assert len(lines) >= 8
    assert all(line.startswith("make ") for line in lines)
