"""A child process that reads a saved index and searches it, so that only the child dies of one that kills.

`python -m recommender.kernels.probe_index DESCRIPTOR DIM COUNT`
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np

from recommender.kernels.vector_index import read_index

_SEARCHES = 8
_FOLDER = Path(__file__).resolve().parents[2]


def probe_index(descriptor: int, dim: int, count: int) -> None:
    """Read the open file in a child process.

    Raises:
        ValueError: the child failed, or died.
    """
    command = [sys.executable, "-m", __name__, str(descriptor), str(dim), str(count)]
    child = subprocess.run(  # noqa: S603 - of our own
        command, cwd=_FOLDER, pass_fds=[descriptor], capture_output=True, text=True, check=False
    )
    if child.returncode < 0:
        name = signal.Signals(-child.returncode).name
        raise ValueError(f"the index of user vectors ends the process that reads it ({name})")
    if child.returncode:
        reason = child.stderr.strip().rpartition("\n")[2]
        raise ValueError(f"the index of user vectors cannot be read: {reason}")


def _main(descriptor: int, dim: int, count: int) -> None:
    index = read_index(descriptor, dim, count)
    for vector in np.random.default_rng(0).normal(size=(_SEARCHES if count else 0, dim)):
        labels, distances = index.knn_query(vector.astype(np.float32), k=1, num_threads=1)
        if labels.max() >= count or not np.isfinite(distances).all():
            raise ValueError("it finds vectors that are not there")


if __name__ == "__main__":
    _main(*map(int, sys.argv[1:]))
