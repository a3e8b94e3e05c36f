"""The process of a baseline: `python -m evaluation.baselines.child MODULE [MODEL TASK.npz REPLY.npz]`."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluation.baselines.exchange import Reply, Task, load_task, save
from evaluation.baselines.model import BaselineModel
from recommender.models.base import MissingLibraryError

MISSING = 3  # exit code: a library is not installed


def main(argv: list[str]) -> int:
    """Fit, rank, write the reply; a module alone is only imported. A missing library is one sentence."""
    module, *files = argv
    try:
        models = importlib.import_module(f"evaluation.baselines.{module}")
    except MissingLibraryError as error:
        sys.stderr.write(f"{error}\n")
        return MISSING
    if files:
        model, task_file, reply_file = files
        save(Path(reply_file), _reply(getattr(models, model), load_task(Path(task_file))))
    return 0


def _reply(fit: Callable[[Task], BaselineModel], task: Task) -> Reply:
    started = time.perf_counter()
    model = fit(task)
    fit_seconds = time.perf_counter() - started
    ranked, milliseconds = model(task)
    return Reply(_padded(ranked, task), fit_seconds, milliseconds, _peak_mb())


def _padded(ranked: list[NDArray[np.int32]], task: Task) -> NDArray[np.int32]:
    table = np.full((task.n_queries, task.depth), -1, np.int32)
    for number, rows in enumerate(ranked):
        table[number, : len(rows)] = rows
    return table


def _peak_mb() -> float:
    """This process's own peak; that of `getrusage` starts from the peak of the parent."""
    status = Path("/proc/self/status")
    lines = status.read_text("ascii").splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), float("nan"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
