"""Ranking metrics over many cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.evaluation.protocols import Case
from recommender.query import Query

DEPTH = 20
Recommend = Callable[[Query, int], NDArray[np.int64]]  # (query, k) -> anime rows, best first


@dataclass(frozen=True)
class Mean:
    """A mean over cases with half the width of its 95 % confidence interval."""

    value: float
    margin: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Mean:
        found = np.array(list(values), dtype=float)
        found = found[~np.isnan(found)]
        if not len(found):
            return cls(float("nan"), float("nan"))
        return cls(float(found.mean()), float(1.96 * found.std() / np.sqrt(len(found))))

    def __str__(self) -> str:
        return f"{self.value:.3f} ±{self.margin:.3f}"


@dataclass(frozen=True)
class Quality:
    """How one algorithm did under one protocol.

    Attributes:
        ndcg: NDCG@10, ideal gain over min(10, relevant).
        recall: Recall@20, hits / min(20, relevant).
        hit_rate: HR@10, share of cases with at least one hit.
        coverage: share of the catalogue that was in anybody's first 10.
        popularity: mean over the first 10s of a title's likes.
        novelty: mean over the first 10s of -log2(likes / people): bits of surprise.
        milliseconds: median time of one recommendation.
    """

    ndcg: Mean
    recall: Mean
    hit_rate: Mean
    coverage: float
    popularity: float
    novelty: float
    milliseconds: float


def ndcg_at(ranked: NDArray[np.int64], relevant: NDArray[np.int64], k: int) -> float:
    """NDCG@k with binary gains; NaN where nothing is relevant."""
    if not len(relevant):
        return float("nan")
    discounts = 1.0 / np.log2(np.arange(2, k + 2))
    hits = np.isin(ranked[:k], relevant)
    return float(discounts[: len(hits)][hits].sum() / discounts[: min(k, len(relevant))].sum())


def recall_at(ranked: NDArray[np.int64], relevant: NDArray[np.int64], k: int) -> float:
    """Hits among the first k / min(k, relevant); NaN where nothing is relevant."""
    if not len(relevant):
        return float("nan")
    return float(np.isin(ranked[:k], relevant).sum() / min(k, len(relevant)))


def measure(
    recommend: Recommend,
    cases: Sequence[Case],
    likes: NDArray[np.int64],
    n_users: int,
    clock: Callable[[], float],
    progress: Callable[[], None] = lambda: None,
) -> Quality:
    """Ask for `DEPTH` titles in every case.

    Args:
        recommend: the algorithm.
        cases: of one protocol.
        likes: int64 (n_anime,), of the training data.
        n_users: people of the training data.
        clock: the time in seconds.
        progress: called after each case.
    """
    ndcg, recall, hit, seconds, tops = [], [], [], [], []
    for case in cases:
        started = clock()
        ranked = recommend(case.query, DEPTH)
        seconds.append(clock() - started)
        ndcg.append(ndcg_at(ranked, case.relevant, 10))
        recall.append(recall_at(ranked, case.relevant, 20))
        hit.append(float(np.isin(ranked[:10], case.relevant).any()) if len(case.relevant) else np.nan)
        tops.append(ranked[:10])
        progress()
    shown = np.concatenate(tops)
    surprise = -np.log2((likes[shown] + 1.0) / (n_users + 2.0))
    return Quality(
        Mean.of(ndcg),
        Mean.of(recall),
        Mean.of(hit),
        len(np.unique(shown)) / len(likes),
        float(likes[shown].mean()),
        float(surprise.mean()),
        float(np.median(seconds) * 1_000),
    )
