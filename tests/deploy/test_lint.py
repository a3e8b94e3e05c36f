"""`lint_deploy.py`: every kind of file has a linter that notices when something is wrong with it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from config import ROOT
from scripts.lint_deploy import main


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of what is linted."""
    for name in ("Dockerfile", "compose.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    return tmp_path


def test_our_own_files_are_well(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(root)]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("file", "right", "wrong", "said"),
    [
        ("Dockerfile", "USER 10001:10001", "USER root", "DL3002"),
        ("compose.yaml", "mem_limit: 512m", "memory_limit: 512m", "memory_limit"),
        ("compose.yaml", "  read_only: true\n", "  privileged: true\n", "CL-0002"),
        ("deploy/kubernetes/deployment.yaml", "readOnlyRootF", "readOnlyRootf", "readOnlyRootfilesystem"),
        (
            "deploy/kubernetes/cronjob.yaml",
            "kind: CronJob",
            "kind: CronJobs",
            "find schema for kind CronJobs",
        ),
        ("deploy/kubernetes/service.yaml", "  ports:", "  ports: []\n  ports:", 'duplication of key "ports"'),
        ("deploy/kubernetes/kustomization.yaml", "images:", "resources:", 'duplication of key "resources"'),
        ("deploy/systemd/anime-recommendations.service", "Type=notify", "Type=notfy", "Type=notfy"),
        ("deploy/systemd/anime-recommendations-build.timer", "OnCalendar", "OnCalender", "OnCalender"),
        ("deploy/systemd/anime-.service.d/contained.conf", "ProtectHome", "ProtectHom", "ProtectHom "),
        ("deploy/prometheus/alerts.yaml", "for: 2m", "four: 2m", "Extra inputs are not permitted"),
        ("deploy/prometheus/alerts.yaml", "groups:", "groups: {", "[error] syntax error"),
        ("deploy/prometheus/alerts.yaml", "absent(anime", "absent(rate(anime", "unclosed left parenthesis"),
        ("deploy/grafana/dashboard.json", '"unit"', '"unti"', "defaults.unti is nothing that Grafana knows"),
        ("deploy/grafana/dashboard.json", '"expr"', '"exp"', "targets[0].exp is nothing that Grafana knows"),
        ("deploy/grafana/dashboard.json", '"panels": [', '"panels": ', "JSONDecodeError"),
        ("deploy/grafana/dashboard.json", "sum(rate(", "sum(rate((", "unclosed left parenthesis"),
    ],
)
def test_what_is_wrong_is_said(
    root: Path, capsys: pytest.CaptureFixture[str], file: str, right: str, wrong: str, said: str
) -> None:
    text = (root / file).read_text("utf-8")
    assert right in text
    (root / file).write_text(text.replace(right, wrong, 1), "utf-8")
    assert main(["--root", str(root)]) == 1
    assert said in capsys.readouterr().out
