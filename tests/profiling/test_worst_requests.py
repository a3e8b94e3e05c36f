"""The costliest legal request of every route takes at most a second and 40 MB, with the demo data."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app import make_api
from config import ROOT
from profiling.worst_requests import WORST, require_all, routes
from tests.serving.servers import build, settings

UNDOCUMENTED = "GET /"  # a page, added with the web app


def test_every_route_has_a_worst_request() -> None:
    assert routes(make_api()) == WORST.keys() - {UNDOCUMENTED}


def test_route_without_a_worst_request_is_named() -> None:
    app = make_api()
    app.add_url_rule("/new", "new", lambda: "", methods=["PATCH"])
    with pytest.raises(LookupError, match="PATCH /new"):
        require_all(app)


def test_worst_request_of_every_route_is_affordable(tmp_path: Path) -> None:
    environ = settings(f"sqlite:///{tmp_path / 'benchmark.db'}", tmp_path / "models")
    load = [sys.executable, "scripts/load_demo.py"]
    subprocess.run(load, cwd=ROOT, env=environ, capture_output=True, check=True)
    build(environ)
    # a process of its own: it forks
    measure = [sys.executable, "-m", "profiling.worst_requests", "--folder", str(tmp_path)]
    done = subprocess.run(measure, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert all(route.partition(" ")[2] in done.stdout for route in WORST)
