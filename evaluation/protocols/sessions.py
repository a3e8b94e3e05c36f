"""Simulated sessions: hidden people click titles that they like, one by one, among others by chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.events import EventKind
from domain.ranges import LIKED_FROM
from evaluation.protocols.holdout import Case
from recommender.data.query import Query
from recommender.models.co_likes import CoLikes
from recommender.session.lean import Activity, SessionConfig, evidence_of, lean

SECONDS = 20.0  # between two clicks


@dataclass(frozen=True)
class SessionsConfig:
    """Parameters of the simulation."""

    clicks: tuple[int, ...] = (0, 1, 3, 5, 10)
    noise: tuple[float, ...] = (0.0, 0.2, 0.5)  # shares of clicks on titles that people do not have
    named: int = 5  # liked titles of the list that sessions are compared with
    likes: int = 20  # of a person, at least
    # of turning to something else: lists with so many likes, …
    long_list: int = 40
    turning: int = 3  # … clicks on titles of a genre …
    absent: float = 0.05  # … that less than this share of the list has, …
    genre_titles: tuple[int, int] = (60, 1_500)  # … and so many titles of the catalog
    best_known: int = 30  # titles of the genre that are clicked
    seed: int = 20161127


@dataclass(frozen=True, eq=False)
class Session:
    """Clicks, the oldest first, and what should be recommended then.

    Attributes:
        clicked: int64, rows.
        relevant: int64, rows of the liked titles that were not clicked.
    """

    clicked: NDArray[np.int64]
    relevant: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Turn:
    """A person with a long list who clicks titles of a genre that it lacks.

    Attributes:
        query: the list.
        relevant: int64, rows of further liked titles, of the old interests.
        genre: bool (n_anime,), the titles of the new one.
    """

    query: Query
    relevant: NDArray[np.int64]
    clicked: NDArray[np.int64]
    genre: NDArray[np.bool_]


def sessions(
    cases: Sequence[Case], likes: NDArray[np.int64], clicks: int, noise: float, config: SessionsConfig
) -> Iterator[Session]:
    """One for each case of `history` with enough likes; the first `named` clicks are the same for each count.

    Args:
        likes: int64 (n_anime,): people click by chance what many like.
        noise: share of the clicks that are by chance.
    """
    for number, case in enumerate(cases):
        rng = np.random.default_rng((config.seed, number))
        liked = liked_rows(case)
        if len(liked) < config.likes:
            continue
        order = rng.permutation(liked)
        chances = likes.astype(np.float64)
        chances[np.union1d(case.query.anime_rows, case.rated_rows)] = 0
        strangers = rng.choice(len(likes), max(config.clicks), replace=False, p=chances / chances.sum())
        count = round(noise * clicks)
        clicked = np.concatenate([order[: clicks - count], strangers[:count]]).astype(np.int64)
        yield Session(rng.permutation(clicked), np.setdiff1d(liked, clicked))


def turns(
    cases: Sequence[Case],
    likes: NDArray[np.int64],
    genres: Sequence[NDArray[np.bool_]],
    config: SessionsConfig,
) -> Iterator[Turn]:
    """One for each case of `history` with a long list."""
    fewest, most = config.genre_titles
    known = [mask for mask in genres if fewest <= int(mask.sum()) <= most]
    for number, case in enumerate(cases):
        rng = np.random.default_rng((config.seed, number))
        query = case.query
        absent = [mask for mask in known if mask[query.liked_rows].mean() < config.absent]
        if len(query.liked_rows) < config.long_list or not absent:
            continue
        genre = absent[int(rng.integers(len(absent)))]
        titles = np.flatnonzero(genre & query.unseen(len(likes)))
        best = titles[np.argsort(-likes[titles], kind="stable")[: config.best_known]]
        clicked = rng.choice(best, config.turning, replace=False)
        yield Turn(query, case.relevant, clicked, genre)


def after_clicks(query: Query, clicked: NDArray[np.int64], co_likes: CoLikes, config: SessionConfig) -> Query:
    """The query as it leans after these clicks, the oldest first."""
    newest_first = enumerate(clicked[::-1].tolist())
    activity = [Activity(row, {EventKind.CLICK: 1}, SECONDS * place) for place, row in newest_first]
    return lean(query, evidence_of(activity, config, co_likes.between), config)


def liked_rows(case: Case) -> NDArray[np.int64]:
    """int64, ascending: the liked titles of the whole list of a case of `history`."""
    shown = case.query.anime_rows[case.query.ratings >= LIKED_FROM]
    return np.union1d(shown, case.relevant)
