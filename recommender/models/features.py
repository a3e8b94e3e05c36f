"""Features of a title for a query, from every other model: what the learned blends are trained on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from domain.ranges import LIKED_FROM, UNRATED
from recommender.data.arrays import ArrayReader, ArrayWriter
from recommender.models.base import Floats, Models, ModelSpec, NoConfig
from recommender.models.co_likes import CoLikes
from recommender.models.content_based import ContentBased
from recommender.models.context import ScoringContext
from recommender.models.item_item import ItemItem
from recommender.models.popularity import Popularity
from recommender.models.residuals import Residuals
from recommender.models.themes import Themes
from recommender.models.training_data import TrainingData
from recommender.models.user_user import UserUser

# in standard deviations among the titles that item-item knows
STANDARDIZED = ("item_item", "user_user", "content")
# predict whether the person likes a title, once watched; a ranker of an earlier release reads only these
LIKE_FEATURES = (
    *("long_sum", "short_sum", "long_lukewarm", "short_lukewarm", "residual"),
    *("log_likes", "like_rate", "log_watchers"),
    *("log_liked", "log_not_liked", "person_like_rate", "strictness", "list_popularity"),
)
# evidence of bad titles, in standard deviations of item-item's scores; no network is trained on it
AGAINST = "against"
# predict whether a title is the next to be watched and liked; new ones come last: a network that was trained
# before reads those it knows
NAMES = (
    *STANDARDIZED,
    *LIKE_FEATURES,
    *("strongest", "neighbor_share", "content_cosine", "years_later", "years_after_newest"),
    "trust_in_short",
    *("second", "strongest_short", "support", "strongest_not_liked"),
    *("franchise_liked", "franchise_not_liked", "franchise_years", "later_part", "extra"),
    *("is_tv", "is_movie", "is_ova", "is_special", "genre_affinity", "genre_aversion"),
    *("lift_total", "lift_mean", "lift_highest", "lift_share"),
)
# a linear blend that is good to begin with: training starts from it, and candidates are drawn by it
LINEAR_START = {"item_item": 1.0, "user_user": 0.3}
KINDS = {  # feature -> types of titles, in lower case
    "is_tv": ("tv",),
    "is_movie": ("movie",),
    "is_ova": ("ova", "ona"),
    "is_special": ("special", "music"),
}
FURTHEST_YEARS = 10

Values = dict[str, Floats | float]  # of titles, float32 (n,) each, or one number for all of them


@dataclass(frozen=True, eq=False)
class Features:
    """Computes them for any titles at once. Nothing of its own is learned or saved.

    Attributes:
        log_likes, log_watchers: float32 (n_anime,), natural logarithms of 1 + counts.
    """

    item_item: ItemItem
    user_user: UserUser
    content: ContentBased
    residuals: Residuals
    co_likes: CoLikes
    themes: Themes
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
            models[CoLikes],
            models[Themes],
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

    def promise(self, context: ScoringContext) -> Floats:
        """float32 (titles that item-item knows,): `LINEAR_START`, which candidates are drawn by."""
        table = self.table(context, tuple(LINEAR_START), self.item_item.titles)
        promise: Floats = np.array([*LINEAR_START.values()], dtype=np.float32) @ table
        return promise

    def table(
        self, context: ScoringContext, names: Sequence[str], anime_rows: NDArray[np.int64] | None = None
    ) -> Floats:
        """float32 (len(names), titles): these features of titles, for this query.

        Args:
            anime_rows: int64, of the titles; default: every title.
        """
        rows = np.arange(context.n_anime) if anime_rows is None else anime_rows
        values = self._values(context, names, rows)
        table = np.empty((len(names), len(rows)), dtype=np.float32)
        for row, name in enumerate(names):
            table[row] = values[name]
            if name in STANDARDIZED:
                mean, deviation = self._typical(context, name)
                table[row] = (table[row] - mean) / (deviation + 1e-9)
            elif name == AGAINST:
                table[row] /= self._typical(context, "item_item")[1] + 1e-9
        return table

    def _typical(self, context: ScoringContext, name: str) -> tuple[np.float32, np.float32]:
        """(mean, standard deviation) of one of STANDARDIZED among the titles that item-item knows."""

        def work_out() -> tuple[np.float32, np.float32]:
            known = self.item_item.titles
            if not len(known):
                return np.float32(0), np.float32(1)
            values = self._values(context, (name,), known)[name]
            return np.mean(values), np.std(values)

        return context.cache.get((self, "typical", name), work_out)

    def _values(self, context: ScoringContext, names: Iterable[str], rows: NDArray[np.int64]) -> Values:
        """The groups of features that these names are of; the others cost nothing."""
        values: Values = {}
        for group in dict.fromkeys(GROUPS[name] for name in names):
            values |= group(self, context, rows)
        return values

    @cached_property
    def _log_odds_of_likes(self) -> Floats:
        return _log_odds(self.residuals.like_rates)

    def _of_title(self, _context: ScoringContext, rows: NDArray[np.int64]) -> Values:
        return {
            "log_likes": self.log_likes[rows],
            "log_watchers": self.log_watchers[rows],
            "like_rate": self._log_odds_of_likes[rows],
        }

    def _of_items(self, context: ScoringContext, rows: NDArray[np.int64]) -> Values:
        query, evidence = context.query, self.item_item.evidence(context)
        long, short, long_lukewarm, short_lukewarm, long_bad, short_bad = (part[rows] for part in evidence)
        return {
            "item_item": self.item_item.blended(query, long + long_lukewarm, short + short_lukewarm),
            AGAINST: self.item_item.blended(query, long_bad, short_bad),
            "long_sum": long,
            "short_sum": short,
            "long_lukewarm": long_lukewarm,
            "short_lukewarm": short_lukewarm,
            "trust_in_short": float(self.item_item.trust_in_short(query)),
        }

    def _of_strongest(self, context: ScoringContext, rows: NDArray[np.int64]) -> Values:
        strongest = self.item_item.strongest(context)
        return {
            "strongest": strongest.first[rows],
            "second": strongest.second[rows],
            "strongest_short": strongest.short[rows],
            "support": strongest.support[rows],
            "strongest_not_liked": strongest.not_liked[rows],
        }

    def _of_residuals(self, context: ScoringContext, rows: NDArray[np.int64]) -> Values:
        query, expected = context.query, self.residuals.expect(context)
        liked = query.liked_rows
        not_liked = float(query.weights[(query.ratings < LIKED_FROM) & (query.ratings != UNRATED)].sum())
        return {
            "residual": expected.residuals[rows],
            "person_like_rate": float(_log_odds(np.float32(expected.like_rate))),
            "strictness": expected.strictness,
            "log_liked": float(np.log1p(query.liked_length)),
            "log_not_liked": float(np.log1p(not_liked)),
            "list_popularity": (
                float(np.average(self.log_likes[liked], weights=query.liked_weights)) if len(liked) else 0.0
            ),
        }

    def _of_neighbors(self, context: ScoringContext, rows: NDArray[np.int64]) -> Values:
        votes, weight = self.user_user.votes(context)
        return {
            "user_user": votes[rows] / self.user_user.damping[rows],
            "neighbor_share": np.sqrt(votes[rows] / max(weight, 1e-9)),
        }

    def _of_content(self, context: ScoringContext, rows: NDArray[np.int64]) -> Values:
        similarities = self.content.similarities(context)[rows]
        return {"content": similarities * self.content.prior[rows], "content_cosine": similarities}

    def _of_years(self, context: ScoringContext, rows: NDArray[np.int64]) -> Values:
        listed = context.catalog.years[context.query.anime_rows].astype(np.float32)
        listed = listed[listed > 0]
        if not len(listed):
            return {"years_later": 0.0, "years_after_newest": 0.0}
        years = context.catalog.years[rows].astype(np.float32)
        after = np.clip(years - listed.max(), -FURTHEST_YEARS, FURTHEST_YEARS)
        return {
            "years_later": np.where(years > 0, years - listed.mean(), 0),
            "years_after_newest": np.where(years > 0, after, 0),
        }

    def _of_franchise(self, context: ScoringContext, rows: NDArray[np.int64]) -> Values:
        query, franchises, years = context.query, context.franchises, context.catalog.years
        of_list, of_rows = franchises.groups[query.anime_rows], franchises.groups[rows]
        liked, not_liked = (
            np.bincount(of_list[mask], minlength=context.n_anime)
            for mask in (query.is_liked, query.is_not_liked)
        )
        newest = np.zeros(context.n_anime, dtype=np.int64)
        np.maximum.at(newest, of_list[query.is_liked], years[query.liked_rows])
        after = np.clip(years[rows] - newest[of_rows], -FURTHEST_YEARS, FURTHEST_YEARS)
        after = np.where((newest[of_rows] > 0) & (years[rows] > 0), after, 0)
        return {
            "franchise_liked": np.log1p(liked[of_rows]).astype(np.float32),
            "franchise_not_liked": np.log1p(not_liked[of_rows]).astype(np.float32),
            "franchise_years": after.astype(np.float32),
            "later_part": franchises.is_later_part[rows].astype(np.float32),
            "extra": franchises.extras[rows].astype(np.float32),
        }

    def _of_kind(self, context: ScoringContext, rows: NDArray[np.int64]) -> Values:
        masks, none = context.catalog.type_masks, np.zeros(context.n_anime, dtype=bool)
        return {
            name: np.any([masks.get(kind, none)[rows] for kind in kinds], axis=0).astype(np.float32)
            for name, kinds in KINDS.items()
        }

    def _of_genres(self, context: ScoringContext, rows: NDArray[np.int64]) -> Values:
        affinities, tags = self.themes.affinities(context), self.themes.tags[rows].astype(np.float32)
        return {
            "genre_affinity": tags @ affinities / np.maximum(tags.sum(axis=1), 1),
            "genre_aversion": tags @ np.minimum(affinities, 0),
        }

    def _of_lifts(self, context: ScoringContext, rows: NDArray[np.int64]) -> Values:
        lifts = self.co_likes.of(context, rows)
        return {
            "lift_total": lifts.total,
            "lift_mean": lifts.mean,
            "lift_highest": lifts.highest,
            "lift_share": lifts.share,
        }


Group = Callable[[Features, ScoringContext, NDArray[np.int64]], Values]
# every feature -> the method that computes it together with others
GROUPS: Mapping[str, Group] = {
    name: group
    for group, names in (
        (Features._of_title, ("log_likes", "log_watchers", "like_rate")),
        (Features._of_items, ("item_item", AGAINST, "long_sum", "short_sum", "long_lukewarm")),
        (Features._of_items, ("short_lukewarm", "trust_in_short")),
        (Features._of_strongest, ("strongest", "second", "strongest_short", "support")),
        (Features._of_strongest, ("strongest_not_liked",)),
        (Features._of_residuals, ("residual", "person_like_rate", "strictness", "log_liked")),
        (Features._of_residuals, ("log_not_liked", "list_popularity")),
        (Features._of_neighbors, ("user_user", "neighbor_share")),
        (Features._of_content, ("content", "content_cosine")),
        (Features._of_years, ("years_later", "years_after_newest")),
        (Features._of_franchise, ("franchise_liked", "franchise_not_liked", "franchise_years")),
        (Features._of_franchise, ("later_part", "extra")),
        (Features._of_kind, tuple(KINDS)),
        (Features._of_genres, ("genre_affinity", "genre_aversion")),
        (Features._of_lifts, ("lift_total", "lift_mean", "lift_highest", "lift_share")),
    )
    for name in names
}


def _log_odds(share: Floats | np.float32) -> Floats:
    clipped = np.clip(share, 0.01, 0.99)
    return np.asarray(np.log(clipped / (1 - clipped)), dtype=np.float32)


SPEC = ModelSpec(
    name="features",
    model=Features,
    config=NoConfig,
    requires=(Popularity, ContentBased, UserUser, ItemItem, Residuals, CoLikes, Themes),
)
