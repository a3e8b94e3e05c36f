#!/usr/bin/env python3
"""Check every file that a deployment is made of, each by the linter or the schema of its kind.

Exit codes: 0 all are well; 1 something is wrong, and is said; 2 wrong arguments.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import promql_parser
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config import ROOT
from scripts.console import FAILED, OK, console, run
from scripts.pin_images import unpinned

DOCKERFILE, COMPOSE = "Dockerfile", "compose.yaml"
KUBERNETES, UNITS = "deploy/kubernetes", "deploy/systemd"
ALERTS, DASHBOARD = "deploy/prometheus/alerts.yaml", "deploy/grafana/dashboard.json"
CLUSTERS = ("1.31", "1.37")  # the oldest and the newest Kubernetes that the manifests are checked for
YAML_STYLE = {
    "extends": "default",
    "rules": {
        "document-start": "disable",
        "line-length": {"max": 110},
        "braces": {"max-spaces-inside": 1},
        "comments": {"min-spaces-from-content": 1},
    },
}


def main(argv: list[str] | None = None) -> int:
    """Print a line for each thing that is wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--root", type=Path, default=ROOT, metavar="DIR", help="default: this project")
    found = list(findings(parser.parse_args(argv).root))
    for finding in found:
        console.print(finding, markup=False, highlight=False, soft_wrap=True)
    return FAILED if found else OK


def findings(root: Path) -> Iterator[str]:
    """Everything that is wrong with the deployment files below `root`."""
    manifests = sorted((root / KUBERNETES).rglob("*.yaml"))
    # kustomization.yaml is for kubectl, not for the cluster
    objects = [path for path in manifests if path.name != "kustomization.yaml"]
    style = ("--strict", "--format", "parsable", "--config-data", json.dumps(YAML_STYLE))
    clusters = [word for version in CLUSTERS for word in ("-k", version)]
    yield from _tool("hadolint", root / DOCKERFILE)
    yield from unpinned(root)
    yield from _tool("yamllint", *style, root / COMPOSE, root / ALERTS, *manifests)
    yield from _tool("check-jsonschema", "--builtin-schema", "vendor.compose-spec", root / COMPOSE)
    yield from _tool("compose-lint", "check", "--quiet", "--no-env", root / COMPOSE)
    yield from _tool("kubernetes-validate", "--strict", "--quiet", *clusters, *objects, warns=True)
    yield from _units(root / UNITS)
    yield from _alerts(root / ALERTS)
    yield from _dashboard(root / DASHBOARD)


def alert_expressions(path: Path) -> list[tuple[str, str]]:
    """The name and the PromQL of each rule.

    Raises:
        pydantic.ValidationError: the file is not what Prometheus, or our own custom, asks for.
    """
    rules = _Rules.model_validate(yaml.safe_load(path.read_text("utf-8")))
    return [(rule.alert, rule.expr) for group in rules.groups for rule in group.rules]


def dashboard_expressions(path: Path) -> list[tuple[str, str]]:
    """The title and the PromQL of each query of a panel or of a variable."""
    board = json.loads(path.read_text("utf-8"))
    queries = [
        (panel["title"], query["expr"]) for panel in board["panels"] for query in panel.get("targets", [])
    ]
    labels = [
        (v["name"], re.fullmatch(r"label_values\((.+), \w+\)", v["query"]))
        for v in board["templating"]["list"]
    ]
    queries += [(name, match[1]) for name, match in labels if match]
    return [(title, query.replace("$__rate_interval", "5m")) for title, query in queries]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Rule(_Strict):
    alert: str
    expr: str
    for_: str = Field(alias="for", pattern=r"^\d+[smhd]$")
    labels: dict[Literal["severity"], Literal["page", "ticket"]] = Field(min_length=1)
    annotations: dict[Literal["summary"], str] = Field(min_length=1)


class _Group(_Strict):
    name: str
    rules: list[_Rule]


class _Rules(_Strict):
    groups: list[_Group]


def _tool(name: str, *arguments: object, warns: bool = False) -> list[str]:
    """The output of a linter that fails, or of any that only `warns`."""
    done = subprocess.run(  # noqa: S603 - a linter of ours on a file of ours
        [str(Path(sys.executable).parent / name), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    said = (done.stdout + done.stderr).strip().splitlines()
    if done.returncode:
        return said or [f"{name} ended with exit code {done.returncode}"]
    return said if warns else []


def _units(folder: Path) -> Iterator[str]:
    """systemd reads a unit and its drop-in as one, so they are checked as one."""
    drop_in = (folder / "anime-.service.d" / "contained.conf").read_text("utf-8")
    with tempfile.TemporaryDirectory() as whole:
        for unit in (path for path in folder.iterdir() if path.is_file()):
            text = unit.read_text("utf-8") + (drop_in if unit.suffix == ".service" else "")
            (Path(whole) / unit.name).write_text(text, "utf-8")
        said = _tool("systemdlint", "--norootfs", "--nodropins", *sorted(Path(whole).iterdir()))
    # of its advice on security: it takes UMask= for its opposite; `systemd-analyze security` knows better
    yield from (line for line in said if "[Security." not in line)


def _alerts(path: Path) -> Iterator[str]:
    try:
        expressions = alert_expressions(path)
    except (ValidationError, yaml.YAMLError) as error:
        yield f"{path}: {error}"
    else:
        yield from _promql(path, expressions)


def _dashboard(path: Path) -> Iterator[str]:
    register_default_plugins()
    try:
        content = json.loads(path.read_text("utf-8"))
        understood = json.loads(json.dumps(Dashboard.from_json(content), cls=JSONEncoder))
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        yield f"{path}: {error!r}"
        return
    lost = [f"{path}: {place} is nothing that Grafana knows" for place in _lost(content, understood, "$")]
    yield from lost or _promql(path, dashboard_expressions(path))


def _lost(content: Any, understood: Any, place: str) -> Iterator[str]:
    """Places in `content` where something did not get through the schema."""
    if isinstance(content, dict) and isinstance(understood, dict):
        for key, value in content.items():
            yield from _lost(value, understood.get(key), f"{place}.{key}")
    elif isinstance(content, list) and isinstance(understood, list) and len(content) == len(understood):
        for number, (one, other) in enumerate(zip(content, understood, strict=True)):
            yield from _lost(one, other, f"{place}[{number}]")
    elif content != understood:
        yield place


def _promql(path: Path, expressions: list[tuple[str, str]]) -> Iterator[str]:
    for title, expression in expressions:
        try:
            promql_parser.parse(expression)
        except ValueError as error:
            yield f"{path}: {title}: {error}: {expression}"


if __name__ == "__main__":
    run(main)
