"""What the learned models go by: numbers for each title, given a list, from every other algorithm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.ratings import LIKED_FROM, UNRATED
from recommender.data.catalog import Catalog
from recommender.data.query import Query, remembered
from recommender.models.content_based import ContentBased
from recommender.models.item_item import ItemItem
from recommender.models.popularity import Popularity
from recommender.models.residuals import Residuals
from recommender.models.user_user import UserUser

Floats = NDArray[np.float32]

# how far a title stands out among those that item-item knows, in standard deviations
STANDARDIZED = ("item_item", "user_user", "content")
# how it pleases, should it be watched
TASTE = (
    *("long_sum", "short_sum", "long_lukewarm", "short_lukewarm", "residual"),
    *("log_likes", "like_rate", "log_watchers"),
    *("log_liked", "log_not_liked", "person_like_rate", "strictness", "fame"),
)
# what the bad titles of the list say, in standard deviations of item-item's scores; not taught to a network
AGAINST = "against"
# whether it is the next to be watched and liked
NAMES = (
    *STANDARDIZED,
    *TASTE,
    *("strongest", "neighbors_share", "content_cosine", "years_later", "years_after_newest"),
    "trust_in_short",
)


@dataclass(frozen=True, eq=False)
class Features:
    """Computes them for all titles at once.

    Attributes:
        years: float32 (n_anime,), first aired, 0 where unknown.
        log_likes, log_watchers: float32 (n_anime,), natural logarithms of 1 + counts.
    """

    item_item: ItemItem
    user_user: UserUser
    content: ContentBased
    residuals: Residuals
    years: Floats
    log_likes: Floats
    log_watchers: Floats

    @classmethod
    def of(
        cls,
        item_item: ItemItem,
        user_user: UserUser,
        content: ContentBased,
        residuals: Residuals,
        popularity: Popularity,
        catalog: Catalog,
    ) -> Features:
        return cls(
            item_item,
            user_user,
            content,
            residuals,
            catalog.years.astype(np.float32),
            np.log1p(popularity.likes).astype(np.float32),
            np.log1p(popularity.watchers).astype(np.float32),
        )

    def table(self, query: Query, names: Sequence[str]) -> Floats:
        """float32 (len(names), n_anime): these features of every title, for this list."""
        values = {**self._of_title(), **self._of_items(query), **self._of_residuals(query)}
        if not set(names) <= set(TASTE):  # the others take longer
            values |= {**self._of_people(query), **self._of_content(query), **self._of_years(query)}
        table = np.empty((len(names), len(self.years)), dtype=np.float32)
        known = self.item_item.titles
        for row, name in enumerate(names):
            table[row] = values[name]
            if name in STANDARDIZED:
                typical = table[row, known]
                table[row] = (table[row] - typical.mean()) / (typical.std() + 1e-9) if len(known) else 0.0
            elif name == AGAINST:
                table[row] /= np.asarray(values["item_item"])[known].std() + 1e-9 if len(known) else 1.0
        return table

    def _of_title(self) -> dict[str, Floats | float]:
        return {
            "log_likes": self.log_likes,
            "log_watchers": self.log_watchers,
            "like_rate": _log_odds(self.residuals.like_rates),
        }

    @remembered
    def _of_items(self, query: Query) -> dict[str, Floats | float]:
        evidence = self.item_item.evidence(query)
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

    @remembered
    def _of_residuals(self, query: Query) -> dict[str, Floats | float]:
        liked = query.liked_rows
        expected = self.residuals.expect(query)
        not_liked = int(((query.ratings < LIKED_FROM) & (query.ratings != UNRATED)).sum())
        return {
            "residual": expected.residuals,
            "person_like_rate": float(_log_odds(np.float32(expected.like_rate))),
            "strictness": expected.strictness,
            "log_liked": float(np.log1p(len(liked))),
            "log_not_liked": float(np.log1p(not_liked)),
            "fame": float(self.log_likes[liked].mean()) if len(liked) else 0.0,
        }

    @remembered
    def _of_people(self, query: Query) -> dict[str, Floats | float]:
        votes, weight = self.user_user.votes(query)
        return {
            "user_user": votes / self.user_user.damping,
            "neighbors_share": np.sqrt(votes / max(weight, 1e-9)),
        }

    @remembered
    def _of_content(self, query: Query) -> dict[str, Floats | float]:
        similarities = self.content.similarities(query)
        return {"content": similarities * self.content.prior, "content_cosine": similarities}

    def _of_years(self, query: Query) -> dict[str, Floats | float]:
        years = self.years[query.anime_rows]
        years, dated = years[years > 0], self.years > 0
        later: Floats | float = np.where(dated, self.years - years.mean(), 0) if len(years) else 0.0
        after: Floats | float = (
            np.where(dated, np.clip(self.years - years.max(), -10, 10), 0) if len(years) else 0.0
        )
        return {"years_later": later, "years_after_newest": after}


def _log_odds(share: Floats | np.float32) -> Floats:
    clipped = np.clip(share, 0.01, 0.99)
    return np.asarray(np.log(clipped / (1 - clipped)), dtype=np.float32)
