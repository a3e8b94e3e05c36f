"""The `RecTools` library: its EASE. The one place that imports it.

RecTools needs older numpy and pandas than the server, so it has an environment of its own.
"""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from evaluation.baselines.exchange import Task
from evaluation.baselines.model import BaselineModel
from recommender.models.base import MissingLibraryError

try:
    import pandas as pd
    from rectools import Columns
    from rectools.dataset import Dataset, IdMap, Interactions
    from rectools.models import EASEModel
except ImportError as error:
    raise MissingLibraryError("RecTools", "make setup-baselines") from error

REGULARIZATION = 500.0  # the library's default
BATCH = 500  # lists; each call copies the weights of the whole model


def ease(task: Task) -> BaselineModel:
    """Embarrassingly shallow autoencoder (Steck 2019) as in the library: version 0.19 ranks by the
    transpose of the fitted weights."""
    return _model(_fitted(task))


def ease_corrected(task: Task) -> BaselineModel:
    """The same, ranked by the weights as in the paper."""
    model = _fitted(task)
    model.weight = np.ascontiguousarray(model.weight.T)
    return _model(model)


def _fitted(task: Task) -> EASEModel:
    likes = _dataset(task.likes_indptr, task.likes_indices, np.ones(len(task.likes_indices)), task.n_anime)
    return EASEModel(regularization=REGULARIZATION).fit(likes)


def _model(model: EASEModel) -> BaselineModel:
    def rank(task: Task) -> tuple[list[NDArray[np.int32]], float]:
        # a title that was sent but is not liked weighs nothing and still counts as seen
        lists = _dataset(task.query_indptr, task.query_rows, task.query_liked, task.n_anime)
        started = time.perf_counter()
        batches = [
            np.arange(low, min(low + BATCH, task.n_queries)) for low in range(0, task.n_queries, BATCH)
        ]
        tables = [model.recommend(batch, lists, task.depth, filter_viewed=True) for batch in batches]
        milliseconds = (time.perf_counter() - started) * 1_000 / max(1, task.n_queries)
        ranked = [np.empty(0, np.int32)] * task.n_queries
        for table in tables:
            for number, rows in table.groupby(Columns.User)[Columns.Item]:
                ranked[int(number)] = rows.to_numpy(dtype=np.int32)
        return ranked, milliseconds

    return rank


def _dataset(
    indptr: NDArray[np.int64], rows: NDArray[np.int32], weights: NDArray[np.generic], n_anime: int
) -> Dataset:
    """One user a list, and one more who has the last title at no weight: the library makes its matrix
    as wide as the last title in any list."""
    n_users = len(indptr) - 1
    table = pd.DataFrame(
        {
            Columns.User: np.append(np.repeat(np.arange(n_users), np.diff(indptr)), n_users),
            Columns.Item: np.append(rows, n_anime - 1),
            Columns.Weight: np.append(weights.astype(np.float64), 0.0),
            Columns.Datetime: pd.Timestamp("2016-01-01"),  # required, not used
        }
    )
    users, titles = IdMap.from_values(np.arange(n_users + 1)), IdMap.from_values(np.arange(n_anime))
    return Dataset(users, titles, Interactions(table))
