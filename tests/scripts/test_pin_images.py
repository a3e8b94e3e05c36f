"""`pin_images.py`: every base image gets the digest that its registry names, or none does."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

import pytest

from config import ROOT
from scripts.pin_images import FILES, main, unpinned
from tests.scripts.test_check_toolchain import tool

IMAGES = re.compile(
    r"\b(?:(?:python|node|postgres|redis):[\w.]+-[\w.-]+|apache/kafka:[\d.]+)(?:@sha256:\w+)?"
)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the files, without digests, and a registry in which the digest of an image is its hash."""
    for name in FILES:
        text = (ROOT / name).read_text("utf-8")
        (tmp_path / name).write_text(re.sub(r"@sha256:\w{64}", "", text), "utf-8")
    registry(
        tmp_path, """echo "{\\"digest\\": \\"sha256:$(printf %s "$4" | sha256sum | cut -d ' ' -f 1)\\"}" """
    )
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path


def registry(folder: Path, script: str) -> None:
    tool(folder, "docker", script)


def texts(root: Path) -> str:
    return "".join((root / name).read_text("utf-8") for name in FILES)


def test_every_base_image_is_pinned(root: Path) -> None:
    before = IMAGES.findall(texts(root))
    assert len(before) == 7
    assert main(["--root", str(root)]) == 0
    assert IMAGES.findall(texts(root)) == [
        f"{image}@sha256:{hashlib.sha256(image.encode()).hexdigest()}" for image in before
    ]
    assert texts(root).count("image: anime-recommendations:0.1.0\n") == 1
    assert re.sub(r"@sha256:\w{64}", "", texts(root)).count("trixie") == 6


def test_pinning_again_takes_the_newer_digest(root: Path) -> None:
    main(["--root", str(root)])
    registry(root, f"""echo '{{"digest": "sha256:{"5" * 64}"}}'""")
    assert main(["--root", str(root)]) == 0
    assert texts(root).count("@sha256:") == texts(root).count("@sha256:" + "5" * 64) == 7


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'no such host' >&2; exit 1", "no such host"),
        ("exit 3", "docker ended with exit code 3"),
        ("""echo '{"digest": "latest"}'""", "latest"),
        ("echo []", "[]"),
    ],
)
def test_digest_that_cannot_be_had_changes_nothing(
    root: Path, capsys: pytest.CaptureFixture[str], script: str, said: str
) -> None:
    before = texts(root)
    registry(root, script)
    assert main(["--root", str(root)]) == 1
    assert f"error: no digest of apache/kafka:4.1.1: {said}" in " ".join(capsys.readouterr().err.split())
    assert texts(root) == before


def test_lint_wants_all_images_pinned_or_none(root: Path) -> None:
    assert unpinned(root) == []
    main(["--root", str(root)])
    assert unpinned(root) == []
    text = (root / "compose.yaml").read_text("utf-8")
    (root / "compose.yaml").write_text(re.sub(r"(redis:[\w-]+)@sha256:\w+", r"\1", text), "utf-8")
    assert unpinned(root) == ["compose.yaml: redis:8-trixie has no digest: make pin-images"] * 2


def test_files_of_the_project_are_pinned_alike() -> None:
    assert unpinned(ROOT) == []
