"""Features of a title for a query, from every other model: what the learned blends are trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from domain.ranges import LIKED_FROM, UNRATED
from recommender.data.arrays import ArrayReader, ArrayWriter
from recommender.data.training_data import TrainingData
from recommender.models.base import Models, ModelSpec, NoConfig, cached_on_context
from recommender.models.content_based import ContentBased
from recommender.models.context import ScoringContext
from recommender.models.item_item import ItemItem
from recommender.models.popularity import Popularity
from recommender.models.residuals import Residuals
from recommender.models.user_user import UserUser

Floats = NDArray[np.float32]

# in standard deviations among the titles that item-item knows
STANDARDIZED = ("item_item", "user_user", "content")
# predict whether the person likes a title, once watched
LIKE_FEATURES = (
    *("long_sum", "short_sum", "long_lukewarm", "short_lukewarm", "residual"),
    *("log_likes", "like_rate", "log_watchers"),
    *("log_liked", "log_not_liked", "person_like_rate", "strictness", "list_popularity"),
)
# evidence of bad titles, in standard deviations of item-item's scores; no network is trained on it
AGAINST = "against"
# predict whether a title is the next to be watched and liked
NAMES = (
    *STANDARDIZED,
    *LIKE_FEATURES,
    *("strongest", "neighbor_share", "content_cosine", "years_later", "years_after_newest"),
    "trust_in_short",
)
# a linear blend that is good to begin with: training starts from it, and draws its candidates by it
LINEAR_START = {"item_item": 1.0, "user_user": 0.3}


@dataclass(frozen=True, eq=False)
class Features:
    """Computes them for all titles at once. Nothing of its own is learned or saved.

    Attributes:
        log_likes, log_watchers: float32 (n_anime,), natural logarithms of 1 + counts.
    """

    item_item: ItemItem
    user_user: UserUser
    content: ContentBased
    residuals: Residuals
    log_likes: Floats
    log_watchers: Floats

    @classmethod
    def of(cls, models: Models) -> Features:
        popularity = models[Popularity]
        return cls(
            models[ItemItem],
            models[UserUser],
            models[ContentBased],
            models[Residuals],
            np.log1p(popularity.likes).astype(np.float32),
            np.log1p(popularity.watchers).astype(np.float32),
        )

    @classmethod
    def fit(cls, _data: TrainingData, models: Models, _config: NoConfig) -> Features:
        return cls.of(models)

    def save(self, writer: ArrayWriter) -> None:
        """Nothing: all of it follows from other models."""

    @classmethod
    def load(cls, _reader: ArrayReader, models: Models, _config: NoConfig) -> Features:
        return cls.of(models)

    def table(
        self, context: ScoringContext, names: Sequence[str], anime_rows: NDArray[np.int64] | None = None
    ) -> Floats:
        """float32 (len(names), titles): these features of titles, for this query.

        Args:
            anime_rows: int64, of the titles; default: every title.
        """
        values = {**self._of_title, **self._of_items(context), **self._of_residuals(context)}
        if not set(names) <= set(LIKE_FEATURES):  # the others take longer
            values |= {**self._of_neighbors(context), **self._of_content(context), **self._of_years(context)}
        n_titles = context.n_anime if anime_rows is None else len(anime_rows)
        table = np.empty((len(names), n_titles), dtype=np.float32)
        known = self.item_item.titles
        for row, name in enumerate(names):
            value = values[name]
            chosen = value[anime_rows] if isinstance(value, np.ndarray) and anime_rows is not None else value
            table[row] = chosen
            if name in STANDARDIZED:
                typical = np.asarray(value)[known]
                table[row] = (table[row] - typical.mean()) / (typical.std() + 1e-9) if len(known) else 0.0
            elif name == AGAINST:
                table[row] /= np.asarray(values["item_item"])[known].std() + 1e-9 if len(known) else 1.0
        return table

    @cached_property
    def _of_title(self) -> dict[str, Floats | float]:
        return {
            "log_likes": self.log_likes,
            "log_watchers": self.log_watchers,
            "like_rate": _log_odds(self.residuals.like_rates),
        }

    @cached_on_context
    def _of_items(self, context: ScoringContext) -> dict[str, Floats | float]:
        query, evidence = context.query, self.item_item.evidence(context)
        return {
            "item_item": self.item_item.blended(
                query, evidence.long + evidence.long_lukewarm, evidence.short + evidence.short_lukewarm
            ),
            "against": self.item_item.blended(query, evidence.long_bad, evidence.short_bad),
            "long_sum": evidence.long,
            "short_sum": evidence.short,
            "long_lukewarm": evidence.long_lukewarm,
            "short_lukewarm": evidence.short_lukewarm,
            "strongest": self.item_item.strongest(query),
            "trust_in_short": float(self.item_item.trust_in_short(query)),
        }

    @cached_on_context
    def _of_residuals(self, context: ScoringContext) -> dict[str, Floats | float]:
        query, expected = context.query, self.residuals.expect(context)
        liked = query.liked_rows
        not_liked = int(((query.ratings < LIKED_FROM) & (query.ratings != UNRATED)).sum())
        return {
            "residual": expected.residuals,
            "person_like_rate": float(_log_odds(np.float32(expected.like_rate))),
            "strictness": expected.strictness,
            "log_liked": float(np.log1p(len(liked))),
            "log_not_liked": float(np.log1p(not_liked)),
            "list_popularity": float(self.log_likes[liked].mean()) if len(liked) else 0.0,
        }

    @cached_on_context
    def _of_neighbors(self, context: ScoringContext) -> dict[str, Floats | float]:
        votes, weight = self.user_user.votes(context)
        return {
            "user_user": votes / self.user_user.damping,
            "neighbor_share": np.sqrt(votes / max(weight, 1e-9)),
        }

    @cached_on_context
    def _of_content(self, context: ScoringContext) -> dict[str, Floats | float]:
        similarities = self.content.similarities(context)
        return {"content": similarities * self.content.prior, "content_cosine": similarities}

    def _of_years(self, context: ScoringContext) -> dict[str, Floats | float]:
        every = context.catalog.years.astype(np.float32)
        dated = every > 0
        years = every[context.query.anime_rows]
        years = years[years > 0]
        later: Floats | float = np.where(dated, every - years.mean(), 0) if len(years) else 0.0
        after: Floats | float = (
            np.where(dated, np.clip(every - years.max(), -10, 10), 0) if len(years) else 0.0
        )
        return {"years_later": later, "years_after_newest": after}


def _log_odds(share: Floats | np.float32) -> Floats:
    clipped = np.clip(share, 0.01, 0.99)
    return np.asarray(np.log(clipped / (1 - clipped)), dtype=np.float32)


SPEC = ModelSpec(
    name="features",
    model=Features,
    config=NoConfig,
    requires=(Popularity, ContentBased, UserUser, ItemItem, Residuals),
)
