"""The jars of servers that tests start and of the Flink job: fetched or built where they are missing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from config import ROOT


def jars_of(server: str) -> Path:
    """The folder with the jars of a server: of `tests/streaming/<server>/pom.xml`."""
    fetch = ["sh", str(ROOT / "scripts" / "fetch_jars.sh"), server]
    found = subprocess.run(fetch, stdout=subprocess.PIPE, text=True, check=False, env=dict(os.environ))
    assert found.returncode == 0, f"there is no {server}: scripts/fetch_jars.sh has said why"
    return Path(found.stdout.strip())


def build_flink_job() -> None:
    """Build events/flink, where it has changed."""
    built = subprocess.run(["sh", str(ROOT / "scripts" / "build_flink_job.sh")], check=False)
    assert built.returncode == 0, "there is no Flink job: scripts/build_flink_job.sh has said why"
