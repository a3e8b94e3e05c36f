"""Whether a person will like a title: how good a probability of it is, and two simple ones to beat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from domain.ratings import LIKED_FROM, UNRATED
from evaluation.metrics.ranking import NAN, Mean
from evaluation.protocols.holdout import Case
from recommender.data.query import Query
from recommender.data.ratings_matrix import RatingsMatrix

# (query, anime rows (n,)) -> probability (n,), 0..1, that the person likes each, once seen
Predict = Callable[[Query, NDArray[np.int64]], NDArray[np.floating]]

PRIOR_RATINGS = 10.0  # the overall like rate counts as this many ratings of every title
PRIOR_OF_A_PERSON = 5.0  # nobody is as generous or strict as so few ratings say
RESAMPLES, SEED = 200, 0  # of people, for the interval of the AUC


@dataclass(frozen=True)
class LikeQuality:
    """How good the probabilities are, over all held-out ratings together.

    Attributes:
        accuracy: share of ratings where liked or not is told right, at a probability of one half.
        auc: chance that a liked title has the higher probability than one not liked, of anybody.
    """

    accuracy: Mean
    auc: Mean


def like_quality(predict: Predict, cases: Sequence[Case]) -> LikeQuality:
    """Of the titles of each list that were not sent. The intervals are over people, not over ratings."""
    probabilities, liked, people = [], [], []
    for person, case in enumerate(cases):
        rated = case.rated != UNRATED
        titles = case.rated_rows[rated]
        probabilities.append(np.asarray(predict(replace(case.query), titles), dtype=np.float64))
        liked.append(case.rated[rated] >= LIKED_FROM)
        people.append(np.full(int(rated.sum()), person, np.int64))
    if not sum(map(len, people)):
        return LikeQuality(Mean.of(()), Mean.of(()))
    return _quality(np.concatenate(probabilities), np.concatenate(liked), np.concatenate(people))


def auc(probabilities: NDArray[np.float64], liked: NDArray[np.bool_]) -> float:
    """Area under the ROC curve, equal probabilities counting half; NaN where all or none are liked."""
    positive = int(liked.sum())
    negative = len(liked) - positive
    if not positive or not negative:
        return NAN
    ranks = float(rankdata(probabilities)[liked].sum())
    return (ranks - positive * (positive + 1) / 2) / (positive * negative)


def _quality(
    probabilities: NDArray[np.float64], liked: NDArray[np.bool_], people: NDArray[np.int64]
) -> LikeQuality:
    right = (probabilities >= 0.5) == liked
    starts = np.flatnonzero(np.diff(people, prepend=-1))
    lengths = np.diff(starts, append=len(people))
    rng = np.random.default_rng(SEED)
    accuracies, areas = [], []
    for _ in range(RESAMPLES):
        times = np.bincount(rng.integers(0, len(starts), len(starts)), minlength=len(starts))
        chosen = np.repeat(np.arange(len(people)), np.repeat(times, lengths))
        accuracies.append(right[chosen].mean())
        areas.append(auc(probabilities[chosen], liked[chosen]))
    return LikeQuality(
        Mean(float(right.mean()), float(1.96 * np.std(accuracies))),
        Mean(auc(probabilities, liked), float(1.96 * np.nanstd(areas))),
    )


def title_like_rates(ratings: RatingsMatrix) -> NDArray[np.float64]:
    """float64 (n_anime,), 0..1: share of the ratings of each title that are likes, drawn toward all's."""
    rated = ratings.data != UNRATED
    counts = np.bincount(ratings.indices[rated], minlength=ratings.n_anime)
    overall = ratings.likes.sum() / max(1, counts.sum())
    rates: NDArray[np.float64] = (ratings.likes + PRIOR_RATINGS * overall) / (counts + PRIOR_RATINGS)
    return rates


def by_title(rates: NDArray[np.float64]) -> Predict:
    """The title's like rate, whoever asks."""
    return lambda _query, rows: rates[rows]


def by_person_and_title(rates: NDArray[np.float64]) -> Predict:
    """The title's like rate, plus how much more often the person likes titles than others like them."""

    def predict(query: Query, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        rated = query.ratings != UNRATED
        more = (query.ratings[rated] >= LIKED_FROM) - rates[query.anime_rows[rated]]
        generosity = float(more.sum()) / (len(more) + PRIOR_OF_A_PERSON)
        likely: NDArray[np.float64] = np.clip(rates[rows] + generosity, 0.0, 1.0)
        return likely

    return predict
