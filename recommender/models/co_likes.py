"""Co-likes: how much more often two titles are liked together than their popularity explains."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

from recommender.data.anonymity import AnonymityFloor
from recommender.data.arrays import ArrayReader, ArrayWriter
from recommender.data.vocabulary import Vocabulary
from recommender.kernels.linear import BLOCK, gram
from recommender.models.base import Floats, Models, ModelSpec
from recommender.models.context import ScoringContext
from recommender.models.item_item import ItemItem
from recommender.models.training_data import TrainingData

# a lift is stored as a byte: the logarithms from LOWEST on, in steps of STEP
LOWEST, STEP = -3.0, 8.0 / 255
LOGARITHMS = (LOWEST + STEP * np.arange(256)).astype(np.float32)


@dataclass(frozen=True)
class CoLikesConfig:
    """Chosen on validation users of the public data set; see docs/benchmarks."""

    titles: int = 4_000  # the most liked ones; memory grows with its square
    people: int = AnonymityFloor().people  # of whom fewer like both, nobody counts as liking both
    people_prior: float = 5.0  # added to how many like both, and to how many were expected to
    likers_prior: float = 20.0  # added to the likers of a title, in the share of them who like another one
    compared: int = 40  # titles of a longer list, evenly spaced


class Lifts(NamedTuple):
    """Evidence of the liked titles of a list for others, float32 (n,) each; 0 for unknown titles.

    Attributes:
        total: sum of the logarithms of the lifts, divided by the root of their number.
        mean, highest: of the logarithms.
        share: logarithm of 1 + how certain it is, by the shares of likers who like both (noisy-or).
    """

    total: Floats
    mean: Floats
    highest: Floats
    share: Floats


@dataclass(frozen=True, eq=False)
class CoLikes:
    """Lifts of pairs (pointwise mutual information: Church & Hanks 1990, Computational Linguistics 16:1).

    Attributes:
        titles: int64 (titles,), anime rows, ascending.
        likers: float32 (titles,), how many people like each; n_users: how many people there are.
        lifts: uint8 (titles, titles), places in LOGARITHMS.
    """

    config: CoLikesConfig
    titles: NDArray[np.int64]
    likers: Floats
    n_users: float
    lifts: NDArray[np.uint8]

    @classmethod
    def fit(cls, data: TrainingData, models: Models, config: CoLikesConfig) -> CoLikes:
        ratings, known = data.ratings_without_training_users, models[ItemItem].titles
        most = np.argsort(-ratings.likes[known], kind="stable")[: config.titles]
        titles = np.sort(known[most])
        likers, n_users = ratings.likes[titles].astype(np.float32), float(max(ratings.n_users, 1))
        together = gram(csc_array(ratings.only_liked.to_binary())[:, titles])
        together[together < config.people] = 0
        lifts = np.empty(together.shape, dtype=np.uint8)
        for low in range(0, len(titles), BLOCK):
            expected = likers[low : low + BLOCK, None] * likers / n_users + config.people_prior
            logarithms = np.log((together[low : low + BLOCK] + config.people_prior) / expected)
            lifts[low : low + BLOCK] = np.clip(np.rint((logarithms - LOWEST) / STEP), 0, 255)
        return cls(config, titles, likers, n_users, lifts)

    def save(self, writer: ArrayWriter) -> None:
        writer.array("titles", self.titles)
        writer.array("likers", self.likers)
        writer.array("n_users", np.array([self.n_users]))
        writer.array("lifts", self.lifts)

    @classmethod
    def load(cls, reader: ArrayReader, _models: Models, config: CoLikesConfig) -> CoLikes:
        titles = reader.rows("titles", np.int64, (None,), reader.n_anime, ascending=True)
        n = len(titles)
        likers = reader.array("likers", np.float32, (n,), within=(0, 1e9))
        (n_users,) = reader.array("n_users", np.float64, (1,), within=(1, 1e9)).tolist()
        return cls(config, titles, likers, n_users, reader.array("lifts", np.uint8, (n, n)))

    def of(self, context: ScoringContext, rows: NDArray[np.int64]) -> Lifts:
        """For these titles."""
        places, liked = self._vocabulary.rows(rows), self._vocabulary.rows(context.query.liked_rows)
        known, weights = places >= 0, context.query.liked_weights[liked >= 0]
        liked = liked[liked >= 0]
        step = max(1, -(-len(liked) // self.config.compared))
        liked, weights = liked[::step], weights[::step, None]
        length = float(weights.sum())
        found = Lifts(*(np.zeros(len(rows), dtype=np.float32) for _ in Lifts._fields))
        if not len(liked) or not known.any():
            return found
        logarithms = LOGARITHMS[self.lifts[liked][:, places[known]]]
        weighted = logarithms * weights
        found.total[known] = weighted.sum(axis=0) / np.sqrt(length)
        found.mean[known] = weighted.sum(axis=0) / np.float32(length)
        found.highest[known] = weighted.max(axis=0)
        likers, prior = self.likers[liked, None], np.float32(self.config.people_prior)
        together = np.exp(logarithms)
        together *= likers * (self.likers[places[known]] / np.float32(self.n_users)) + prior
        together -= prior
        together *= weights
        together /= likers + np.float32(self.config.likers_prior)
        unlikely = np.log1p(-np.clip(together, 0, 0.95)).sum(axis=0)
        found.share[known] = np.log1p(-unlikely)
        return found

    def between(self, rows: NDArray[np.int64]) -> Floats:
        """float32 (len(rows), len(rows)): the log of the lift of each pair, 0 where it is not known."""
        places = self._vocabulary.rows(rows)
        known = np.flatnonzero(places >= 0)
        found = np.zeros((len(rows), len(rows)), dtype=np.float32)
        found[np.ix_(known, known)] = LOGARITHMS[self.lifts[places[known]][:, places[known]]]
        return found

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        """Anime row <-> place in `titles`."""
        return Vocabulary(self.titles)


SPEC = ModelSpec(name="co-likes", model=CoLikes, config=CoLikesConfig, requires=(ItemItem,), derived=True)
