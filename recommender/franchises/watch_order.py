"""The order in which to watch the titles of a franchise."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from domain.relations import KINDS
from domain.titles import SEASON_NAMES
from recommender.data.catalog import Catalog
from recommender.franchises.entry import UNKNOWN_YEAR
from recommender.franchises.franchises import Franchises


class Part(NamedTuple):
    """One title of a franchise.

    Attributes:
        story_line: counts from 0; titles with the same number tell one story.
        extra: a recap, a side story or the like.
    """

    row: int
    story_line: int
    extra: bool


def watch_order(franchises: Franchises, catalog: Catalog, row: int) -> list[Part]:
    """All titles of the franchise of a title, in the order to watch them in.

    Story lines come one after the other, by the first day on air of their entry points. A line starts with
    its entry point; the others follow as they aired, extras last.
    """
    members = np.flatnonzero(franchises.groups == franchises.groups[row]).tolist()
    entries = {int(franchises.entries[member]) for member in members}
    lines = {entry: at for at, entry in enumerate(sorted(entries, key=lambda one: _aired(catalog, one)))}
    asides = _asides(franchises, catalog, members)
    parts = [
        Part(one, lines[int(franchises.entries[one])], bool(franchises.extras[one]) or one in asides)
        for one in members
    ]
    return sorted(
        parts,
        key=lambda part: (part.story_line, part.row not in entries, part.extra, _aired(catalog, part.row)),
    )


def _asides(franchises: Franchises, catalog: Catalog, members: list[int]) -> set[int]:
    """Side stories, and OVAs that are not known to be sequels: what follows goes on without them."""
    _, second, kinds = franchises.relations.T
    sequels = set(second[kinds == KINDS.index("sequel")].tolist())
    side_stories = set(second[kinds == KINDS.index("side_story")].tolist())
    return {
        one
        for one in members
        if franchises.entries[one] != one
        and one not in sequels
        and (one in side_stories or catalog[one].type == "OVA")
    }


def _aired(catalog: Catalog, row: int) -> tuple[int, str, int]:
    """Sorts by the first day on air, as far as it is known, and by id."""
    title, day = catalog[row], catalog.details_of(row).aired_from
    if day is None and title.season:
        day = f"{title.season.year}-{3 * SEASON_NAMES.index(title.season.name) + 1:02}"
    year = title.year or (title.season.year if title.season else UNKNOWN_YEAR)
    return year, day or f"{year}-99", title.anime_id
