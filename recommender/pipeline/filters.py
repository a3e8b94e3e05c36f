"""Filters: which titles may be recommended, as masks over the catalog.

A filter is one field of `Filters`. Its mask, the schema and documentation of the API, and the control in the
web app all follow from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process

from domain.titles import AGE_RATINGS, AIRING_STATUSES, Season
from recommender.data.catalog import Catalog

Mask = NDArray[np.bool_]
Control = Literal["choice", "multichoice", "number", "year", "switch", "none"]
MAX_CHOICES = 100  # of a form; a catalog has thousands of studios
_NAMED, _NEAREST = 60, 5  # known names that a message has: all up to 60, else the nearest


class UnknownFilterValueError(ValueError):
    """A filter names something that no title has, such as a genre or a studio."""

    def __init__(self, field: str, value: str, known: Sequence[str]) -> None:
        if len(known) <= _NAMED:
            advice = f"known are {', '.join(sorted(known))}" if known else "no title here has one"
        else:
            nearest = [name for name, *_ in process.extract(value, known, limit=_NEAREST)]
            advice = f"of {len(known):,} known, the nearest are {', '.join(nearest)}"
        super().__init__(f"{field}: {value!r} is not known; {advice}")
        self.field, self.value = field, value


@dataclass(frozen=True, kw_only=True)
class FilterSpec:
    """The declaration of one filter.

    Attributes:
        mask: (catalog, value) -> bool (n_anime,), the titles that meet it; None where the value excludes
            nothing. Raises UnknownFilterValueError.
        label: a word or two, for a person.
        description: for the documentation.
        control: of the web app; "none" where it has none.
        choices: catalog -> the values there are, or the most frequent `MAX_CHOICES` of them.
        ordered: whether the choices have an order of their own; else those of most titles are first.
        minimum, maximum, step: of a number.
    """

    mask: Callable[[Catalog, Any], Mask | None]
    label: str
    description: str
    control: Control
    choices: Callable[[Catalog], list[str]] | None = None
    ordered: bool = False
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None


def _filter(default: Any, mask: Callable[[Catalog, Any], Mask | None], **facts: Any) -> Any:
    return field(default=default, metadata={"spec": FilterSpec(mask=mask, **facts)})


def _keys(kind: str, catalog: Catalog, names: Sequence[str], field: str | None = None) -> list[str]:
    """The names in lower case; raises UnknownFilterValueError."""
    known = catalog.labels[kind].names
    keys = [name.strip().lower() for name in names]
    for name, key in zip(names, keys, strict=True):
        if key not in known:
            raise UnknownFilterValueError(field or kind, name, list(known.values()))
    return keys


def _any_of(kind: str) -> Callable[[Catalog, tuple[str, ...]], Mask | None]:
    """The mask of the titles that have any of the names of one kind."""
    return lambda catalog, names: catalog.labels[kind].mask(_keys(kind, catalog, names)) if names else None


def _genres(catalog: Catalog, genres: tuple[str, ...]) -> Mask | None:
    keys = _keys("genres", catalog, genres)
    return np.all([catalog.genre_masks[key] for key in keys], axis=0) if keys else None


def _genres_exclude(catalog: Catalog, genres: tuple[str, ...]) -> Mask | None:
    keys = _keys("genres", catalog, genres, "genres_exclude")
    return ~catalog.labels["genres"].mask(keys) if keys else None


def _seasons(catalog: Catalog, names: tuple[str, ...]) -> Mask | None:
    """Of a season without titles, too: there may be some tomorrow."""
    numbers = []
    for name in names:
        season = Season.parse(name)
        if season is None:
            raise UnknownFilterValueError("seasons", name, _season_names(catalog))
        numbers.append(season.number)
    return np.isin(catalog.seasons, numbers) if names else None


def _names(kind: str) -> Callable[[Catalog], list[str]]:
    """The choices of one kind, those of most titles first."""
    return lambda catalog: catalog.labels[kind].by_titles[:MAX_CHOICES]


def _in_order(kind: str, order: Sequence[str]) -> Callable[[Catalog], list[str]]:
    """The choices of one kind in an order of their own."""
    return lambda catalog: [name for name in order if name.lower() in catalog.labels[kind].rows]


def _season_names(catalog: Catalog) -> list[str]:
    numbers = np.unique(catalog.seasons)[::-1].tolist()
    return [str(Season.numbered(number)) for number in numbers if number]


@dataclass(frozen=True)
class Filters:
    """Conditions that every recommended title meets. Names are compared without regard to case."""

    types: tuple[str, ...] = _filter(
        (),
        _any_of("types"),
        label="Type",
        description="one of these: TV, Movie, OVA, ONA, Special, Music",
        control="multichoice",
        choices=_names("types"),
    )
    genres: tuple[str, ...] = _filter(
        (),
        _genres,
        label="Genres",
        description="all of these",
        control="multichoice",
        choices=_names("genres"),
    )
    genres_exclude: tuple[str, ...] = _filter(
        (),
        _genres_exclude,
        label="Excluded genres",
        description="none of these",
        control="multichoice",
        choices=_names("genres"),
    )
    min_members: int = _filter(
        0,
        lambda catalog, members: catalog.members >= members if members > 0 else None,
        label="Members",
        description="list members on MyAnimeList",
        control="none",
        minimum=0,
        maximum=10**9,
        step=1,
    )
    min_mal_score: float = _filter(
        0.0,
        lambda catalog, score: catalog.mean_scores >= score if score > 0 else None,
        label="Minimum MyAnimeList score",
        description="mean rating on MyAnimeList; titles without one fail any minimum",
        control="number",
        minimum=0,
        maximum=10,
        step=0.5,
    )
    year_from: int | None = _filter(
        None,
        lambda catalog, year: None if year is None else catalog.years >= max(year, 1),  # 0: unknown
        label="Aired since",
        description="first aired, earliest",
        control="year",
        minimum=1900,
        maximum=2200,
        step=1,
    )
    year_to: int | None = _filter(
        None,
        lambda catalog, year: None if year is None else (catalog.years >= 1) & (catalog.years <= year),
        label="Aired until",
        description="first aired, latest",
        control="year",
        minimum=1900,
        maximum=2200,
        step=1,
    )
    seasons: tuple[str, ...] = _filter(
        (),
        _seasons,
        label="Season",
        description="began to air in one of these, such as Spring 2013",
        control="multichoice",
        choices=_season_names,
        ordered=True,
    )
    statuses: tuple[str, ...] = _filter(
        (),
        _any_of("statuses"),
        label="Airing status",
        description="one of these: finished, airing, upcoming",
        control="multichoice",
        choices=_in_order("statuses", AIRING_STATUSES),
        ordered=True,
    )
    max_minutes: int | None = _filter(
        None,
        lambda catalog, most: None if most is None else (catalog.minutes >= 1) & (catalog.minutes <= most),
        label="Minutes per episode, at most",
        description="length of an episode, or of a movie; titles of unknown length fail any maximum",
        control="number",
        minimum=1,
        maximum=1_000,
        step=1,
    )
    age_ratings: tuple[str, ...] = _filter(
        (),
        _any_of("age_ratings"),
        label="Age rating",
        description="one of these: G, PG, PG-13, R, R+, Rx; in a query, `R+` is written `R%2B`",
        control="multichoice",
        choices=_in_order("age_ratings", AGE_RATINGS),
        ordered=True,
    )
    sources: tuple[str, ...] = _filter(
        (),
        _any_of("sources"),
        label="Source",
        description="adapted from one of these, such as Manga or Original",
        control="multichoice",
        choices=_names("sources"),
    )
    studios: tuple[str, ...] = _filter(
        (),
        _any_of("studios"),
        label="Studios",
        description="made by any of these",
        control="multichoice",
        choices=_names("studios"),
    )
    services: tuple[str, ...] = _filter(
        (),
        _any_of("services"),
        label="Where to watch",
        description="on any of these services, somewhere",
        control="multichoice",
        choices=_names("services"),
    )
    nsfw: bool = _filter(
        False,
        lambda catalog, shown: None if shown else ~catalog.nsfw,
        label="Adult titles",
        description="whether adult titles may appear",
        control="switch",
    )

    def masks(self, catalog: Catalog) -> dict[str, Mask]:
        """For each filter in force, bool (n_anime,): the titles that meet it.

        Raises:
            UnknownFilterValueError: a name that no title of the catalog has.
        """
        masks = {name: spec.mask(catalog, getattr(self, name)) for name, spec in FILTERS.items()}
        return {name: mask for name, mask in masks.items() if mask is not None}

    def allowed(self, catalog: Catalog) -> Mask:
        """bool (n_anime,): the titles that meet every condition."""
        allowed = np.ones(len(catalog), dtype=bool)
        for mask in self.masks(catalog).values():
            allowed &= mask
        return allowed


FILTERS: Mapping[str, FilterSpec] = {f.name: f.metadata["spec"] for f in fields(Filters)}
