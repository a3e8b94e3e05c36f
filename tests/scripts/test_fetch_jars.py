"""`fetch_jars.sh`: the folder of the jars of Kafka, fetched once, or a sentence."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from config import ROOT
from tests.scripts.test_check_toolchain import sentence, tool

POM = Path("tests/streaming/kafka/pom.xml")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what the script uses, and a PATH (`bin`) without Java and Maven."""
    for name in (Path("scripts/fetch_jars.sh"), POM):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "bin").mkdir()
    for name in ("dirname", "rm", "touch", "head", "mkdir"):
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    return tmp_path


def find(project: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(project / "scripts" / "fetch_jars.sh"), "kafka"],
        env={"PATH": str(project / "bin")},
        text=True,
        capture_output=True,
        check=False,
    )


def test_jars_are_fetched_once(project: Path) -> None:
    target = project / POM.parent / "target"
    tool(project / "bin", "java")
    tool(project / "bin", "mvn", f"echo x >> {project}/asked; mkdir -p {target}/lib")
    first, second = find(project), find(project)
    assert (first.returncode, first.stdout) == (0, f"{target}/lib\n")
    assert (second.returncode, second.stdout, second.stderr) == (0, f"{target}/lib\n", "")
    assert (project / "asked").read_text("utf-8") == "x\n"


@pytest.mark.parametrize("missing", ["java", "mvn"])
def test_missing_tool_is_named(project: Path, missing: str) -> None:
    for name in {"java", "mvn"} - {missing}:
        tool(project / "bin", name)
    said = sentence(find(project))
    assert said.startswith("error: the tests of streaming need Java 17 and Maven")
    assert f"there is no {missing};" in said


def test_unreachable_maven_central_is_said(project: Path) -> None:
    tool(project / "bin", "java")
    tool(project / "bin", "mvn", "echo '[ERROR] unknown host'; exit 1")
    done = find(project)
    assert (done.returncode, done.stdout) == (1, "")
    assert "[ERROR] unknown host" in done.stderr
    assert "could not be fetched from Maven Central" in done.stderr.splitlines()[-1]
