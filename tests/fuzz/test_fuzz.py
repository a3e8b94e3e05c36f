"""Whatever is sent, the answer is one that the OpenAPI document names: schemathesis makes the requests up.

For longer: make fuzz.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from recommender.artifacts.store import ModelStore
from scripts.fuzz import fuzz
from serving.builder import build_model
from tests.serving.servers import SECRET, serving, settings
from tests.serving.worlds import make_world

KEY = "the-key-of-the-fuzzer"


def test_every_answer_is_as_documented(engine: Engine, tmp_path: Path) -> None:
    make_world(engine)
    build_model(engine, ModelStore(tmp_path / "models"))
    address = engine.url.render_as_string(hide_password=False)
    environ = settings(address, tmp_path / "models", {"API_KEYS": f"admin:{KEY}", "LIST_SITES": "none"})
    with serving(environ, tmp_path / "log") as server:
        outcome = fuzz(server.port, KEY, SECRET, "--max-examples", "25", "--seed", "1", capture=True)
    assert outcome.returncode == 0, outcome.stdout
    assert "Traceback" not in (tmp_path / "log").read_text("utf-8")
