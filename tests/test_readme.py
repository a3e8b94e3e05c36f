"""What the README says is so: its commands, its examples, its settings, its links."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from config import Config
from tests.conftest import World

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = [
    line.split("#")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.replace("\\\n", " ").splitlines()
    if line.strip()
]


def commands(start: str) -> list[str]:
    return [command for command in COMMANDS if command.startswith(start)]


@pytest.mark.parametrize("command", commands("make "))
def test_every_make_target_exists(command: str) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert set(command.split()[1:]) <= set(targets)


@pytest.mark.parametrize("command", commands("curl "))
def test_every_curl_example_answers(client: FlaskClient, command: str) -> None:
    words = shlex.split(command)
    address = urlsplit(next(word for word in words if word.startswith("http")))
    path = f"{address.path}?{address.query}" if address.query else address.path
    if "-d" in words:
        response = client.post(path, json=json.loads(words[words.index("-d") + 1]))
    else:
        response = client.get(path)
    assert response.status_code == 200
    assert len(response.get_json()) > 0


@pytest.mark.parametrize("command", [c for c in COMMANDS if "scripts/" in c])
def test_every_script_takes_the_arguments_it_is_shown_with(command: str) -> None:
    _, script, *arguments = shlex.split(command)
    shown = [argument for argument in arguments if argument.startswith("-")]
    found = subprocess.run(
        [sys.executable, script, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert all(argument in found.stdout for argument in shown)


def test_the_terminal_example_prints_titles(world: World) -> None:
    (command,) = [c for c in commands(".venv/bin/python") if "recommend.py" in c]
    environ = {"DATABASE_URL": "sqlite://", "SECRET_KEY": "x" * 32, "MODEL_DIR": str(world.model_dir)}
    found = subprocess.run(
        [sys.executable, *shlex.split(command)[1:]],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Because you like Steins;Gate, Kimi no Na wa." in found.stdout
    assert "generated" in found.stdout


def test_every_setting_is_in_the_table_with_its_default() -> None:
    table = dict(re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|", README, re.MULTILINE))
    assert set(table) == {field.name.upper() for field in fields(Config)}
    defaults = Config(database_url="sqlite://", secret_key="x" * 32)
    for name, said in table.items():
        default = getattr(defaults, name.lower(), None)
        if isinstance(default, int | str) and said.startswith("`") and name != "MODEL_DIR":
            shown = str(default).lower() if isinstance(default, bool) else str(default)
            assert said.strip("`") == shown, name


def test_every_link_to_a_file_of_the_project_leads_somewhere() -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
