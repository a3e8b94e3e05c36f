"""Which people the learned models are taught by, and what they are asked: lists of every kind and length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.ratings import FAVORITE, LIKED_FROM, UNRATED
from recommender.data.query import Query, top_k
from recommender.data.ratings_matrix import RatingsMatrix
from recommender.models.features import NAMES, TASTE, Features


@dataclass(frozen=True)
class LearningConfig:
    people: int = 1_200  # taught by; left out of the models that would otherwise know their lists by heart
    share: float = 0.1  # but at most this share of everybody
    min_ratings: int = 20  # such a person has at least this many ratings, …
    min_likes: int = 10  # … and likes at least this many titles
    histories: int = 2  # lists of each person that are a random `shown` of all they rated
    shown: float = 0.8
    favorites: tuple[int, ...] = (1, 3, 5, 5, 10, 20)  # lists of so many liked titles, without ratings
    rated: tuple[int, ...] = (5, 12, 30)  # lists of so many titles, with ratings
    candidates: int = 50  # most promising titles of each list that the order is learned on, …
    others: int = 14  # … and so many of the rest
    pairs: int = 12  # titles of each list that the probability of a like is learned on
    seed: int = 7


class Lesson(NamedTuple):
    """A list that is sent in, and how its owner rated the rest.

    Attributes:
        query: what is sent in.
        anime_rows: int64 (n,), the other titles the person rated.
        liked: bool (n,), whether they liked each.
    """

    query: Query
    anime_rows: NDArray[np.int64]
    liked: NDArray[np.bool_]


def choose_teachers(ratings: RatingsMatrix, config: LearningConfig) -> NDArray[np.int64]:
    """int64, user rows, ascending; none where too few people qualify."""
    enough = np.diff(ratings.indptr) >= config.min_ratings
    enough &= np.diff(ratings.only_liked.indptr) >= config.min_likes
    eligible = np.flatnonzero(enough)
    count = min(config.people, int(config.share * ratings.n_users), len(eligible))
    return np.sort(np.random.default_rng(config.seed).choice(eligible, count, replace=False))


def lessons(ratings: RatingsMatrix, teachers: NDArray[np.int64], config: LearningConfig) -> Iterator[Lesson]:
    """Every teacher's lists, one teacher after the other."""
    rng = np.random.default_rng(config.seed + 1)
    for user_row in teachers.tolist():
        narrow_rows, values = ratings.row(user_row)
        rows, user_id = narrow_rows.astype(np.int64), ratings.users.id(user_row)
        liked = np.flatnonzero(values >= LIKED_FROM)
        shuffled = [rng.permutation(len(rows)) for _ in range(config.histories + len(config.rated))]
        lengths = [round(config.shown * len(rows))] * config.histories + list(config.rated)
        shown = [(order[:length], values) for order, length in zip(shuffled, lengths, strict=True)]
        named = np.full(len(rows), FAVORITE, np.uint8)
        shown += [(rng.permutation(liked)[:length], named) for length in config.favorites]
        for chosen, as_rated in shown:
            chosen = np.sort(chosen)
            rest = np.setdiff1d(np.arange(len(rows)), chosen)
            rest = rest[values[rest] != UNRATED]
            likes = values[rest] >= LIKED_FROM
            if likes.any():
                query = Query(rows[chosen], as_rated[chosen], user_id=user_id)
                yield Lesson(query, rows[rest], likes)


class Examples(NamedTuple):
    """What the networks are taught with.

    Attributes:
        features: float32 (lists, candidates, len(NAMES)).
        relevant: float32 (lists, candidates), 1 for a title that the list's owner liked.
        pair_features: float32 (pairs, len(TASTE)), of titles they rated; pair_liked: bool (pairs,).
    """

    features: NDArray[np.float32]
    relevant: NDArray[np.float32]
    pair_features: NDArray[np.float32]
    pair_liked: NDArray[np.bool_]


def examples(features: Features, taught: Iterable[Lesson], config: LearningConfig) -> Examples:
    """The features of each lesson's most promising titles, and of some that were rated."""
    rng = np.random.default_rng(config.seed + 2)
    taste = [NAMES.index(name) for name in TASTE]
    n_known = len(features.item_item.titles)
    tables, relevant = [], []
    pairs, liked = [np.empty((0, len(TASTE)), np.float32)], [np.empty(0, bool)]
    for lesson in taught:
        table = features.table(lesson.query, NAMES)
        rated = rng.permutation(len(lesson.anime_rows))[: config.pairs]
        pairs.append(table[taste][:, lesson.anime_rows[rated]].T)
        liked.append(lesson.liked[rated])
        if n_known - len(lesson.query.anime_rows) >= config.candidates + config.others:
            chosen = _candidates(table, features.item_item.titles, lesson.query, rng, config)
            tables.append(table[:, chosen].T)
            relevant.append(np.isin(chosen, lesson.anime_rows[lesson.liked]))
    width = config.candidates + config.others
    return Examples(
        np.array(tables, dtype=np.float32).reshape(-1, width, len(NAMES)),
        np.array(relevant, dtype=np.float32).reshape(-1, width),
        np.concatenate(pairs),
        np.concatenate(liked),
    )


def _candidates(
    table: NDArray[np.float32],
    known: NDArray[np.int64],
    query: Query,
    rng: np.random.Generator,
    config: LearningConfig,
) -> NDArray[np.int64]:
    promise = table[NAMES.index("item_item")] + 0.3 * table[NAMES.index("user_user")]
    new = np.zeros(len(promise), dtype=bool)
    new[known] = True
    new[query.anime_rows] = False
    best = top_k(promise, new, config.candidates)
    new[best] = False
    return np.concatenate([best, rng.choice(np.flatnonzero(new), config.others, replace=False)])
