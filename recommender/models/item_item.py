"""`item-item`: item-item collaborative filtering in closed form (EASE, EDLAE)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from domain.ranges import LIKED_FROM
from recommender.data.anonymity import AnonymityFloor
from recommender.data.arrays import ArrayReader, ArrayWriter
from recommender.data.query import Query
from recommender.data.ratings_matrix import RatingsMatrix, blocks, ranges
from recommender.kernels.linear import (
    AutoencoderConfig,
    autoencoder,
    forget_rare_pairs,
    gram,
    strongest,
)
from recommender.kernels.rows import TITLES_AT_ONCE, highest_of_rows, weighted_sum
from recommender.models.base import AlgorithmInfo, Models, ModelSpec, added, cached_on_context
from recommender.models.context import ScoringContext
from recommender.models.training_data import TrainingData

# Evidence of one entry of a list for the titles that go with it, by rating. People go on watching what goes
# with a lukewarm title, less than with a liked one; what goes with a bad one they avoid.
#                   unrated   1     2     3     4    5    6    7    8    9   10
EVIDENCE = np.array([0.4, -0.3, -0.3, -0.3, -0.2, 0.1, 0.4, 0.4, 1.0, 1.0, 1.0], dtype=np.float32)

ABANDONED_EVIDENCE = -0.1  # of a title that was dropped and not rated, half of a rating of 4; see ADR 5

SUPPORT = 0.01  # evidence from which one title supports another


@dataclass(frozen=True)
class ItemItemConfig:
    """Chosen on validation users of the public data set; see docs/benchmarks."""

    titles: int = 5_000  # the model knows this many, by likes; memory of a build grows with its square
    weights: int = 200  # kept for each title, the strongest …
    people: int = added(AnonymityFloor().people)  # … of those between titles that at least this many have
    list_power: float = 0.3  # a user counts (likes / 40)^-this in training
    long: AutoencoderConfig = field(default_factory=lambda: AutoencoderConfig(0.25, not_liked=0.4))
    short: AutoencoderConfig = field(default_factory=lambda: AutoencoderConfig(0.95))
    half_length: float = 15.0  # a list of this many titles trusts both alike


class Evidence(NamedTuple):
    """The evidence of a list for every title, float32 (n_anime,) each, by both models.

    Of each: the sum over its liked titles, over those that are neither liked nor bad, and over the bad ones.
    """

    long: NDArray[np.float32]
    short: NDArray[np.float32]
    long_lukewarm: NDArray[np.float32]
    short_lukewarm: NDArray[np.float32]
    long_bad: NDArray[np.float32]
    short_bad: NDArray[np.float32]


class Strongest(NamedTuple):
    """Evidence of single titles of a list for every title, float32 (n_anime,) each, 0 or more.

    Attributes:
        first, second: the most and the second most that any liked one says, by `long`.
        short: the most, by `short`.
        support: how many say at least SUPPORT, against the length of the list.
        not_liked: the most that any not liked one says, by `long`.
    """

    first: NDArray[np.float32]
    second: NDArray[np.float32]
    short: NDArray[np.float32]
    support: NDArray[np.float32]
    not_liked: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class ItemItem:
    """Denoising linear autoencoders (EDLAE: Steck 2020, NeurIPS; EASE: Steck 2019, arXiv:1905.03375).

    Attributes:
        titles: int64 (titles,), the anime rows that the model knows, ascending.
        long, short: csr float32 (n_anime, n_anime): entry (i, j) is the evidence of liking i for j.
            `long` trusts a list as it is, `short` takes it for a small part of what the person likes.
    """

    config: ItemItemConfig
    titles: NDArray[np.int64]
    long: csr_array
    short: csr_array

    @classmethod
    def fit(cls, data: TrainingData, _models: Models, config: ItemItemConfig) -> ItemItem:
        ratings = data.ratings_without_training_users
        known = min(config.titles, int((ratings.likes > 0).sum()))
        titles = np.sort(np.argsort(-ratings.likes, kind="stable")[:known])
        models = []
        for regularized in (config.long, config.short):
            training = _training_columns(ratings, titles, regularized.not_liked, config.list_power)
            weights = gram(training)
            weights = autoencoder(weights, regularized) if known else weights
            forget_rare_pairs(weights, training, config.people)
            size = float(np.sqrt(np.mean(np.square(weights)))) if known else 1.0
            models.append((strongest(weights, config.weights, titles, ratings.n_anime), size))
            del weights
        (long, long_size), (short, short_size) = models
        short.data *= np.float32(long_size / max(short_size, 1e-12))  # so that a blend is of equals
        return cls(config, titles, long, short)

    def save(self, writer: ArrayWriter) -> None:
        writer.array("titles", self.titles)
        writer.csr("long", self.long)
        writer.csr("short", self.short)

    @classmethod
    def load(cls, reader: ArrayReader, _models: Models, config: ItemItemConfig) -> ItemItem:
        n = reader.n_anime
        titles = reader.rows("titles", np.int64, (None,), n, ascending=True)
        return cls(config, titles, reader.csr("long", (n, n)), reader.csr("short", (n, n)))

    def scores(self, context: ScoringContext) -> NDArray[np.float32]:
        """The sum of the evidence of each title of the list. See Scorer."""
        evidence = self.evidence(context)
        return self.blended(
            context.query,
            evidence.long + evidence.long_lukewarm + evidence.long_bad,
            evidence.short + evidence.short_lukewarm + evidence.short_bad,
        )

    @cached_on_context
    def evidence(self, context: ScoringContext) -> Evidence:
        """The sums over the list, by the kind of title that it comes from."""
        query = context.query
        evidence, weights = evidence_of_opinions(query), evidence_weights(query)
        sums = []
        for kind in (evidence == 1, (evidence > 0) & (evidence < 1), evidence < 0):
            of_kind = np.where(kind, weights, 0)
            sums += [weighted_sum(model, query.anime_rows, of_kind) for model in (self.long, self.short)]
        return Evidence(*sums)

    @cached_on_context
    def strongest(self, context: ScoringContext) -> Strongest:
        """The evidence of single titles of the list."""
        query = context.query
        liked, n_anime = query.liked_rows, self.long.shape[1]
        not_liked = query.is_not_liked & query.has_distinct_ratings
        first, short, against = (
            highest_of_rows(model, query.anime_rows[kind], query.weights[kind])
            for model, kind in (
                (self.long, query.is_liked),
                (self.short, query.is_liked),
                (self.long, not_liked),
            )
        )
        second, support = np.zeros(n_anime, dtype=np.float32), np.zeros(n_anime)
        for block in blocks(len(liked), TITLES_AT_ONCE):
            entries, lengths = ranges(self.long.indptr, liked[block])
            counted = np.repeat(query.liked_weights[block], lengths)
            weights, titles = self.long.data[entries] * counted, self.long.indices[entries]
            below, enough = weights < first[titles], self.long.data[entries] > SUPPORT
            np.maximum.at(second, titles[below], weights[below])
            support += np.bincount(titles[enough], counted[enough], minlength=n_anime)
        support = np.sqrt(support / max(1.0, np.sqrt(query.liked_length)))
        return Strongest(first, second, short, support.astype(np.float32), against)

    def blended(
        self, query: Query, long: NDArray[np.float32], short: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """float32 (n_anime,): both models by how much they are trusted with a list of this length."""
        trust = self.trust_in_short(query)
        blend: NDArray[np.float32] = (1 - trust) * long + trust * short
        return blend

    def contributions(self, context: ScoringContext, anime_rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """See Contributor."""
        query = context.query
        short, weights = self.trust_in_short(query), evidence_weights(query)[:, None]
        parts = np.empty((len(query.anime_rows), len(anime_rows)), dtype=np.float32)
        for block in blocks(len(parts), TITLES_AT_ONCE):
            rows = query.anime_rows[block]
            long, short_term = (model[rows][:, anime_rows].toarray() for model in (self.long, self.short))
            parts[block] = weights[block] * ((1 - short) * long + short * short_term)
        return parts

    def trust_in_short(self, query: Query) -> np.float32:
        """0..1: near 1 for a title or two, near 0 for a long list; sooner where ratings tell more."""
        power = 4 if query.has_distinct_ratings else 2
        return np.float32(1.0 / (1.0 + (query.length / self.config.half_length) ** power))


def evidence_of_opinions(query: Query) -> NDArray[np.float32]:
    """float32 (n,): what the opinion on each title of the list says, whatever the title counts."""
    evidence: NDArray[np.float32] = EVIDENCE[query.ratings]
    if not (query.ratings >= LIKED_FROM).any():
        evidence = np.where(query.is_liked, np.float32(1.0), evidence)
    return np.where(query.is_abandoned, np.float32(ABANDONED_EVIDENCE), evidence)


def evidence_weights(query: Query) -> NDArray[np.float32]:
    """float32 (n,): what each title of the list says in all."""
    return evidence_of_opinions(query) * query.weights


def _training_columns(
    ratings: RatingsMatrix, titles: NDArray[np.int64], not_liked: float, list_power: float
) -> csc_array:
    """csc float32 (n_users, titles): 1 for a like, `not_liked` for the rest, long lists scaled down."""
    source = ratings if not_liked else ratings.only_liked
    values = np.where(source.data >= LIKED_FROM, np.float32(1.0), np.float32(not_liked))
    likes = np.maximum(np.diff(ratings.only_liked.indptr), 1)
    scale = ((likes / 40.0) ** -list_power).astype(np.float32)
    values *= np.repeat(scale, np.diff(source.indptr))
    shape = source.n_users, source.n_anime
    columns = csc_array(csr_array((values, source.indices, source.indptr), shape=shape))
    del values  # four bytes for every rating
    return columns[:, titles]


SPEC = ModelSpec(
    name="item-item",
    model=ItemItem,
    config=ItemItemConfig,
    algorithm=AlgorithmInfo(
        label="Goes with what you like",
        description="Titles that go with the ones you like; what goes with titles you disliked ranks lower.",
        similar=True,
    ),
)
