"""The `implicit` library: ALS, BPR, item kNN. The one place that imports it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from evaluation.baselines.exchange import Task
from evaluation.baselines.model import BaselineModel, one_by_one
from recommender.models.base import MissingLibraryError

try:
    from implicit.als import AlternatingLeastSquares
    from implicit.bpr import BayesianPersonalizedRanking
    from implicit.cpu.topk import topk
    from implicit.nearest_neighbours import CosineRecommender
except ImportError as error:
    raise MissingLibraryError("implicit", "make setup-dev") from error

FACTORS = 128
NEIGHBORS = 1_000


def als(task: Task) -> BaselineModel:
    """Weighted matrix factorization (Hu, Koren, Volinsky 2008); a new list is folded in."""
    threadpool_limits(1, "blas")  # the library has threads of its own
    model = AlternatingLeastSquares(factors=FACTORS, alpha=10.0, iterations=15, random_state=task.seed)
    model.fit(_likes(task), show_progress=False)
    model.num_threads = 1  # more are slower for a single list

    def recommend(sent: NDArray[np.int32], liked: NDArray[np.int32], k: int) -> NDArray[np.int32]:
        rows, _ = model.recommend(
            0,
            _one_list(liked, task.n_anime),
            N=k,
            filter_already_liked_items=False,
            filter_items=sent,
            recalculate_user=True,
        )
        return rows

    return one_by_one(recommend)


def bpr(task: Task) -> BaselineModel:
    """Matrix factorization by pairwise ranking (Rendle 2009). It cannot fold in a list: a new user is
    the mean of the liked titles' factors, half as long as a user's are: the best of the variants tried."""
    model = BayesianPersonalizedRanking(
        factors=FACTORS,
        learning_rate=0.05,
        regularization=0.001,
        iterations=40,
        num_threads=1,  # more are not reproducible
        random_state=task.seed,
    )
    model.fit(_likes(task), show_progress=False)
    factors = model.item_factors
    length = 0.5 * float(np.linalg.norm(model.user_factors[:, :-1], axis=1).mean())

    def recommend(sent: NDArray[np.int32], liked: NDArray[np.int32], k: int) -> NDArray[np.int32]:
        user = factors[liked].mean(axis=0)
        user *= length / max(float(np.linalg.norm(user[:-1])), 1e-9)
        user[-1] = 1.0  # the last factor of a title is its bias
        return topk(factors, user[None, :], k, filter_items=sent, num_threads=1)[0][0]

    return one_by_one(recommend)


def item_knn(task: Task) -> BaselineModel:
    """The sum of cosines with the liked titles, over each title's nearest neighbors."""
    model = CosineRecommender(K=NEIGHBORS)
    model.fit(_likes(task), show_progress=False)

    def recommend(sent: NDArray[np.int32], liked: NDArray[np.int32], k: int) -> NDArray[np.int32]:
        rows, _ = model.recommend(
            0, _one_list(liked, task.n_anime), N=k, filter_already_liked_items=False, filter_items=sent
        )
        return rows[:k]

    return one_by_one(recommend)


def _likes(task: Task) -> csr_matrix:
    ones = np.ones(len(task.likes_indices), np.float32)
    return csr_matrix((ones, task.likes_indices, task.likes_indptr), shape=(task.n_users, task.n_anime))


def _one_list(liked: NDArray[np.int32], n_anime: int) -> csr_matrix:
    return csr_matrix((np.ones(len(liked), np.float32), liked, [0, len(liked)]), shape=(1, n_anime))
