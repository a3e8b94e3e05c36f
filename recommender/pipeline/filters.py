"""Filters: which titles may be recommended, as masks over the catalog.

A filter is one field of `Filters`. Its mask, the schema and documentation of the API, and the control in the
web app all follow from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from recommender.data.catalog import Catalog

Mask = NDArray[np.bool_]
Control = Literal["choice", "multichoice", "number", "year", "switch", "none"]


class UnknownFilterValueError(ValueError):
    """A filter names a genre or a type that no title has."""

    def __init__(self, field: str, value: str, known: list[str]) -> None:
        super().__init__(f"{field}: {value!r} is not known; known are {', '.join(known)}")
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
        choices: catalog -> the values there are.
        minimum, maximum, step: of a number.
    """

    mask: Callable[[Catalog, Any], Mask | None]
    label: str
    description: str
    control: Control
    choices: Callable[[Catalog], list[str]] | None = None
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None


def _filter(default: Any, mask: Callable[[Catalog, Any], Mask | None], **facts: Any) -> Any:
    return field(default=default, metadata={"spec": FilterSpec(mask=mask, **facts)})


def _known(name: str, value: str, known: Mapping[str, str]) -> str:
    key = value.strip().lower()
    if key not in known:
        raise UnknownFilterValueError(name, value, sorted(known.values()))
    return key


def _types(catalog: Catalog, types: tuple[str, ...]) -> Mask | None:
    wanted = [_known("types", value, catalog.known_types) for value in types]
    return np.isin(catalog.types, wanted) if wanted else None


def _genre_masks(name: str, catalog: Catalog, genres: tuple[str, ...]) -> list[Mask]:
    return [catalog.genre_masks[_known(name, genre, catalog.known_genres)] for genre in genres]


def _genres(catalog: Catalog, genres: tuple[str, ...]) -> Mask | None:
    return np.all(_genre_masks("genres", catalog, genres), axis=0) if genres else None


def _genres_exclude(catalog: Catalog, genres: tuple[str, ...]) -> Mask | None:
    return ~np.any(_genre_masks("genres_exclude", catalog, genres), axis=0) if genres else None


def _by_titles(masks: Mapping[str, Mask]) -> list[str]:
    """The names, those of most titles first."""
    return sorted(masks, key=lambda name: (-int(masks[name].sum()), name))


def _genre_names(catalog: Catalog) -> list[str]:
    return _by_titles(catalog.of_genres())


def _type_names(catalog: Catalog) -> list[str]:
    return _by_titles(catalog.of_types())


@dataclass(frozen=True)
class Filters:
    """Conditions that every recommended title meets. Names are compared without regard to case."""

    types: tuple[str, ...] = _filter(
        (),
        _types,
        label="Type",
        description="one of these: TV, Movie, OVA, ONA, Special, Music",
        control="multichoice",
        choices=_type_names,
    )
    genres: tuple[str, ...] = _filter(
        (), _genres, label="Genres", description="all of these", control="multichoice", choices=_genre_names
    )
    genres_exclude: tuple[str, ...] = _filter(
        (),
        _genres_exclude,
        label="Excluded genres",
        description="none of these",
        control="multichoice",
        choices=_genre_names,
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
            UnknownFilterValueError: a genre or type that no title of the catalog has.
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
