"""Features of a title for a query, from every other model: what the learned blends are trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from domain.ranges import LIKED_FROM, UNRATED
from recommender.data.arrays import ArrayReader, ArrayWriter
from recommender.data.training_data import TrainingData
from recommender.models.base import Floats, Models, ModelSpec, NoConfig
from recommender.models.content_based import ContentBased
from recommender.models.context import ScoringContext
from recommender.models.item_item import ItemItem
from recommender.models.popularity import Popularity
from recommender.models.residuals import Residuals
from recommender.models.user_user import UserUser

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
        rows = np.arange(context.n_anime) if anime_rows is None else anime_rows
        values, known = self._values(context, names, rows), self.item_item.titles
        of_known = values if rows is known and values.keys() >= {*STANDARDIZED} else None
        table = np.empty((len(names), len(rows)), dtype=np.float32)
        for row, name in enumerate(names):
            table[row] = values[name]
            if name in STANDARDIZED:
                mean, deviation = self._typical(context, of_known)[name]
                table[row] = (table[row] - mean) / (deviation + 1e-9) if len(known) else 0.0
            elif name == AGAINST:
                _, deviation = self._typical(context, of_known)["item_item"]
                table[row] /= deviation + 1e-9 if len(known) else 1.0
        return table

    def _typical(
        self, context: ScoringContext, values: Mapping[str, Floats | float] | None
    ) -> Mapping[str, tuple[np.float32, np.float32]]:
        """The mean and the standard deviation of the STANDARDIZED among the titles that item-item knows.

        Args:
            values: of these titles, where they are worked out already.
        """

        def work_out() -> Mapping[str, tuple[np.float32, np.float32]]:
            known = self.item_item.titles
            of_known = self._values(context, STANDARDIZED, known) if values is None else values
            empty = (np.float32(0), np.float32(1))
            return {
                name: (np.mean(of_known[name]), np.std(of_known[name])) if len(known) else empty
                for name in STANDARDIZED
            }

        return context.cache.get((self, "typical"), work_out)

    def _values(
        self, context: ScoringContext, names: Sequence[str], rows: NDArray[np.int64]
    ) -> dict[str, Floats | float]:
        """float32 (len(rows),) each, or one number for all titles; the costly ones only where asked for."""
        values = {
            **self._of_title(rows),
            **self._of_items(context, rows),
            **self._of_residuals(context, rows),
        }
        if not set(names) <= set(LIKE_FEATURES):
            values |= self._of_neighbors(context, rows)
            values |= {**self._of_content(context, rows), **self._of_years(context, rows)}
        return values

    @cached_property
    def _log_odds_of_likes(self) -> Floats:
        return _log_odds(self.residuals.like_rates)

    def _of_title(self, rows: NDArray[np.int64]) -> dict[str, Floats | float]:
        return {
            "log_likes": self.log_likes[rows],
            "log_watchers": self.log_watchers[rows],
            "like_rate": self._log_odds_of_likes[rows],
        }

    def _of_items(self, context: ScoringContext, rows: NDArray[np.int64]) -> dict[str, Floats | float]:
        query, evidence = context.query, self.item_item.evidence(context)
        long, short, long_lukewarm, short_lukewarm, long_bad, short_bad = (part[rows] for part in evidence)
        return {
            "item_item": self.item_item.blended(query, long + long_lukewarm, short + short_lukewarm),
            AGAINST: self.item_item.blended(query, long_bad, short_bad),
            "long_sum": long,
            "short_sum": short,
            "long_lukewarm": long_lukewarm,
            "short_lukewarm": short_lukewarm,
            "strongest": self.item_item.strongest(context)[rows],
            "trust_in_short": float(self.item_item.trust_in_short(query)),
        }

    def _of_residuals(self, context: ScoringContext, rows: NDArray[np.int64]) -> dict[str, Floats | float]:
        query, expected = context.query, self.residuals.expect(context)
        liked = query.liked_rows
        not_liked = int(((query.ratings < LIKED_FROM) & (query.ratings != UNRATED)).sum())
        return {
            "residual": expected.residuals[rows],
            "person_like_rate": float(_log_odds(np.float32(expected.like_rate))),
            "strictness": expected.strictness,
            "log_liked": float(np.log1p(len(liked))),
            "log_not_liked": float(np.log1p(not_liked)),
            "list_popularity": float(self.log_likes[liked].mean()) if len(liked) else 0.0,
        }

    def _of_neighbors(self, context: ScoringContext, rows: NDArray[np.int64]) -> dict[str, Floats | float]:
        votes, weight = self.user_user.votes(context)
        return {
            "user_user": votes[rows] / self.user_user.damping[rows],
            "neighbor_share": np.sqrt(votes[rows] / max(weight, 1e-9)),
        }

    def _of_content(self, context: ScoringContext, rows: NDArray[np.int64]) -> dict[str, Floats | float]:
        similarities = self.content.similarities(context)[rows]
        return {"content": similarities * self.content.prior[rows], "content_cosine": similarities}

    def _of_years(self, context: ScoringContext, rows: NDArray[np.int64]) -> dict[str, Floats | float]:
        listed = context.catalog.years[context.query.anime_rows].astype(np.float32)
        listed = listed[listed > 0]
        if not len(listed):
            return {"years_later": 0.0, "years_after_newest": 0.0}
        years = context.catalog.years[rows].astype(np.float32)
        dated = years > 0
        return {
            "years_later": np.where(dated, years - listed.mean(), 0),
            "years_after_newest": np.where(dated, np.clip(years - listed.max(), -10, 10), 0),
        }


def _log_odds(share: Floats | np.float32) -> Floats:
    clipped = np.clip(share, 0.01, 0.99)
    return np.asarray(np.log(clipped / (1 - clipped)), dtype=np.float32)


SPEC = ModelSpec(
    name="features",
    model=Features,
    config=NoConfig,
    requires=(Popularity, ContentBased, UserUser, ItemItem, Residuals),
)
