#!/usr/bin/env python3
"""Pin the base images by digest: those of the Dockerfile and compose.yaml, as their registry has them now.

Run it again to take newer images of the same tags, and have the tests run on them. Needs docker with buildx.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
from pathlib import Path

from config import ROOT
from scripts.console import FAILED, OK, console, errors, run

FILES = ("Dockerfile", "compose.yaml")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
# name and tag, and the digest where there is one; our own image is made here
IMAGE = re.compile(
    r"^(FROM |    image: )(?!anime-recommendations)([\w./-]+:[\w.-]+)(?:@(\S+))?", re.MULTILINE
)


def main(argv: list[str] | None = None) -> int:
    """Rewrite both files. Exit code 1 where a digest cannot be had; then nothing is written."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--root", type=Path, default=ROOT, metavar="DIR", help="default: this project")
    root = parser.parse_args(argv).root
    texts = {name: (root / name).read_text("utf-8") for name in FILES}
    digests = {}
    for image in sorted({found[2] for text in texts.values() for found in IMAGE.finditer(text)}):
        answer = _inspect(image)
        if not DIGEST.fullmatch(answer):
            errors.print(f"error: no digest of {image}: {answer}", markup=False, highlight=False)
            return FAILED
        digests[image] = answer
        console.print(f"{image}@{answer}", highlight=False, soft_wrap=True)
    for name, text in texts.items():
        pinned = IMAGE.sub(lambda found: f"{found[1]}{found[2]}@{digests[found[2]]}", text)
        (root / name).write_text(pinned, "utf-8")
    return OK


def unpinned(root: Path) -> list[str]:
    """A sentence for each image without a digest, once some image has one: all of them or none."""
    texts = {name: (root / name).read_text("utf-8") for name in FILES}
    images = [(name, found[2], found[3]) for name, text in texts.items() for found in IMAGE.finditer(text)]
    if not any(digest for _, _, digest in images):
        return []
    return [
        f"{name}: {image} has no digest: make pin-images"
        for name, image, digest in images
        if not DIGEST.fullmatch(digest or "")
    ]


def _inspect(image: str) -> str:
    """The digest of an image, of all its architectures, or why it cannot be had."""
    command = ["docker", "buildx", "imagetools", "inspect", image, "--format", "{{json .Manifest}}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    try:
        return str(json.loads(done.stdout)["digest"])
    except (ValueError, LookupError, TypeError):
        return (done.stderr or done.stdout).strip() or f"docker ended with exit code {done.returncode}"


if __name__ == "__main__":
    run(main)
