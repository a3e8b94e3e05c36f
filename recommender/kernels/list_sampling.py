"""Random parts of lists: what is shown of each, and what the person likes among the rest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.data.ratings_matrix import ranges, starts_of_kept

Floats = NDArray[np.float32]
RANKED = 10  # titles that a ranking is judged by


@dataclass(frozen=True)
class SamplingConfig:
    """The part of a list that is shown: half of the lists as favorites, half as a history."""

    favorites_share: float = 0.5  # of the lists show liked titles only
    most_favorites: int = 20  # that such a list shows, on average; at least 1, small numbers being likelier
    least_shown: float = 0.3  # the share of a history that is shown is between this …
    most_shown: float = 0.9  # … and this, which bounds the favorites, too


class Batch(NamedTuple):
    """Parts of some lists.

    Attributes:
        shown: float32 (lists, titles): the evidence of the titles shown, 0 for all others.
        wanted: float32 (lists, titles): 1 for the titles that are liked and not shown.
    """

    shown: Floats
    wanted: Floats


@dataclass(frozen=True, eq=False)
class Lists:
    """The lists of many people in compressed sparse rows.

    Attributes:
        n_titles: number of columns.
        indptr: int64 (people + 1,).
        columns: int32 (entries,), the titles.
        evidence: float32 (entries,), what each entry counts when it is shown; not 0.
        liked: bool (entries,).
    """

    n_titles: int
    indptr: NDArray[np.int64]
    columns: NDArray[np.int32]
    evidence: Floats
    liked: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.indptr) - 1

    @cached_property
    def likes(self) -> NDArray[np.int64]:
        """int64 (people,): how many titles each likes."""
        return np.diff(starts_of_kept(self.indptr, self.liked))

    def sample(self, people: NDArray[np.int64], rng: np.random.Generator, config: SamplingConfig) -> Batch:
        """A random part of the list of each of these people."""
        entries, lengths = ranges(self.indptr, people)
        owner, likes = np.repeat(np.arange(len(people)), lengths), self.likes[people]
        favorites = rng.random(len(people)) < config.favorites_share
        as_many = config.most_favorites ** rng.random(len(people)) / np.maximum(likes, 1)
        share = rng.uniform(config.least_shown, config.most_shown, len(people))
        share = np.where(favorites, np.minimum(as_many, config.most_shown), share)
        shown = rng.random(len(entries)) < share[owner]
        shown &= self.liked[entries] | ~favorites[owner]
        batch = Batch(*(np.zeros((len(people), self.n_titles), np.float32) for _ in range(2)))
        columns = self.columns[entries]
        batch.shown[owner[shown], columns[shown]] = self.evidence[entries[shown]]
        wanted = self.liked[entries] & ~shown
        batch.wanted[owner[wanted], columns[wanted]] = 1.0
        return batch


def mean_ndcg(scores: Floats, batch: Batch) -> float:
    """NDCG@10 of these scores, (lists, titles), for the titles that are wanted, over lists that want any."""
    hidden = np.where(batch.shown != 0, -np.inf, scores)
    best = np.argsort(-hidden, axis=1, kind="stable")[:, :RANKED]
    discounts = 1.0 / np.log2(np.arange(2, best.shape[1] + 2))
    gained = np.take_along_axis(batch.wanted, best, axis=1) @ discounts
    ideal = np.cumsum(discounts)
    wanted = batch.wanted.sum(axis=1).astype(np.int64)
    judged = wanted > 0
    if not judged.any():
        return 0.0
    return float(np.mean(gained[judged] / ideal[np.minimum(wanted[judged], len(ideal)) - 1]))
