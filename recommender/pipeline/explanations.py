"""Why a title is recommended, in terms of the list: from the model's own sums, not guessed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.data.catalog import Catalog
from recommender.data.query import Contributor, Query, Ranking, Recommender
from recommender.models.user_user import UserUser

MAX_TITLES = 3  # named for one recommendation


@dataclass(frozen=True)
class Explanation:
    """What speaks for one title.

    Attributes:
        because: (anime row of a liked title, its part of the score), most first; all parts of the list
            together are at most the score.
        people: how many of the people with the most similar taste liked it.
        genres: its genres that at least half of the liked titles have.
    """

    because: tuple[tuple[int, float], ...]
    people: int
    genres: tuple[str, ...]


def explain(
    algorithm: Recommender,
    user_user: UserUser,
    catalog: Catalog,
    query: Query,
    ranking: Ranking,
    hidden: NDArray[np.bool_],
) -> list[Explanation]:
    """One explanation for each title of the ranking.

    Args:
        algorithm: that ranked them; one without contributions names no titles.
        user_user: knows the people with the same taste.
        hidden: bool (n_anime,): titles that must not be named.
    """
    rows = ranking.anime_rows
    parts = np.zeros((len(query.anime_rows), len(rows)), dtype=np.float32)
    if isinstance(algorithm, Contributor) and len(query.anime_rows) and len(rows):
        parts = algorithm.contributions(query, rows) * _scale(algorithm, query, ranking)
    named = query.is_liked & ~hidden[query.anime_rows]
    parts = np.where(named[:, None], np.maximum(parts, 0), 0)
    people = user_user.supporters(query, rows) if len(query.anime_rows) else np.zeros(len(rows), np.int64)
    explanations = []
    for column, row in enumerate(rows.tolist()):
        best = np.argsort(-parts[:, column], kind="stable")[:MAX_TITLES]
        because = [(int(query.anime_rows[i]), float(parts[i, column])) for i in best if parts[i, column] > 0]
        genres = _shared_genres(catalog, query, row)
        explanations.append(Explanation(tuple(because), int(people[column]), genres))
    return explanations


def _scale(algorithm: Recommender, query: Query, ranking: Ranking) -> NDArray[np.float32]:
    """float32 (len(ranking),): from the algorithm's own scores to those that are shown."""
    scores = algorithm.scores(query)[ranking.anime_rows]
    scale: NDArray[np.float32] = np.where(scores > 0, ranking.scores / np.maximum(scores, 1e-30), 0)
    return scale


def _shared_genres(catalog: Catalog, query: Query, row: int) -> tuple[str, ...]:
    """The title's genres that at least half of the liked titles have."""
    liked = query.liked_rows.tolist()
    return tuple(
        genre
        for genre in catalog[row].genres
        if liked and sum(genre in catalog[other].genres for other in liked) * 2 >= len(liked)
    )
