"""Disks that are full, really or as far as a process can tell, or that cannot be written to."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

import pytest

MEGABYTE = 2**20


@contextmanager
def small_disk(size: int, owner: str | None = None) -> Iterator[Path]:
    """A disk of its own of that many bytes. Where the tests may not mount one, they are skipped."""
    # not among the folders of pytest: those of a run that was killed with its disk mounted cannot be removed
    folder = Path(mkdtemp(prefix="small-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        folder.rmdir()
        pytest.skip("only root can mount a disk")
    try:
        if owner:
            shutil.chown(folder, owner)
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


@contextmanager
def read_only(disk: Path) -> Iterator[None]:
    """Nobody can write to a disk of one's own inside, not even root."""
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)


def room(disk: Path) -> int:
    """Bytes that are free."""
    state = os.statvfs(disk)
    return state.f_bavail * state.f_frsize


@contextmanager
def filled(disk: Path, leave: int = 0) -> Iterator[None]:
    """Only `leave` bytes of the disk are free inside."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):  # others write at the same time
        while (missing := room(disk) - leave) > 0:
            file.write(bytes(min(missing, MEGABYTE)))
    try:
        yield
    finally:
        filler.unlink()


def limit_files(pids: Iterable[int], size: int = resource.RLIM_INFINITY) -> None:
    """From now on these processes can write no file beyond that many bytes."""
    for pid in pids:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
