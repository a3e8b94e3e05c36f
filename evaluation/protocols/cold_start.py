"""The cold-start protocol: the ratings of some titles are hidden from every model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.ranges import LIKED_FROM
from evaluation.metrics.likes import auc
from evaluation.metrics.ranking import Mean
from evaluation.protocols.holdout import Case, Holdout
from recommender.data.query import Query
from recommender.data.ratings_matrix import RatingsMatrix, starts_of_kept


@dataclass(frozen=True)
class ColdStartConfig:
    titles: int = 200  # hidden, but at most half of those with
    min_likes: int = 30  # at least this many likes
    max_likes: int = 1_000  # and at most this many
    seed: int = 20160101


class ColdCase(NamedTuple):
    """One hidden user.

    Attributes:
        query: the sent part of their list, without the cold titles.
        liked: int64, rows of the cold titles of the whole list that they like.
        not_watched: int64, rows of those that are not in the list.
    """

    query: Query
    liked: NDArray[np.int64]
    not_watched: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ColdStart:
    """A data set without the ratings of some titles.

    Attributes:
        titles: int64, their rows, ascending.
        train: the users who are not hidden, without these titles.
        cases: of the hidden users who like one of them, from their `history`.
    """

    titles: NDArray[np.int64]
    train: RatingsMatrix
    cases: tuple[ColdCase, ...]


def hide_titles(holdout: Holdout, config: ColdStartConfig) -> ColdStart:
    """Choose titles by the seed, and take them out of every list."""
    likes = holdout.train.likes
    eligible = np.flatnonzero((likes >= config.min_likes) & (likes <= config.max_likes))
    count = min(config.titles, len(eligible) // 2)
    titles = np.sort(np.random.default_rng(config.seed).choice(eligible, count, replace=False))
    cases = (_case(case, titles) for case in holdout.history)
    return ColdStart(
        titles,
        _without_titles(holdout.train, titles),
        tuple(case for case in cases if len(case.liked) and len(case.not_watched)),
    )


def cold_auc(
    scores: Callable[[Query], NDArray[np.floating]],
    cases: Sequence[ColdCase],
    progress: Callable[[], None] = lambda: None,
) -> Mean:
    """Mean over users: the chance that a cold title they like scores above one not watched; .5 at random."""
    areas = []
    for case in cases:
        values = scores(case.query)
        compared = np.concatenate([case.liked, case.not_watched])
        areas.append(auc(values[compared].astype(np.float64), np.arange(len(compared)) < len(case.liked)))
        progress()
    return Mean.of(areas)


def _case(case: Case, titles: NDArray[np.int64]) -> ColdCase:
    sent, ratings = case.query.anime_rows, case.query.ratings
    known = ~np.isin(sent, titles)
    liked = np.concatenate([sent[ratings >= LIKED_FROM], case.relevant])
    watched = np.concatenate([sent, case.rated_rows])
    return ColdCase(
        Query(sent[known], ratings[known]), np.intersect1d(liked, titles), np.setdiff1d(titles, watched)
    )


def _without_titles(ratings: RatingsMatrix, titles: NDArray[np.int64]) -> RatingsMatrix:
    """The same users and titles without the entries of these titles."""
    kept = ~np.isin(ratings.indices, titles)
    indptr = starts_of_kept(ratings.indptr, kept)
    return RatingsMatrix(ratings.users, ratings.n_anime, indptr, ratings.indices[kept], ratings.data[kept])
