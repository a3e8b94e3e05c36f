"""`install_requirements.sh`: what is locked, with or without a C++ compiler."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from config import ROOT
from tests.scripts.test_check_toolchain import sentence, tool


def prepare(folder: Path, python: str = "exit 0") -> None:
    """Put programs into the folder, and nothing else into the PATH; `pip` writes down what it was asked."""
    tool(folder, "python", python)
    sed, cat = shutil.which("sed"), shutil.which("cat")
    assert sed
    assert cat
    tool(folder, "sed", f'exec {sed} "$@"')
    tool(folder, "cat", f'exec {cat} "$@"')
    read = f'case "$*" in */dev/stdin) {cat} > {folder}/read;; esac'
    tool(folder, "pip", f'echo "$@" >> {folder}/asked; {read}')


def commands(folder: Path) -> list[list[str]]:
    """The arguments of each call of pip."""
    return [line.split() for line in (folder / "asked").read_text("utf-8").splitlines()]


def pins(text: str) -> dict[str, str]:
    """The pinned packages of a lock: name -> all that is said of it."""
    return {
        entry.partition("==")[0]: entry
        for entry in re.findall(r"^[\w-]+==(?:.*\\\n)*.*$", text, re.MULTILINE)
    }


LOCKED = pins((ROOT / "requirements.txt").read_text("utf-8"))


def run(folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "scripts/install_requirements.sh", str(folder)],
        cwd=ROOT,
        env={"PATH": str(folder), **environ},
        text=True,
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize("compiler", ["c++", "g++", "clang++-19"])
def test_with_a_compiler_what_is_locked_is_installed(tmp_path: Path, compiler: str) -> None:
    prepare(tmp_path)
    path = tool(tmp_path, compiler)
    done = run(tmp_path, **({"CXX": path} if "clang" in compiler else {}))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    build, all_ = commands(tmp_path)
    assert build[-2:] == ["-r", "requirements-build.txt"]
    assert all_[-2:] == ["-r", "requirements.txt"]
    assert "--require-hashes" in build
    assert {"--require-hashes", "--no-build-isolation"} <= set(all_)


@pytest.mark.parametrize("missing", ["compiler", "headers"])
def test_without_a_compiler_a_ready_made_index_is_installed(tmp_path: Path, missing: str) -> None:
    if missing == "headers":
        prepare(tmp_path, 'case "$2" in *Python.h*) exit 1;; esac')
        tool(tmp_path, "c++")
    else:
        prepare(tmp_path)
    done = run(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "chroma-hnswlib takes the place of hnswlib" in done.stdout
    build, all_ = commands(tmp_path)
    assert build[-2:] == ["-r", "requirements-build.txt"]
    assert "--require-hashes" in build
    assert {"--require-hashes", "--only-binary"} <= set(all_)
    read = pins((tmp_path / "read").read_text("utf-8"))
    assert set(read) ^ set(LOCKED) == {"hnswlib", "chroma-hnswlib"}
    assert all(read[name] == LOCKED[name] for name in set(read) & set(LOCKED))


def test_a_python_without_a_ready_made_index_is_told_what_helps(tmp_path: Path) -> None:
    prepare(tmp_path, "case \"$2\" in *'(3, 13)'*) exit 1;; esac")
    line = sentence(run(tmp_path))
    assert line.startswith("error: from Python 3.13 on, a C++ compiler is needed to install hnswlib")
    assert "apt-get install g++" in line
    assert "make PYTHON=python3.12" in line
    assert not (tmp_path / "asked").exists()


def test_a_failed_installation_is_passed_on(tmp_path: Path) -> None:
    prepare(tmp_path)
    tool(tmp_path, "pip", "exit 2")
    assert run(tmp_path).returncode == 2
