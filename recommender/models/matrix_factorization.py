"""`matrix-factorization`: vectors of titles by alternating least squares, the person's by one more step."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommender.data.anonymity import AnonymityFloor
from recommender.data.arrays import ArrayReader, ArrayWriter
from recommender.data.query import Query
from recommender.data.ratings_matrix import RatingsMatrix, starts_of_kept
from recommender.kernels.factorization import FactorizationConfig, factorize, influence, solve
from recommender.models.base import AlgorithmInfo, Models, ModelSpec
from recommender.models.context import ScoringContext
from recommender.models.item_item import EVIDENCE, evidence_weights
from recommender.models.training_data import TrainingData

LARGEST = 1e3  # in size, of what is learned


@dataclass(frozen=True)
class FactorsConfig:
    """Chosen on hidden users of the public data set; see docs/benchmarks."""

    people: int = AnonymityFloor().people  # a title that fewer have is not learned: it would stand for them
    list_l2: float = 300.0  # pulls the vector of a list toward 0, divided by how many titles it has …
    long_list: int = 100  # … up to this many
    factorization: FactorizationConfig = field(default_factory=FactorizationConfig)


@dataclass(frozen=True, eq=False)
class MatrixFactorization:
    """Implicit ALS (Hu, Koren, Volinsky 2008; tuned after Rendle et al. 2021, arXiv:2110.14037).

    Attributes:
        factors: float32 (n_anime, dims), the vector of each title, 0 for those that are not learned.
    """

    config: FactorsConfig
    factors: NDArray[np.float32]

    @classmethod
    def fit(cls, data: TrainingData, _models: Models, config: FactorsConfig) -> MatrixFactorization:
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1):  # systems this small only wait for other threads
            factors = factorize(_targets(data.ratings, config.people), config.factorization)
        return cls(config, factors)

    def save(self, writer: ArrayWriter) -> None:
        writer.array("factors", self.factors)

    @classmethod
    def load(cls, reader: ArrayReader, _models: Models, config: FactorsConfig) -> MatrixFactorization:
        shape = (reader.n_anime, config.factorization.dims)
        return cls(config, reader.array("factors", np.float32, shape, within=(-LARGEST, LARGEST)))

    def scores(self, context: ScoringContext) -> NDArray[np.float32]:
        """The products of the titles' vectors with that of the list. See Scorer."""
        query = context.query
        person = solve(self.factors[query.anime_rows], evidence_weights(query), self._prior(query))
        scores: NDArray[np.float32] = self.factors @ person
        return scores

    def contributions(self, context: ScoringContext, anime_rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """See Contributor. The vector of a list is linear in what its titles count (Hu et al., section 5)."""
        query = context.query
        of_titles = influence(self.factors[query.anime_rows], self._prior(query))
        parts: NDArray[np.float32] = of_titles @ self.factors[anime_rows].T
        return parts * evidence_weights(query)[:, None]

    def _prior(self, query: Query) -> NDArray[np.float32]:
        """float32 (dims,): what pulls the vector of the list toward 0, on each axis."""
        l2 = self.config.list_l2 / min(max(query.length, 1), self.config.long_list)
        return self.config.factorization.unobserved * self._lengths + np.float32(l2)

    @cached_property
    def _lengths(self) -> NDArray[np.float32]:
        """float32 (dims,): the diagonal of the Gram matrix of the factors, which has nothing else."""
        lengths: NDArray[np.float32] = np.einsum("ad,ad->d", self.factors, self.factors)
        return lengths


def _targets(ratings: RatingsMatrix, people: int) -> csr_array:
    """csr float32 (n_users, n_anime): what an entry tells of a person, of titles that enough people have."""
    known = np.bincount(ratings.indices, minlength=ratings.n_anime) >= people
    kept = known[ratings.indices]
    indptr = starts_of_kept(ratings.indptr, kept)
    values = EVIDENCE[ratings.data[kept]]
    return csr_array((values, ratings.indices[kept], indptr), shape=(ratings.n_users, ratings.n_anime))


SPEC = ModelSpec(
    name="matrix-factorization",
    model=MatrixFactorization,
    config=FactorsConfig,
    optional=True,
    algorithm=AlgorithmInfo(
        label="Shared tastes",
        description="Titles that fit your taste, which is described by numbers learned from everybody.",
        similar=True,
    ),
)
