"""Specificity: what a list is about, so that titles like it come before titles that everybody likes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.data.arrays import ArrayReader, ArrayWriter
from recommender.models.base import Contributor, Models, ModelSpec, cached_on_context
from recommender.models.context import ScoringContext
from recommender.models.themes import Themes
from recommender.models.title_similarity import TitleSimilarity
from recommender.models.training_data import TrainingData


@dataclass(frozen=True)
class SpecificityConfig:
    """Chosen so that pages are about what lists are about at little cost in accuracy; see docs/benchmarks."""

    theme: float = 0.95  # weight of the strength of a title's theme
    similarity: float = 1.2  # weight of the log of its similarity, times the coherence of the list, …
    half_length: float = 30.0  # … and half for lists of so many liked titles
    least: float = 0.03  # similarity against that of the best title; less counts as this; > 0

    def __post_init__(self) -> None:
        if not self.least > 0:
            raise ValueError(f"least must be above 0, not {self.least}")


@dataclass(frozen=True, eq=False)
class Specificity:
    """Logarithms of factors for the odds of a blend. Nothing of its own is learned or saved."""

    config: SpecificityConfig
    similarity: TitleSimilarity
    themes: Themes

    @classmethod
    def fit(cls, _data: TrainingData, models: Models, config: SpecificityConfig) -> Specificity:
        return cls(config, models[TitleSimilarity], models[Themes])

    def save(self, writer: ArrayWriter) -> None:
        """Nothing: all of it follows from other models."""

    @classmethod
    def load(cls, _reader: ArrayReader, models: Models, config: SpecificityConfig) -> Specificity:
        return cls(config, models[TitleSimilarity], models[Themes])

    @cached_on_context
    def scores(self, context: ScoringContext) -> NDArray[np.float32]:
        """float32 (n_anime,), 0 or more: what the list's themes and its similar titles add. See Scorer."""
        of_similarity, of_themes = self._parts(context)
        return of_similarity + of_themes

    def closeness(self, context: ScoringContext) -> NDArray[np.float32]:
        """float32 (n_anime,), 0 or more: the log of a title's similarity, above the least that counts."""
        least = np.float32(np.log(self.config.least))
        closeness: NDArray[np.float32] = np.clip(self.similarity.log_relative(context), least, 0) - least
        return closeness

    def contributions(self, context: ScoringContext, anime_rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """float32 (titles of the list, len(anime_rows)): the logarithms, divided among the list."""
        total = np.zeros((len(context.query.anime_rows), len(anime_rows)), dtype=np.float32)
        sources: tuple[Contributor, ...] = (self.similarity, self.themes)
        for source, part in zip(sources, self._parts(context), strict=True):
            of_list = source.contributions(context, anime_rows)
            total += of_list / np.maximum(of_list.sum(axis=0), 1e-9) * part[anime_rows]
        return total

    @cached_on_context
    def _parts(self, context: ScoringContext) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """By similarity, and by theme."""
        config, length = self.config, context.query.liked_length
        weight = config.similarity * self.similarity.coherence(context)
        weight /= 1 + (length / config.half_length) ** 2
        of_themes = np.float32(config.theme) * self.themes.scores(context)
        return np.float32(weight) * self.closeness(context), of_themes


SPEC = ModelSpec(
    name="specificity",
    model=Specificity,
    config=SpecificityConfig,
    requires=(TitleSimilarity, Themes),
    derived=True,
)
