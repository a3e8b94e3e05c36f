"""Whatever is sent, the answer is one that the OpenAPI document names: schemathesis makes the requests up.

For longer: make fuzz.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import Engine

from config import ROOT
from recommender.store import ModelStore
from serving.builder import build_model
from tests.serving.servers import serving, settings
from tests.serving.worlds import make_world

KEY = "the-key-of-the-fuzzer"


def test_no_request_is_answered_other_than_documented(engine: Engine, tmp_path: Path) -> None:
    make_world(engine)
    build_model(engine, ModelStore(tmp_path / "models"))
    address = engine.url.render_as_string(hide_password=False)
    environ = settings(address, tmp_path / "models", {"API_KEYS": f"admin:{KEY}"})
    with serving(environ, tmp_path / "log") as server:
        outcome = fuzz(server.port, "--max-examples", "25", "--seed", "1")
    assert outcome.returncode == 0, outcome.stdout
    assert "Traceback" not in (tmp_path / "log").read_text("utf-8")


def fuzz(port: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    document = f"http://127.0.0.1:{port}/api/v1/openapi.json"
    config = ("--config-file", str(ROOT / "tests" / "fuzz" / "schemathesis.toml"))
    return subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", *config, "run", document, *arguments],
        cwd=ROOT,
        env={**os.environ, "FUZZ_API_KEY": KEY, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
