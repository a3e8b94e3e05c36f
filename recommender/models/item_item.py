"""`item-item`: titles that go with the ones you like. A linear model in closed form, two strengths of
regularization blended by how much is known, kept sparse for serving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from domain.ratings import LIKED_FROM
from recommender.data.query import Query, Ranking, rank
from recommender.data.ratings_matrix import RatingsMatrix, ranges
from recommender.kernels.linear import AutoencoderConfig, autoencoder, gram, strongest

# What one entry of a list says of the titles that go with it, by rating. People go on watching what goes
# with a lukewarm title, less than with a liked one; what goes with a bad one they avoid.
#                   unrated   1     2     3     4    5    6    7    8    9   10
EVIDENCE = np.array([0.4, -0.3, -0.3, -0.3, -0.2, 0.1, 0.4, 0.4, 1.0, 1.0, 1.0], dtype=np.float32)


@dataclass(frozen=True)
class ItemItemConfig:
    """Chosen on validation users of the public data set; see docs/benchmarks."""

    titles: int = 5_000  # the model knows this many, by likes; memory of a build grows with its square
    weights: int = 200  # kept for each title, the strongest
    list_power: float = 0.3  # a user counts (likes / 40)^-this in training
    long: AutoencoderConfig = field(default_factory=lambda: AutoencoderConfig(0.25, not_liked=0.4))
    short: AutoencoderConfig = field(default_factory=lambda: AutoencoderConfig(0.95))
    half_length: float = 15.0  # a list of this many titles trusts both alike


class Evidence(NamedTuple):
    """What a list says of every title, float32 (n_anime,) each, by both models.

    Of each: what its liked titles say, those that are neither liked nor bad, and the bad ones.
    """

    long: NDArray[np.float32]
    short: NDArray[np.float32]
    long_lukewarm: NDArray[np.float32]
    short_lukewarm: NDArray[np.float32]
    long_bad: NDArray[np.float32]
    short_bad: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class ItemItem:
    """Denoising linear autoencoders (EDLAE: Steck 2020, NeurIPS; EASE: Steck 2019, arXiv:1905.03375).

    Attributes:
        titles: int64 (titles,), the anime rows that the model knows, ascending.
        long, short: csr float32 (n_anime, n_anime): entry (i, j) is what liking i says of j. `long` trusts a
            list as it is, `short` takes it for a small part of what the person likes.
        popularity: float32 (n_anime,), 0..1, orders titles that nothing is known of.
    """

    config: ItemItemConfig
    titles: NDArray[np.int64]
    long: csr_array
    short: csr_array
    popularity: NDArray[np.float32]

    @classmethod
    def fit(cls, ratings: RatingsMatrix, popularity: NDArray[np.float32], config: ItemItemConfig) -> ItemItem:
        known = min(config.titles, int((ratings.likes > 0).sum()))
        titles = np.sort(np.argsort(-ratings.likes, kind="stable")[:known])
        models = []
        for regularized in (config.long, config.short):
            training = _training_columns(ratings, titles, regularized.not_liked, config.list_power)
            weights = gram(training)
            weights = autoencoder(weights, regularized) if known else weights
            size = float(np.sqrt(np.mean(np.square(weights)))) if known else 1.0
            models.append((strongest(weights, config.weights, titles, ratings.n_anime), size))
            del weights
        (long, long_size), (short, short_size) = models
        short.data *= np.float32(long_size / max(short_size, 1e-12))  # so that a blend is of equals
        return cls(config, titles, long, short, popularity)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything learned, to be saved."""
        saved: dict[str, NDArray[Any]] = {"titles": self.titles}
        for name, matrix in (("long", self.long), ("short", self.short)):
            saved |= {f"{name}_{part}": getattr(matrix, part) for part in ("data", "indices", "indptr")}
        return saved

    @classmethod
    def assemble(
        cls, config: ItemItemConfig, arrays: Mapping[str, NDArray[Any]], popularity: NDArray[np.float32]
    ) -> ItemItem:
        """The inverse of `arrays`."""
        shape = (len(popularity), len(popularity))
        long, short = (
            csr_array(tuple(arrays[f"{name}_{part}"] for part in ("data", "indices", "indptr")), shape=shape)
            for name in ("long", "short")
        )
        return cls(config, arrays["titles"], long, short, popularity)

    def evidence(self, query: Query) -> Evidence:
        """The sums over the list, by what kind of title says it."""
        weights = _weights(query)
        sums = []
        for kind in (weights == 1, (weights > 0) & (weights < 1), weights < 0):
            of_kind = np.where(kind, weights, 0)
            sums += [_weighted_sum(model, query.anime_rows, of_kind) for model in (self.long, self.short)]
        return Evidence(*sums)

    def strongest(self, query: Query) -> NDArray[np.float32]:
        """float32 (n_anime,): the most that any one liked title of the list says, 0 or more."""
        entries, _ = ranges(self.long.indptr, query.liked_rows)
        most = np.zeros(self.long.shape[1], dtype=np.float32)
        np.maximum.at(most, self.long.indices[entries], self.long.data[entries])
        return most

    def blended(
        self, query: Query, long: NDArray[np.float32], short: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """float32 (n_anime,): both models by how much they are trusted with a list of this length."""
        trust = self.trust_in_short(query)
        blend: NDArray[np.float32] = (1 - trust) * long + trust * short
        return blend

    def scores(self, query: Query) -> NDArray[np.float32]:
        """The sum of what each title of the list says. See Recommender."""
        evidence = self.evidence(query)
        return self.blended(
            query,
            evidence.long + evidence.long_lukewarm + evidence.long_bad,
            evidence.short + evidence.short_lukewarm + evidence.short_bad,
        )

    def recommend(self, query: Query, k: int) -> Ranking:
        """See Recommender."""
        return rank(self.scores(query), self.popularity, query, k)

    def contributions(self, query: Query, anime_rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """float32 (titles of the list, len(anime_rows)): the parts that their scores are the sum of."""
        short = self.trust_in_short(query)
        parts = (1 - short) * self.long[query.anime_rows] + short * self.short[query.anime_rows]
        weighted: NDArray[np.float32] = _weights(query)[:, None] * parts[:, anime_rows].toarray()
        return weighted

    def trust_in_short(self, query: Query) -> np.float32:
        """0..1: near 1 for a title or two, near 0 for a long list; sooner where ratings tell more."""
        power = 4 if query.tells_ratings else 2
        return np.float32(1.0 / (1.0 + (len(query.anime_rows) / self.config.half_length) ** power))


def _weights(query: Query) -> NDArray[np.float32]:
    """float32 (n,): what each title of the list counts."""
    weights: NDArray[np.float32] = EVIDENCE[query.ratings]
    if not (query.ratings >= LIKED_FROM).any():
        weights = np.where(query.is_liked, np.float32(1.0), weights)
    return weights


def _weighted_sum(
    matrix: csr_array, rows: NDArray[np.int64], weights: NDArray[np.float32]
) -> NDArray[np.float32]:
    """float32 (columns,): the sum of these rows, each times its weight."""
    counting = weights != 0
    entries, lengths = ranges(matrix.indptr, rows[counting])
    values = matrix.data[entries] * np.repeat(weights[counting], lengths)
    total: NDArray[np.float32] = np.bincount(
        matrix.indices[entries], weights=values, minlength=matrix.shape[1]
    ).astype(np.float32)
    return total


def _training_columns(
    ratings: RatingsMatrix, titles: NDArray[np.int64], not_liked: float, list_power: float
) -> csc_array:
    """csc float32 (n_users, titles): 1 for a like, `not_liked` for the rest, long lists scaled down."""
    source = ratings if not_liked else ratings.only_liked
    values = np.where(source.data >= LIKED_FROM, np.float32(1.0), np.float32(not_liked))
    likes = np.maximum(np.diff(ratings.only_liked.indptr), 1)
    scale = ((likes / 40.0) ** -list_power).astype(np.float32)
    values *= np.repeat(scale, np.diff(source.indptr))
    matrix = csr_array((values, source.indices, source.indptr), shape=(source.n_users, source.n_anime))
    return csc_array(matrix)[:, titles]
