"""The container image: what is in it is enough to serve, to import and to build, and nothing else is."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from config import ROOT, Config
from tests.conftest import World
from tests.deploy.files import (
    DIGEST,
    dockerfile,
    image_command,
    image_settings,
    kept_out,
    let_through,
    of_image,
)
from tests.serving.servers import free_port

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the files that the last stage copies."""
    folder = tmp_path_factory.mktemp("image") / "app"
    folder.mkdir()
    ignored = shutil.ignore_patterns(*kept_out())
    for rest in of_image("COPY"):
        *sources, target = rest.split()
        if not sources[0].startswith("--from="):
            assert all(source in let_through() for source in sources), rest
            for source in map(ROOT.joinpath, sources):
                if source.is_dir():  # its content
                    shutil.copytree(source, folder / target, ignore=ignored, dirs_exist_ok=True)
                else:
                    shutil.copy(source, folder / target)
    return folder


def settings(world: World, folder: Path, port: int) -> dict[str, str]:
    """The settings of a container, over those of the image."""
    shutil.copy(world.database, folder / "anime.db")
    return {
        **image_settings(),
        "PATH": f"{BIN}:{os.defpath}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "DATABASE_URL": f"sqlite:///{folder / 'anime.db'}",
        "MODEL_DIR": str(world.model_dir),
        "SECRET_KEY": secrets.token_hex(32),
        "API_KEYS": f"write:{secrets.token_hex(32)}",
        "PORT": str(port),
    }


def healthy(environ: dict[str, str]) -> bool:
    """True if the image's own check passes."""
    python, *rest = image_command("HEALTHCHECK")
    return (
        subprocess.run([BIN / python, *rest], env=environ, capture_output=True, check=False).returncode == 0
    )


def test_image_command_serves_and_its_health_check_passes(image: Path, world: World, tmp_path: Path) -> None:
    environ = settings(world, tmp_path, free_port())
    assert not healthy(environ)
    gunicorn, *rest = image_command("CMD")
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([BIN / gunicorn, *rest], cwd=image, env=environ, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 60
        while not healthy(environ):
            assert process.poll() is None, (tmp_path / "log").read_text("utf-8")
            assert time.monotonic() < deadline, (tmp_path / "log").read_text("utf-8")
    finally:
        process.terminate()
        process.wait(30)
    assert not healthy(environ)


@pytest.mark.parametrize("script", ["build_index.py", "import_dataset.py", "load_demo.py", "models.py"])
def test_its_scripts_find_what_they_import(image: Path, script: str) -> None:
    code = f"import runpy; runpy.run_path('scripts/{script}')"
    subprocess.run([sys.executable, "-c", code], cwd=image, env={"PYTHONPATH": str(image)}, check=True)


def test_the_demo_is_in_it(image: Path, world: World, tmp_path: Path) -> None:
    environ = settings(world, tmp_path, 5000) | {"DATABASE_URL": f"sqlite:///{tmp_path / 'new.db'}"}
    command = [sys.executable, "scripts/load_demo.py"]
    done = subprocess.run(command, cwd=image, env=environ, capture_output=True, text=True, check=False)
    assert "Loaded the demo catalog" in done.stdout, done.stderr


def test_only_what_is_needed_is_in_it(image: Path) -> None:
    assert (ROOT / ".dockerignore").read_text("utf-8").splitlines()[1] == "*"
    rooms = {
        "api",
        "curated",
        "db",
        "domain",
        "evaluation",
        "events",
        "experiments",
        "gateway",
        "ingest",
        "profiling",
        "recommender",
        "scripts",
        "serving",
    }
    files = {"app.py", "config.py", "gunicorn.conf.py"}
    # without the sources of the web app, of which the build alone is in it
    assert {path.name for path in image.iterdir()} - {"__pycache__"} == rooms | files
    unwanted = re.compile(r"node_modules|\.test\.ts$|^test_.*\.py$|^\.env|\.db$")
    assert not [path for path in image.rglob("*") if unwanted.search(path.name)]


def test_image_python_is_the_one_of_the_locked_requirements() -> None:
    images = [rest.split()[0] for word, rest in dockerfile() if word == "FROM"]
    pythons = [image for image in images if not image.startswith("node:")]
    versions = {re.fullmatch(rf"python:(\d+\.\d+)\.\d+-(?:slim-)?trixie{DIGEST}", image) for image in pythons}
    assert None not in versions
    (minor,) = {version[1] for version in versions if version}
    assert f"pip-compile with Python {minor}\n" in (ROOT / "requirements.txt").read_text("utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["requires-python"].startswith(f">={minor},")


def test_its_node_is_one_that_the_web_app_is_built_with() -> None:
    (image,) = [rest for word, rest in dockerfile() if word == "FROM" and rest.startswith("node:")]
    major = re.fullmatch(rf"node:(\d+)-trixie-slim{DIGEST} AS web", image)
    package = json.loads((ROOT / "frontend" / "package.json").read_text("utf-8"))
    assert major
    assert f"^{major[1]}." in package["engines"]["node"]


def test_the_web_app_is_in_it_as_the_server_looks_for_it() -> None:
    default = Config(database_url="sqlite://", secret_key="x" * 32).web_dir.relative_to(ROOT)
    assert f"--from=web /build/dist {default}" in of_image("COPY")
    assert any(f"whitenoise.compress --quiet {default}" in rest for rest in of_image("RUN"))


def test_no_stage_compiles_for_the_machine_that_builds_it() -> None:
    (settings,) = [rest for word, rest in dockerfile() if word == "ENV" and "HNSWLIB_NO_NATIVE" in rest]
    assert "HNSWLIB_NO_NATIVE=1" in settings


def test_it_runs_as_somebody_who_owns_only_its_data() -> None:
    (user,) = of_image("USER")
    assert re.fullmatch(r"([1-9]\d+):\1", user)
    assert of_image("VOLUME") == ["/data"]
    assert image_settings()["MODEL_DIR"] == "/data/models"
    assert not [rest for rest in of_image("COPY") if "--chown" in rest]


def test_the_final_stage_installs_nothing() -> None:
    assert not [rest for rest in of_image("RUN") if re.search(r"\b(apt|apt-get|pip|curl|wget)\b", rest)]
