"""The README's examples run as shown, and its table of settings is complete."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
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


@pytest.mark.parametrize("command", commands("curl "))
def test_curl_example_is_answered(client: FlaskClient, command: str) -> None:
    arguments = shlex.split(command)
    address = urlsplit(next(argument for argument in arguments if argument.startswith("http")))
    path = f"{address.path}?{address.query}" if address.query else address.path
    if "-d" in arguments:
        response = client.post(path, json=json.loads(arguments[arguments.index("-d") + 1]))
    else:
        response = client.get(path)
    assert response.status_code == 200
    assert len(response.get_json()) > 0


def test_terminal_example_prints_titles(world: World) -> None:
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
    assert set(table) == {name.upper() for name in Config.model_fields}
    defaults = Config(database_url="sqlite://", secret_key="x" * 32)
    for name, said in table.items():
        default = getattr(defaults, name.lower(), None)
        if isinstance(default, int | str) and said.startswith("`") and name != "MODEL_DIR":
            shown = str(default).lower() if isinstance(default, bool) else str(default)
            assert said.strip("`") == shown, name
