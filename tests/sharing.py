"""Data that the workers of a run (pytest-xdist) make once and share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import BaseFileLock, FileLock


def made_once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that the first worker to ask for it fills; not to be changed afterwards."""
    folder = _folder_of_run(tmp_path_factory) / name
    unfinished = folder.with_suffix(".unfinished")
    with lock(tmp_path_factory, name):
        if not folder.exists():
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(folder)
    return folder


def lock(tmp_path_factory: pytest.TempPathFactory, name: str) -> BaseFileLock:
    """For what only one worker at a time may do."""
    return FileLock(_folder_of_run(tmp_path_factory) / f"{name}.lock")


def _folder_of_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.getbasetemp()
    # that of a worker is in it
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
