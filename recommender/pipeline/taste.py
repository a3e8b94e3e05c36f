"""A summary of a list against what everybody watches, and against the ratings everybody gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from domain.ranges import RATINGS, UNRATED
from domain.titles import NSFW_GENRES
from recommender.data.catalog import Catalog
from recommender.data.query import Query
from recommender.models.popularity import Popularity

MIN_RATERS = 20  # raters behind a mean that a rating is compared with
MIN_GAP = 0.5  # between a rating and such a mean, to be named
MAX_APART = 5  # titles that are named, each way


@dataclass(frozen=True)
class Part:
    """The titles of a list that have something in common; means are None where nothing was rated.

    Attributes:
        share: of all titles of the list.
        others_share: of all that people have watched, each title as often as it was watched.
        mean_rating: of the ratings given.
        others_mean_rating: of people's mean ratings of the same titles.
    """

    titles: int
    share: float
    others_share: float
    mean_rating: float | None
    others_mean_rating: float | None


@dataclass(frozen=True)
class Apart:
    """A title that somebody rates otherwise than people do."""

    anime_row: int
    rating: int
    others_mean_rating: float


@dataclass(frozen=True)
class Taste:
    """A list, summed up.

    Attributes:
        whole: all of it.
        rated: how many titles have a rating.
        histogram: how many have 1, 2, … 10.
        genres, types: what is in the list, most titles first.
        decades: by the year first aired, in their order; titles of an unknown year are in none.
        higher, lower: where the rating is furthest above and below the mean of `MIN_RATERS` people or more.
    """

    whole: Part
    rated: int
    histogram: tuple[int, ...]
    genres: tuple[tuple[str, Part], ...]
    decades: tuple[tuple[int, Part], ...]
    types: tuple[tuple[str, Part], ...]
    higher: tuple[Apart, ...]
    lower: tuple[Apart, ...]


def taste_of(query: Query, catalog: Catalog, popularity: Popularity, *, nsfw: bool) -> Taste:
    """Sum up a list.

    Args:
        query: the titles; only ratings that were given, UNRATED for the others.
        nsfw: whether adult genres and titles are named; the sums are over the whole list either way.
    """
    summary = _Summary(query, popularity)
    genres = {name: mask for name, mask in catalog.of_genres().items() if nsfw or name not in NSFW_GENRES}
    years = catalog.years[query.anime_rows]
    decades = {decade: catalog.years // 10 * 10 == decade for decade in np.unique(years // 10 * 10).tolist()}
    decades.pop(0, None)  # unknown
    named = np.ones(len(catalog), dtype=bool) if nsfw else ~catalog.nsfw
    higher, lower = _apart(query, popularity, named)
    return Taste(
        whole=summary.part(np.ones(len(catalog), dtype=bool)),
        rated=int((query.ratings != UNRATED).sum()),
        histogram=tuple(np.bincount(query.ratings, minlength=11)[RATINGS].tolist()),
        genres=summary.parts(genres),
        decades=tuple((decade, summary.part(mask)) for decade, mask in decades.items()),
        types=summary.parts(catalog.of_types()),
        higher=higher,
        lower=lower,
    )


class _Summary:
    """Sums up parts of one list."""

    def __init__(self, query: Query, popularity: Popularity) -> None:
        self._rows, self._ratings = query.anime_rows, query.ratings
        self._watchers = popularity.watchers
        self._means = popularity.plain_means[query.anime_rows]

    def parts(self, masks: dict[str, NDArray[np.bool_]]) -> tuple[tuple[str, Part], ...]:
        """(name, part) of those that have a title in the list, most titles first."""
        found = [(name, self.part(mask)) for name, mask in masks.items() if mask[self._rows].any()]
        return tuple(sorted(found, key=lambda named: (-named[1].titles, named[0])))

    def part(self, mask: NDArray[np.bool_]) -> Part:
        """Of the titles in the mask, bool (n_anime,)."""
        inside = mask[self._rows]
        rated = inside & (self._ratings != UNRATED)
        return Part(
            titles=int(inside.sum()),
            share=float(inside.sum() / max(len(self._rows), 1)),
            others_share=float(self._watchers[mask].sum() / max(self._watchers.sum(), 1)),
            mean_rating=_mean(self._ratings[rated]),
            others_mean_rating=_mean(self._means[rated & ~np.isnan(self._means)]),
        )


def _mean(values: NDArray[Any]) -> float | None:
    return float(values.mean()) if len(values) else None


def _apart(
    query: Query, popularity: Popularity, named: NDArray[np.bool_]
) -> tuple[tuple[Apart, ...], tuple[Apart, ...]]:
    """(higher, lower): see Taste."""
    compared = query.ratings != UNRATED
    compared &= named[query.anime_rows] & (popularity.raters[query.anime_rows] >= MIN_RATERS)
    rows, ratings = query.anime_rows[compared], query.ratings[compared]
    means = popularity.plain_means[rows]
    gaps = ratings - means

    def furthest(sign: int) -> tuple[Apart, ...]:
        order = np.argsort(-sign * gaps, kind="stable")[:MAX_APART]
        order = order[sign * gaps[order] >= MIN_GAP]
        return tuple(Apart(int(rows[i]), int(ratings[i]), float(means[i])) for i in order.tolist())

    return furthest(1), furthest(-1)
