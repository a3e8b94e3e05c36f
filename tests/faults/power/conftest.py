"""A recorder of the changes below a folder, for processes that run with its environment."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.power.disk import Disk, contents_of, read_record

RECORDER = Path(__file__).with_name("recorder.c")
SHARED_MEMORY = "-shm"  # SQLite makes this file anew after a power cut


@dataclass(frozen=True)
class Recording:
    """A folder whose changes are recorded.

    Attributes:
        environ: makes a process record what it changes.
    """

    folder: Path
    record: Path
    environ: Mapping[str, str]

    def now(self) -> int:
        """The length of the record: a clock of what was changed and synced."""
        return self.record.stat().st_size

    def power_cuts(self, disk: Disk, count: int, chance: random.Random) -> Iterator[tuple[int, Path]]:
        """That many times, the length of the record when the power failed, and a folder of what is left.

        Args:
            disk: the folder before anything was recorded.
        """
        changes = list(read_record(self.record))
        chosen = set(chance.sample(range(len(changes)), min(count, len(changes))))
        left = self.folder.with_name("left")
        for number, change in enumerate(changes):
            disk.replay(change)
            if number in chosen:
                disk.cut_power(left, chance)
                yield change.position, left
                shutil.rmtree(left)
        assert _kept(disk.contents()) == _kept(contents_of(self.folder)), "there are changes without a record"


def _kept(contents: Mapping[str, bytes]) -> dict[str, bytes]:
    return {path: content for path, content in contents.items() if not path.endswith(SHARED_MEMORY)}


@pytest.fixture(scope="session")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled recorder."""
    compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if not compiler:
        pytest.fail("a disk that loses what is not synced needs a C compiler: apt-get install gcc, or set CC")
    library = tmp_path_factory.mktemp("recorder") / "recorder.so"
    command = [
        compiler,
        "-shared",
        "-fPIC",
        "-O1",
        "-Wall",
        "-Werror",
        "-o",
        str(library),
        str(RECORDER),
        "-ldl",
    ]
    subprocess.run(command, check=True)
    return library


@pytest.fixture
def recording(recorder: Path, tmp_path: Path) -> Recording:
    """A recorded folder, empty."""
    folder, record = tmp_path.resolve() / "disk", tmp_path / "record"
    folder.mkdir()
    record.touch()
    environ = {"LD_PRELOAD": str(recorder), "RECORDED_FOLDER": str(folder), "RECORD": str(record)}
    return Recording(folder, record, environ)
