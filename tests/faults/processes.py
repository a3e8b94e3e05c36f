"""Processes that are killed: kill -9 of several at once, and the wait until they are gone."""

from __future__ import annotations

from collections.abc import Collection

import psutil

from tests.faults.checks import wait_until


def kill(processes: Collection[psutil.Process]) -> None:
    """Kill them all, and return when they are gone."""
    for process in processes:
        process.kill()
    wait_until_gone(processes)


def wait_until_gone(processes: Collection[psutil.Process], seconds: float = 60) -> None:
    """Fail when one of them still runs after that time."""
    wait_until(lambda: all(_is_gone(process) for process in processes), "they are gone", seconds)


def _is_gone(process: psutil.Process) -> bool:
    try:
        # killed, and waits for a parent that may never ask for it
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
