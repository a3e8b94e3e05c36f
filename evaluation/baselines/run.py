"""The baselines, and how one is run in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluation.baselines.exchange import Reply, Task, load_reply, save
from evaluation.metrics.quality import DEPTH
from evaluation.protocols.holdout import Case
from recommender.data.ratings_matrix import RatingsMatrix

ROOT = Path(__file__).resolve().parents[2]
OWN_PYTHON = Path(sys.executable)
BASELINES_PYTHON = ROOT / ".venv-baselines" / "bin" / "python"


class BaselineError(Exception):
    """A baseline could not be run; the message says why and what to do."""


@dataclass(frozen=True)
class Baseline:
    """A model of another library.

    Attributes:
        module: the file of evaluation/baselines that has it.
        model: the function there that fits it.
        python: the interpreter that runs it.
        install: the command that installs the library.
    """

    module: str
    model: str
    python: Path
    install: str


BASELINES = {
    "implicit ALS": Baseline("implicit_models", "als", OWN_PYTHON, "make setup-dev"),
    "implicit BPR": Baseline("implicit_models", "bpr", OWN_PYTHON, "make setup-dev"),
    "implicit item-kNN": Baseline("implicit_models", "item_knn", OWN_PYTHON, "make setup-dev"),
    "RecTools EASE": Baseline("rectools_models", "ease", BASELINES_PYTHON, "make setup-baselines"),
    "RecTools EASE, corrected": Baseline(
        "rectools_models", "ease_corrected", BASELINES_PYTHON, "make setup-baselines"
    ),
}


def select_baselines(names: Sequence[str]) -> dict[str, Baseline]:
    """The baselines whose names start with one of `names`, in upper or lower case; `all` is every one.

    Raises:
        BaselineError: no name starts so, or a library is not installed.
    """
    selected: dict[str, Baseline] = {}
    for name in names:
        matching = {full: each for full, each in BASELINES.items() if full.lower().startswith(name.lower())}
        if not (matching or name == "all"):
            raise BaselineError(f"no baseline is called {name!r}; known are all, {', '.join(BASELINES)}")
        selected |= BASELINES if name == "all" else matching
    for full, baseline in selected.items():
        if not baseline.python.exists():
            raise BaselineError(
                f"{full} needs an environment that is not there; make it with: {baseline.install}"
            )
        _run(full, baseline)
    return selected


def make_task(train: RatingsMatrix, cases: Sequence[Case], seed: int) -> Task:
    """The likes to fit on, and the queries of the cases."""
    likes = train.only_liked
    queries = [case.query for case in cases]
    sent = [query.anime_rows for query in queries]
    return Task(
        n_anime=train.n_anime,
        likes_indptr=likes.indptr,
        likes_indices=likes.indices,
        query_indptr=np.cumsum([0, *map(len, sent)], dtype=np.int64),
        query_rows=np.concatenate(sent).astype(np.int32),
        query_liked=np.concatenate([query.is_liked for query in queries]),
        depth=DEPTH,
        seed=seed,
    )


def run_baseline(name: str, baseline: Baseline, task: Task) -> tuple[tuple[NDArray[np.int64], ...], Reply]:
    """(for each query anime rows, best first; the reply that they came in).

    Raises:
        BaselineError: the process failed; the message has the last line of its errors.
    """
    with tempfile.TemporaryDirectory(prefix="baseline-") as folder:
        task_file, reply_file = Path(folder) / "task.npz", Path(folder) / "reply.npz"
        save(task_file, task)
        _run(name, baseline, baseline.model, task_file, reply_file)
        reply = load_reply(reply_file)
    return tuple(rows[rows >= 0].astype(np.int64) for rows in reply.ranked), reply


def _run(name: str, baseline: Baseline, *arguments: str | Path) -> None:
    command = [baseline.python, "-m", "evaluation.baselines.child", baseline.module, *arguments]
    process = subprocess.run(
        list(map(str, command)),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if process.returncode:
        lines = process.stderr.strip().splitlines() or [f"exit code {process.returncode}"]
        raise BaselineError(f"{name} cannot be run: {lines[-1]}")
