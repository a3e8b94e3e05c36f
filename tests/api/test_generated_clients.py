"""Clients that openapi-python-client generates from the document are complete, and work."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

from api.openapi import describe
from app import make_api
from scripts.write_openapi import document

PACKAGE = "generated_anime_client"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a client, generated without a warning."""
    folder = tmp_path_factory.mktemp("clients")
    (folder / "openapi.json").write_text(document(), "utf-8")
    (folder / "config.yml").write_text("post_hooks: []\n", "utf-8")  # nobody reads it, so it is not formatted
    command = [
        sys.executable,
        "-m",
        "openapi_python_client",
        "generate",
        "--meta",
        "none",
        "--fail-on-warning",
    ]
    paths = ["--path", "openapi.json", "--config", "config.yml", "--output-path", PACKAGE]
    outcome = subprocess.run(
        [*command, *paths],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    output = outcome.stdout + outcome.stderr
    assert outcome.returncode == 0, output
    assert "warning" not in output.lower(), output
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield folder / PACKAGE
    for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE]:
        del sys.modules[name]


def test_client_has_one_function_per_operation(package: Path) -> None:
    generated = sorted(path.stem for path in package.glob("api/*/*.py") if path.stem != "__init__")
    operations: list[str] = [
        operation["operationId"]
        for item in describe(make_api())["paths"].values()
        for operation in item.values()
    ]
    assert generated == sorted(re.sub("(?=[A-Z])", "_", name).lower() for name in operations)


@pytest.mark.usefixtures("package")
def test_client_recommends_for_a_list(shared_client: FlaskClient) -> None:
    client: Any = importlib.import_module(f"{PACKAGE}.client")
    models: Any = importlib.import_module(f"{PACKAGE}.models")
    recommend: Any = importlib.import_module(f"{PACKAGE}.api.recommendations.recommend")
    transport = httpx.WSGITransport(app=shared_client.application)
    body = models.RecommendationRequest(
        ratings=[models.ListedTitle(anime_id=9253, rating=9), "Death Note"],
        filters=models.BodyFilters(types=["TV"]),
        limit=5,
        explain=True,
    )
    with client.Client("http://localhost", httpx_args={"transport": transport}) as connected:
        answer = recommend.sync(client=connected, body=body)
    plain = shared_client.post("/api/v1/recommendations", json=body.to_dict()).get_json()
    assert answer.to_dict() == plain
    assert [title.anime_id for title in answer.resolved] == [9253, 1535]
    assert [item.type_ for item in answer.items] == ["TV"] * 5
