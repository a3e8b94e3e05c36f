"""Quality of predictions whether a user will like a title, and two simple predictions to beat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from domain.ranges import LIKED_FROM, UNRATED
from evaluation.metrics.ranking import NAN, Mean
from evaluation.protocols.holdout import Case
from recommender.data.query import Query
from recommender.data.ratings_matrix import RatingsMatrix

# (query, anime rows (n,)) -> probability (n,), 0..1, that the user likes each, once seen
Predict = Callable[[Query, NDArray[np.int64]], NDArray[np.floating]]

PRIOR_RATINGS = 10.0  # the overall like rate counts as this many ratings of every title
PRIOR_OF_A_USER = 5.0  # ratings that a user's generosity is shrunk by
RESAMPLES, SEED = 200, 0  # of users, for the interval of the AUC


@dataclass(frozen=True)
class LikeQuality:
    """Quality of the probabilities, over all held-out ratings together.

    Attributes:
        accuracy: share of ratings predicted correctly as liked or not, at a threshold of one half.
        auc: chance that a liked title has a higher probability than one not liked, over all users.
    """

    accuracy: Mean
    auc: Mean


def like_quality(predict: Predict, cases: Sequence[Case]) -> LikeQuality:
    """Measured on the titles of each list that were not sent. The intervals are over users, not ratings."""
    probabilities, liked, users = [], [], []
    for user, case in enumerate(cases):
        rated = case.rated != UNRATED
        titles = case.rated_rows[rated]
        probabilities.append(np.asarray(predict(case.query, titles), dtype=np.float64))
        liked.append(case.rated[rated] >= LIKED_FROM)
        users.append(np.full(int(rated.sum()), user, np.int64))
    if not sum(map(len, users)):
        return LikeQuality(Mean.of(()), Mean.of(()))
    return _quality(np.concatenate(probabilities), np.concatenate(liked), np.concatenate(users))


def auc(probabilities: NDArray[np.float64], liked: NDArray[np.bool_]) -> float:
    """Area under the ROC curve, equal probabilities counting half; NaN where all or none are liked."""
    positive = int(liked.sum())
    negative = len(liked) - positive
    if not positive or not negative:
        return NAN
    ranks = float(rankdata(probabilities)[liked].sum())
    return (ranks - positive * (positive + 1) / 2) / (positive * negative)


def _quality(
    probabilities: NDArray[np.float64], liked: NDArray[np.bool_], users: NDArray[np.int64]
) -> LikeQuality:
    right = (probabilities >= 0.5) == liked
    starts = np.flatnonzero(np.diff(users, prepend=-1))
    lengths = np.diff(starts, append=len(users))
    rng = np.random.default_rng(SEED)
    accuracies, areas = [], []
    for _ in range(RESAMPLES):
        times = np.bincount(rng.integers(0, len(starts), len(starts)), minlength=len(starts))
        chosen = np.repeat(np.arange(len(users)), np.repeat(times, lengths))
        accuracies.append(right[chosen].mean())
        areas.append(auc(probabilities[chosen], liked[chosen]))
    return LikeQuality(
        Mean(float(right.mean()), float(1.96 * np.std(accuracies))),
        Mean(auc(probabilities, liked), float(1.96 * np.nanstd(areas))),
    )


def title_like_rates(ratings: RatingsMatrix) -> NDArray[np.float64]:
    """float64 (n_anime,), 0..1: share of likes in each title's ratings, shrunk toward the overall share."""
    rated = ratings.data != UNRATED
    counts = np.bincount(ratings.indices[rated], minlength=ratings.n_anime)
    overall = ratings.likes.sum() / max(1, counts.sum())
    rates: NDArray[np.float64] = (ratings.likes + PRIOR_RATINGS * overall) / (counts + PRIOR_RATINGS)
    return rates


def by_title(rates: NDArray[np.float64]) -> Predict:
    """The title's like rate, the same for every user."""
    return lambda _query, rows: rates[rows]


def by_user_and_title(rates: NDArray[np.float64]) -> Predict:
    """The title's like rate, plus how much more often the user likes titles than others do."""

    def predict(query: Query, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        rated = query.ratings != UNRATED
        more = (query.ratings[rated] >= LIKED_FROM) - rates[query.anime_rows[rated]]
        generosity = float(more.sum()) / (len(more) + PRIOR_OF_A_USER)
        likely: NDArray[np.float64] = np.clip(rates[rows] + generosity, 0.0, 1.0)
        return likely

    return predict
