"""A fitted baseline model, as the process that runs it sees it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from evaluation.baselines.exchange import Task

# task -> (for each of its queries anime rows, best first; milliseconds of one query)
BaselineModel = Callable[[Task], tuple[list[NDArray[np.int32]], float]]


def one_by_one(
    recommend: Callable[[NDArray[np.int32], NDArray[np.int32], int], NDArray[np.int32]],
) -> BaselineModel:
    """A model that takes one query at a time, as a server does: (rows sent, rows liked, k) -> rows."""

    def rank(task: Task) -> tuple[list[NDArray[np.int32]], float]:
        ranked, milliseconds = [], []
        for number in range(task.n_queries):
            sent, liked = task.query(number)
            started = time.perf_counter()
            ranked.append(recommend(sent, liked, task.depth))
            milliseconds.append((time.perf_counter() - started) * 1_000)
        return ranked, statistics.median(milliseconds) if milliseconds else float("nan")

    return rank
