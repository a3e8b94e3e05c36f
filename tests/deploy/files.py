"""The deployment files, parsed."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

import yaml

from config import ROOT

DIGEST = r"(?:@sha256:[0-9a-f]{64})?"  # once `make pin-images` has been run
UNIT_FILES = sorted(path for path in (ROOT / "deploy" / "systemd").rglob("*") if path.is_file())


def dockerfile() -> list[tuple[str, str]]:
    """Each instruction and what follows it, of all stages."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text("utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [(word, rest) for line in lines if line for word, _, rest in [line.partition(" ")]]


def of_image(instruction: str) -> list[str]:
    """The arguments of this instruction in the last stage."""
    found = dockerfile()
    last = max(number for number, (word, _) in enumerate(found) if word == "FROM")
    return [rest for word, rest in found[last:] if word == instruction]


def image_settings() -> dict[str, str]:
    return dict(pair.split("=", 1) for rest in of_image("ENV") for pair in shlex.split(rest))


def image_command(instruction: str) -> list[str]:
    """The words of CMD, or of HEALTHCHECK without its options."""
    (rest,) = of_image(instruction)
    return list(json.loads(rest[rest.index("[") :]))


def let_through() -> list[str]:
    """The names that .dockerignore makes exceptions of."""
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    return [line.removeprefix("!") for line in lines if line.startswith("!")]


def kept_out() -> list[str]:
    """The names, anywhere, that .dockerignore lets none of through after all."""
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    exceptions = [number for number, line in enumerate(lines) if line.startswith("!")]
    return [line.rpartition("/")[2] for line in lines[max(exceptions) + 1 :]]


def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8")))


def manifests(folder_name: str = "") -> dict[str, dict[str, Any]]:
    """Each Kubernetes object of a folder, by the name of its file."""
    folder = ROOT / "deploy" / "kubernetes" / folder_name
    return {path.name: yaml.safe_load(path.read_text("utf-8")) for path in sorted(folder.glob("*.yaml"))}


def pods() -> dict[str, dict[str, Any]]:
    """The template of each kind of pod: server, build, refresh of the catalog, consumer of events."""
    found = manifests() | manifests("streaming")
    return {
        "server": found["deployment.yaml"]["spec"]["template"],
        "build": found["cronjob.yaml"]["spec"]["jobTemplate"]["spec"]["template"],
        "refresh": found["refresh.yaml"]["spec"]["jobTemplate"]["spec"]["template"],
        "consumer": found["consumer.yaml"]["spec"]["template"],
    }


def unit_settings() -> dict[str, list[str]]:
    """Every assignment of the systemd files: name -> values."""
    found: dict[str, list[str]] = {}
    for path in UNIT_FILES:
        for name, value in re.findall(r"^(\w+)=(.*)$", path.read_text("utf-8"), re.MULTILINE):
            found.setdefault(name, []).append(value)
    return found
