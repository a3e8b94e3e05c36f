"""The anonymity protocol: an attacker who knows some titles of a person asks for recommendations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.ranges import FAVORITE
from recommender.data.query import Query
from recommender.data.ranking import Ranking
from recommender.data.ratings_matrix import RatingsMatrix
from recommender.data.vocabulary import Vocabulary

Profile = NDArray[np.int64]  # anime rows, those first that the attacker knows


@dataclass(frozen=True)
class AnonymityConfig:
    profiles: int = 60
    titles: int = 40  # of each, at random, so that no other person says anything about them
    min_likes: int = 10  # of each title, by others
    known: int = 4  # the rarest ones, which tell most
    queries: int = 1  # about each person: all known titles at once, or else random parts of them
    limit: int = 100  # titles on a page
    seed: int = 20160101


class Planted(NamedTuple):
    """A data set with made-up people in it.

    Attributes:
        ratings: with the profiles as the last users.
        profiles: of these people.
        strangers: as many of the same kind, who are not in it: what is recovered of them is chance.
    """

    ratings: RatingsMatrix
    profiles: list[Profile]
    strangers: list[Profile]


def plant(ratings: RatingsMatrix, config: AnonymityConfig) -> Planted:
    """Add people with random profiles; raises ValueError where too few titles have enough likes."""
    chance, likes = np.random.default_rng(config.seed), ratings.likes
    pool = np.flatnonzero(likes >= config.min_likes)
    drawn = [chance.choice(pool, config.titles, replace=False) for _ in range(2 * config.profiles)]
    by_rarity = [titles[np.argsort(likes[titles], kind="stable")] for titles in drawn]
    profiles, strangers = by_rarity[: config.profiles], by_rarity[config.profiles :]
    first = int(ratings.users.ids[-1]) + 1
    added = np.full(config.profiles * config.titles, FAVORITE, np.uint8)
    ends = ratings.indptr[-1] + config.titles * np.arange(1, config.profiles + 1)
    return Planted(
        RatingsMatrix(
            Vocabulary(np.concatenate([ratings.users.ids, first + np.arange(config.profiles)])),
            ratings.n_anime,
            np.concatenate([ratings.indptr, ends]),
            np.concatenate([ratings.indices, *map(np.sort, profiles)]).astype(np.int32),
            np.concatenate([ratings.data, added]),
        ),
        profiles,
        strangers,
    )


def recovered(
    recommend: Callable[[Query, int], Ranking],
    profiles: Sequence[Profile],
    n_anime: int,
    config: AnonymityConfig,
) -> NDArray[np.float64]:
    """float64 (len(profiles),), 0..1: the share of the unknown titles among as many guesses.

    The attacker guesses the titles with the highest sums of scores over all pages.
    """
    chance, shares = np.random.default_rng(config.seed), []
    for profile in profiles:
        known, unknown = profile[: config.known], profile[config.known :]
        sums = np.zeros(n_anime)
        for _ in range(config.queries):
            size = config.known if config.queries == 1 else chance.integers(2, config.known + 1)
            part = chance.choice(known, size, replace=False)
            ranking = recommend(Query.of((row, FAVORITE) for row in part.tolist()), config.limit)
            sums[ranking.anime_rows] += ranking.scores
        sums[known] = -1
        guesses = np.argsort(-sums, kind="stable")[: len(unknown)]
        shares.append(np.isin(guesses, unknown).mean())
    return np.array(shares)
