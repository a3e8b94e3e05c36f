"""Item-based neighbors on the residuals of likes: more or less liked than expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from domain.ranges import LIKED_FROM, UNRATED
from recommender.data.arrays import ArrayReader, ArrayWriter
from recommender.data.ratings_matrix import RatingsMatrix, blocks, ranges
from recommender.kernels.linear import gram, strongest
from recommender.kernels.rows import TITLES_AT_ONCE
from recommender.models.base import Models, ModelSpec, cached_on_context
from recommender.models.context import ScoringContext
from recommender.models.item_item import ItemItem
from recommender.models.training_data import TrainingData


@dataclass(frozen=True)
class ResidualsConfig:
    """Chosen on validation users of the public data set; see docs/benchmarks."""

    neighbors: int = 150  # titles kept for each title, those that agree or disagree with it most
    title_prior: float = 10.0  # weight of the overall share of likes in a title's, in ratings
    person_prior: float = 5.0  # the same in a person's; > 0
    together_prior: float = 50.0  # people who rated both titles, below which agreement counts for little
    distance_prior: float = 0.3  # weight of no opinion in the mean over a list

    def __post_init__(self) -> None:
        if not self.person_prior > 0:
            raise ValueError(f"person_prior must be above 0, not {self.person_prior}")


class Expected(NamedTuple):
    """The habits of one person.

    Attributes:
        like_rate: share of their rated titles that they like, 0..1, drawn toward everybody's.
        strictness: mean residual: above 0 for somebody who likes what others do not.
        residuals: float32 (n_anime,): how much more they should like each title than expected.
    """

    like_rate: float
    strictness: float
    residuals: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Residuals:
    """Item-based nearest neighbors on what is left of a like once the habits of the person and the
    popularity of the title are taken off (Koren 2010, TKDD 4(1), section 2.2, on likes).

    Attributes:
        like_rates: float32 (n_anime,), 0..1, share of ratings that are likes, drawn toward the overall one.
        overall: 0..1, share of all ratings that are likes.
        agreement: csr float32 (n_anime, n_anime), shrunk correlation of residuals; strongest kept.
    """

    config: ResidualsConfig
    like_rates: NDArray[np.float32]
    overall: float
    agreement: csr_array

    @classmethod
    def fit(cls, data: TrainingData, models: Models, config: ResidualsConfig) -> Residuals:
        """Learn from the ratings of the titles that item-item knows."""
        ratings, titles = data.ratings_without_training_users, models[ItemItem].titles
        rated = ratings.data != UNRATED
        counts = np.bincount(ratings.indices[rated], minlength=ratings.n_anime)
        overall = float(ratings.likes.sum() / max(counts.sum(), 1))
        rates = (ratings.likes + config.title_prior * overall) / (counts + config.title_prior)
        like_rates = rates.astype(np.float32)
        centered = _centered(ratings, like_rates, overall, config.person_prior)[:, titles]
        agreement = gram(centered)
        centered.data[:] = 1.0  # from here on only who rated what
        together = gram(centered)
        together /= together + np.float32(config.together_prior)
        lengths = np.sqrt(np.diag(agreement) + 10.0).astype(np.float32)
        agreement *= together
        del together
        agreement /= lengths[:, None]
        agreement /= lengths[None, :]
        np.fill_diagonal(agreement, 0.0)
        kept = strongest(agreement, config.neighbors, titles, ratings.n_anime)
        return cls(config, like_rates, overall, kept)

    def save(self, writer: ArrayWriter) -> None:
        writer.array("like_rates", self.like_rates)
        writer.array("overall", np.array([self.overall]))
        writer.csr("agreement", self.agreement)

    @classmethod
    def load(cls, reader: ArrayReader, _models: Models, config: ResidualsConfig) -> Residuals:
        n = reader.n_anime
        like_rates = reader.array("like_rates", np.float32, (n,), within=(0, 1))
        overall = float(reader.array("overall", np.float64, (1,), within=(0, 1))[0])
        return cls(config, like_rates, overall, reader.csr("agreement", (n, n)))

    @cached_on_context
    def expect(self, context: ScoringContext) -> Expected:
        """The person's habits by their list, and how every title should please them against those."""
        query = context.query
        rated = query.ratings != UNRATED
        rows, liked = query.anime_rows[rated], query.ratings[rated] >= LIKED_FROM
        counted = query.weights[rated]
        length = float(counted.sum())
        prior = self.config.person_prior
        rate = self.overall
        if query.has_distinct_ratings:
            rate = (float(counted[liked].sum()) + prior * self.overall) / (length + prior)
        own = (liked - rate - (self.like_rates[rows] - self.overall)).astype(np.float32)
        n = len(self.like_rates)
        opinions, total_weight = np.zeros(n), np.zeros(n)
        for block in blocks(len(rows), TITLES_AT_ONCE):
            entries, lengths = ranges(self.agreement.indptr, rows[block])
            titles = self.agreement.indices[entries]
            weights = self.agreement.data[entries] * np.repeat(counted[block], lengths)
            opinions += np.bincount(titles, weights=weights * np.repeat(own[block], lengths), minlength=n)
            total_weight += np.bincount(titles, weights=np.abs(weights), minlength=n)
        total_weight += self.config.distance_prior
        strictness = float((own * counted).sum() / (length + prior))
        return Expected(rate, strictness, (opinions / total_weight).astype(np.float32))


def _centered(
    ratings: RatingsMatrix, like_rates: NDArray[np.float32], overall: float, prior: float
) -> csc_array:
    """csc float32 (n_users, n_anime): 1 or 0 for liked or not, less the share that user and title predict."""
    rated = ratings.data != UNRATED
    users = np.repeat(np.arange(ratings.n_users), np.diff(ratings.indptr))[rated]
    titles = ratings.indices[rated]
    liked = ratings.data[rated] >= LIKED_FROM
    counts = np.bincount(users, minlength=ratings.n_users)
    likes = np.bincount(users[liked], minlength=ratings.n_users)
    person = ((likes + prior * overall) / (counts + prior)).astype(np.float32)
    values = liked - person[users] - (like_rates[titles] - np.float32(overall))
    indptr = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    matrix = csr_array((values.astype(np.float32), titles, indptr), shape=(ratings.n_users, ratings.n_anime))
    return csc_array(matrix)


SPEC = ModelSpec(name="residuals", model=Residuals, config=ResidualsConfig, requires=(ItemItem,))
