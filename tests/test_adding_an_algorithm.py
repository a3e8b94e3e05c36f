"""docs/adding-an-algorithm.md: its example, carried out in a copy of the project."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config import ROOT
from tests.serving.servers import Server, serving, settings
from tests.test_docs_paths import PACKAGES

DOCUMENT = ROOT / "docs" / "adding-an-algorithm.md"
OPTIONAL = "same-era-on-request"
LIST = {"ratings": [{"name": "Steins;Gate"}, {"name": "Death Note"}], "algorithm": "same-era"}


def example() -> tuple[str, str]:
    """The file, and the line in the registry."""
    text = DOCUMENT.read_text("utf-8")
    file = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    line = re.search(r"```diff\n\+(.*?)```", text, re.DOTALL)
    assert file is not None
    assert line is not None
    return file[1], line[1]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the example in it."""
    copy = tmp_path_factory.mktemp("project") / "copy"
    copy.mkdir()
    for folder in (*PACKAGES, "curated"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("app.py", "config.py", "gunicorn.conf.py", "pyproject.toml"):
        shutil.copy(ROOT / name, copy)
    file, line = example()
    models = copy / "recommender" / "models"
    (models / "same_era.py").write_text(file, "utf-8")
    optional = file.replace("same-era", OPTIONAL).replace("algorithm=INFO", "algorithm=INFO, optional=True")
    (models / "same_era_on_request.py").write_text(optional, "utf-8")
    lines = f'MODULES = (\n{line}    "same_era_on_request",\n'
    registered = (models / "registry.py").read_text("utf-8").replace("MODULES = (\n", lines, 1)
    (models / "registry.py").write_text(registered, "utf-8")
    return copy


@pytest.fixture(scope="module")
def environ(project: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Settings of a server in the copy, over the demo catalog and a few generated users."""
    folder = tmp_path_factory.mktemp("data")
    environ = settings(f"sqlite:///{folder / 'anime.db'}", folder / "models", {"PYTHONPATH": str(project)})
    run(project, environ, "scripts/generate_ratings.py", "--users", "300", "--out", str(folder / "r.csv"))
    titles = project / "curated" / "titles.csv"
    run(
        project,
        environ,
        "scripts/import_dataset.py",
        "--anime",
        str(titles),
        "--ratings",
        str(folder / "r.csv"),
    )
    run(project, environ, "scripts/build_index.py", "--no-memory")
    return environ


@pytest.fixture(scope="module")
def server(
    project: Path, environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    with serving(environ, tmp_path_factory.mktemp("log") / "server.log", cwd=project) as running:
        yield running


def run(project: Path, environ: dict[str, str], script: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, script, *arguments],
        cwd=project,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def ask(server: Server, path: str, body: dict[str, Any] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", data)
    with urllib.request.urlopen(request) as response:  # noqa: S310 - http, to ourselves
        return json.load(response)


def test_example_has_at_most_40_lines() -> None:
    assert len(example()[0].splitlines()) <= 40


def test_example_passes_the_type_check(project: Path) -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "recommender/models/same_era.py"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_new_algorithm_is_listed_and_documented(server: Server) -> None:
    listed = ask(server, "/api/v1/algorithms")
    assert "same-era" in json.dumps(listed)
    schemas = ask(server, "/api/v1/openapi.json")["components"]["schemas"]
    assert "same-era" in schemas["RecommendationRequest"]["properties"]["algorithm"]["enum"]


def test_new_algorithm_answers_every_route(server: Server) -> None:
    stateless = ask(server, "/api/v1/recommendations", LIST)
    assert len(stateless["items"]) == 20
    saved = {"user_id": 900_001, "algorithm": "same-era", "anime_list": ["Steins;Gate", "Death Note"]}
    assert len(ask(server, "/users/recommendations", saved)) == 20
    stored = ask(server, "/api/v1/users/900001/recommendations?algorithm=same-era")
    assert [item["anime_id"] for item in stored["items"]] == [item["anime_id"] for item in stateless["items"]]


def test_new_algorithm_survives_a_restart(
    server: Server, project: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    before = ask(server, "/api/v1/recommendations", LIST)["items"]
    with serving(environ, tmp_path / "server.log", cwd=project) as restarted:
        assert ask(restarted, "/api/v1/recommendations", LIST)["items"] == before


def test_optional_algorithm_is_built_on_request(
    server: Server, project: Path, environ: dict[str, str]
) -> None:
    request = {**LIST, "algorithm": OPTIONAL}
    with pytest.raises(urllib.error.HTTPError, match="409") as refused:
        ask(server, "/api/v1/recommendations", request)
    refused.value.close()
    assert OPTIONAL not in json.dumps(ask(server, "/api/v1/algorithms"))
    run(project, {**environ, "EXTRA_ALGORITHMS": OPTIONAL}, "scripts/build_index.py", "--no-memory")
    assert OPTIONAL in json.dumps(ask(server, "/api/v1/algorithms"))
    extra, plain = (ask(server, "/api/v1/recommendations", body)["items"] for body in (request, LIST))
    assert [item["anime_id"] for item in extra] == [item["anime_id"] for item in plain]
    again = run(project, {**environ, "EXTRA_ALGORITHMS": OPTIONAL}, "scripts/build_index.py")
    assert "is up to date" in again


def test_new_algorithm_is_evaluated(project: Path, environ: dict[str, str]) -> None:
    assert "same-era" in run(project, environ, "scripts/evaluate.py", "--help")
