"""docs/operations.md: its commands, settings and metrics exist, and it explains every alert."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
import yaml

from config import ROOT, Config
from scripts.lint_deploy import ALERTS
from tests.deploy.test_monitoring import metrics

TEXT = (ROOT / "docs" / "operations.md").read_text("utf-8")
COMMANDS = [
    line.split("  #")[0].strip()
    for language, block in re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    if language in ("sh", "")
    for line in block.replace("\\\n", " ").splitlines()
]
SCRIPTS = sorted(
    {found[0] for command in COMMANDS if (found := re.search(r"(?<!\")scripts/\w+\.py.*", command))}
)
RULES = [r for group in yaml.safe_load((ROOT / ALERTS).read_text("utf-8"))["groups"] for r in group["rules"]]


def test_every_alert_is_explained_by_its_severity_first() -> None:
    explained = dict(re.findall(r"^### (Anime\w+)\n\n(Page|Ticket)\. ", TEXT, re.MULTILINE))
    assert explained == {rule["alert"]: rule["labels"]["severity"].capitalize() for rule in RULES}


def test_every_metric_is_in_the_table() -> None:
    table = set(re.findall(r"^\| `(anime_\w+)` \|", TEXT, re.MULTILINE))
    assert table == {name + ("_total" if kind == "counter" else "") for name, kind, _ in metrics()}


@pytest.mark.parametrize("command", SCRIPTS)
def test_every_script_takes_the_arguments_it_is_shown_with(command: str) -> None:
    script, *arguments = command.split()
    shown = [argument for argument in arguments if argument.startswith("-")]
    done = subprocess.run(
        [sys.executable, script, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert [argument for argument in shown if argument not in done.stdout] == []


def test_every_make_target_exists() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    used = re.findall(r"\bmake ([a-z-]+)", " ".join(COMMANDS))
    assert used
    assert set(used) <= set(targets)


def test_every_file_that_is_named_is_there() -> None:
    links = [ROOT / "docs" / link for link in re.findall(r"\]\(([^)#]+)\)", TEXT) if "://" not in link]
    named = [ROOT / path for path in re.findall(r"(?:deploy|scripts|docs)/[\w./-]*\w", TEXT)]
    assert links
    assert [path for path in links + named if not path.exists()] == []


def test_every_setting_that_is_named_exists() -> None:
    known = {name.upper() for name in Config.model_fields} | {"POSTGRES_PASSWORD"}
    named = set(re.findall(r"\b([A-Z]+_[A-Z_]+)=", TEXT)) | set(re.findall(r"`([A-Z]+_[A-Z_]+)", TEXT))
    assert len(named) >= 5
    assert named <= known
