"""`check_toolchain.sh`: one sentence about what is missing, before pip says it in two hundred lines."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from config import ROOT


def check(python: str, path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(ROOT / "scripts" / "check_toolchain.sh"), python],
        env={"PATH": str(path)},
        text=True,
        capture_output=True,
        check=False,
    )


def tool(folder: Path, name: str, script: str = "") -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)
    return str(path)


def sentence(process: subprocess.CompletedProcess[str]) -> str:
    assert process.returncode == 1
    assert process.stdout == ""
    (line,) = process.stderr.splitlines()
    return line


def test_with_all_that_is_needed_it_says_nothing(tmp_path: Path) -> None:
    process = check(sys.executable, tmp_path)
    assert (process.returncode, process.stdout, process.stderr) == (0, "", "")


def test_another_python_is_named_with_its_version(tmp_path: Path) -> None:
    python = tool(tmp_path, "python3", '[ "$1" = -V ] && echo "Python 3.9.2" || exit 1')
    line = sentence(check(python, tmp_path))
    assert "Python 3.11 to 3.14 is needed" in line
    assert "Python 3.9.2" in line
    assert "make PYTHON=" in line


def test_a_python_that_is_not_there_is_one_sentence_too(tmp_path: Path) -> None:
    assert "Python 3.11 to 3.14 is needed" in sentence(check("python3.99", tmp_path))


def test_a_python_without_venv_is_told_where_to_get_it(tmp_path: Path) -> None:
    python = tool(tmp_path, "python3", 'case "$2" in *venv*) exit 1;; esac')
    assert "apt-get install python3-venv" in sentence(check(python, tmp_path))
