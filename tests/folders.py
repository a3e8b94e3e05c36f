"""The folders of the repository, for tests that go through them."""

from __future__ import annotations

import tomllib

from config import ROOT

PACKAGES: tuple[str, ...] = tuple(
    tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"]
)
