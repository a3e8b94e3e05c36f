"""Themes: what the titles of a list have in common far more often than chance would have it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.data.arrays import ArrayReader, ArrayWriter
from recommender.models.base import Models, ModelSpec, cached_on_context
from recommender.models.context import ScoringContext
from recommender.models.popularity import Popularity
from recommender.models.training_data import TrainingData

LN_10 = float(np.log(10))
PRIOR_TITLES, PRIOR_SHARE = 2.0, 0.2  # of an affinity: titles as everybody likes them, and of any tag


@dataclass(frozen=True)
class ThemesConfig:
    """Chosen on lists of five titles of one theme, and on those of ordinary people; see docs/benchmarks."""

    doubtful: float = 3.0  # a tag counts from where chance would be a matter of 10^-this, …
    certain: float = 5.5  # … and in full from 10^-this
    titles: int = 2  # at least so many of the list have it
    half_length: float = 10.0  # a list of so many liked titles trusts its themes by half


@dataclass(frozen=True, eq=False)
class Themes:
    """Tags of titles, today their genres, and how often a like is of a title with each.

    Attributes:
        tags: uint8 (n_anime, n_tags), 1 where a title has a tag; tags in the order of their names.
        shares: float32 (n_tags,), 0..1, of all likes.
    """

    config: ThemesConfig
    tags: NDArray[np.uint8]
    shares: NDArray[np.float32]

    @classmethod
    def fit(cls, data: TrainingData, models: Models, config: ThemesConfig) -> Themes:
        likes = models[Popularity].likes
        tags = data.catalog.genre_matrix.astype(np.uint8)
        shares = (likes @ tags) / max(int(likes.sum()), 1)
        return cls(config, tags, shares.astype(np.float32))

    def save(self, writer: ArrayWriter) -> None:
        writer.array("tags", self.tags)
        writer.array("shares", self.shares)

    @classmethod
    def load(cls, reader: ArrayReader, _models: Models, config: ThemesConfig) -> Themes:
        tags = reader.array("tags", np.uint8, (reader.n_anime, None), within=(0, 1))
        return cls(config, tags, reader.array("shares", np.float32, (tags.shape[1],), within=(0, 1)))

    @cached_on_context
    def counts(self, context: ScoringContext) -> NDArray[np.int64]:
        """int64 (n_tags,): how many of the liked titles have each tag."""
        counts: NDArray[np.int64] = self.tags[context.query.liked_rows].sum(axis=0, dtype=np.int64)
        return counts

    @cached_on_context
    def _weighted_counts(self, context: ScoringContext) -> NDArray[np.float64]:
        """float64 (n_tags,): the same, each liked title by what it counts."""
        query = context.query
        counts: NDArray[np.float64] = query.liked_weights.astype(np.float64) @ self.tags[query.liked_rows]
        return counts

    @cached_on_context
    def affinities(self, context: ScoringContext) -> NDArray[np.float32]:
        """float32 (n_tags,): log of how often the list has each tag, against all likes."""
        counts, total = self._weighted_counts(context), context.query.liked_length
        found = counts + PRIOR_TITLES * self.shares + PRIOR_SHARE
        expected = (total + PRIOR_TITLES) * np.maximum(self.shares, 1e-3) + PRIOR_SHARE
        affinities: NDArray[np.float32] = np.log(found / expected).astype(np.float32)
        return affinities

    @cached_on_context
    def strengths(self, context: ScoringContext) -> NDArray[np.float32]:
        """float32 (n_tags,), 0 or more: how much each tag is a theme of the list.

        How improbable the number of titles with it is, by the Chernoff bound on the tail of a binomial
        distribution, times how rare the tag is; less for long lists, which are about many things.
        """
        config, counts = self.config, self._weighted_counts(context)
        total = context.query.liked_length
        expected = np.clip(self.shares.astype(np.float64), 1e-6, 1 - 1e-6)
        share = counts / max(total, 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            divergence = share * np.log(share / expected)
            rest = (1 - share) * np.log((1 - share) / (1 - expected))
        divergence += np.where(share < 1, rest, 0)
        improbable = total * divergence / LN_10
        certainty = np.clip((improbable - config.doubtful) / (config.certain - config.doubtful), 0, 1)
        certainty[(counts < config.titles) | (share <= expected)] = 0
        trust = 1 / (1 + (total / config.half_length) ** 2)
        return (trust * certainty * -np.log(expected)).astype(np.float32)

    @cached_on_context
    def scores(self, context: ScoringContext) -> NDArray[np.float32]:
        """float32 (n_anime,), 0 or more: the strength of the strongest theme of each title."""
        strengths = self.strengths(context)
        themes = np.flatnonzero(strengths)
        if not len(themes):
            return np.zeros(len(self.tags), dtype=np.float32)
        strongest: NDArray[np.float32] = (self.tags[:, themes] * strengths[themes]).max(axis=1)
        return strongest

    def contributions(self, context: ScoringContext, anime_rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """See Contributor: a theme is of all liked titles that have its tag, to equal parts."""
        query, strongest = context.query, self.strongest(context, anime_rows)
        has = self.tags[query.anime_rows][:, np.maximum(strongest, 0)]
        weights = (query.is_liked * query.weights)[:, None]
        parts: NDArray[np.float32] = has * weights * self.scores(context)[anime_rows]
        parts /= np.maximum(self._weighted_counts(context)[strongest], 1)
        return parts

    def strongest(self, context: ScoringContext, anime_rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """int64 (len(anime_rows),): the tag of each title that is the strongest theme of the list, or -1."""
        strengths = self.strengths(context)
        of_titles = self.tags[anime_rows] * strengths
        return np.where(of_titles.any(axis=1), of_titles.argmax(axis=1), -1)


SPEC = ModelSpec(name="themes", model=Themes, config=ThemesConfig, requires=(Popularity,), derived=True)
