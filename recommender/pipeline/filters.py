"""Which titles may be recommended: a mask over the catalog, applied before ranking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.data.catalog import Catalog


class UnknownFilterValueError(ValueError):
    """A filter names a genre or a type that no title has."""

    def __init__(self, field: str, value: str, known: list[str]) -> None:
        super().__init__(f"{field}: {value!r} is not known; known are {', '.join(known)}")
        self.field, self.value = field, value


@dataclass(frozen=True)
class Filters:
    """Conditions that every recommended title meets. Names are compared without regard to case."""

    types: tuple[str, ...] = ()  # one of these; empty: any
    genres: tuple[str, ...] = ()  # all of these
    genres_exclude: tuple[str, ...] = ()  # none of these
    min_members: int = 0  # list members on MyAnimeList
    min_score: float = 0.0  # mean rating on MyAnimeList; titles without one fail any minimum
    year_from: int | None = None  # first aired in this year or later
    year_to: int | None = None  # first aired in this year or earlier
    nsfw: bool = False  # whether adult titles may appear

    def masks(self, catalog: Catalog) -> dict[str, NDArray[np.bool_]]:
        """For each condition in force, bool (n_anime,): the titles that meet it.

        Raises:
            UnknownFilterValueError: a genre or type that no title of the catalog has.
        """
        masks: dict[str, NDArray[np.bool_]] = {}
        if not self.nsfw:
            masks["nsfw"] = ~catalog.nsfw
        if self.types:
            wanted = [_known("types", value, catalog.known_types) for value in self.types]
            masks["types"] = np.isin(catalog.types, wanted)
        if self.genres:
            masks["genres"] = np.all([_genre("genres", g, catalog) for g in self.genres], axis=0)
        if self.genres_exclude:
            excluded = [_genre("genres_exclude", g, catalog) for g in self.genres_exclude]
            masks["genres_exclude"] = ~np.any(excluded, axis=0)
        if self.min_members > 0:
            masks["min_members"] = catalog.members >= self.min_members
        if self.min_score > 0:
            masks["min_score"] = catalog.mean_scores >= self.min_score
        if self.year_from is not None or self.year_to is not None:
            low = 1 if self.year_from is None else max(self.year_from, 1)  # 0: unknown
            high = 9999 if self.year_to is None else self.year_to
            masks["year"] = (catalog.years >= low) & (catalog.years <= high)
        return masks

    def allowed(self, catalog: Catalog) -> NDArray[np.bool_]:
        """bool (n_anime,): the titles that meet every condition."""
        allowed = np.ones(len(catalog), dtype=bool)
        for mask in self.masks(catalog).values():
            allowed &= mask
        return allowed


def _known(field: str, value: str, known: Mapping[str, str]) -> str:
    key = value.strip().lower()
    if key not in known:
        raise UnknownFilterValueError(field, value, sorted(known.values()))
    return key


def _genre(field: str, value: str, catalog: Catalog) -> NDArray[np.bool_]:
    return catalog.genre_masks[_known(field, value, catalog.known_genres)]
