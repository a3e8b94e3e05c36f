"""The entry point of a story line: the title that a newcomer watches first."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from domain.titles import Title
from recommender.data.catalog import Catalog
from recommender.franchises.names import Name, Words

ERA_YEARS = 3  # a series this soon after a pilot or an OVA is still the entry point
MIN_POPULARITY = 0.03  # of the line's most popular title; an entry point is not an obscurity
UNKNOWN_YEAR = 9999  # sorts last
_EXTRA_TYPES = ("Special", "Music")
_RANK = {"TV": 0, "Movie": 1, "OVA": 1, "ONA": 1, None: 2, "Special": 3, "Music": 4}


def looks_extra(title: Title, name: Name) -> bool:
    """True if a title is a special, a music video, or named as a recap, a digest, …"""
    return title.type in _EXTRA_TYPES or name.extra


def choose_entry(
    catalog: Catalog, names: Sequence[Sequence[Name]], line: Sequence[int], later: Collection[int]
) -> int:
    """Return the row of a story line's entry point.

    Args:
        line: rows of one story line.
        later: rows that a relation calls a sequel, a side story or a summary; chosen only if all are.
    """
    candidates = [row for row in line if row not in later] or list(line)
    candidates = [row for row in candidates if not looks_extra(catalog[row], names[row][0])] or candidates
    most_popular = max(catalog[row].members or 0 for row in candidates)
    candidates = [row for row in candidates if (catalog[row].members or 0) >= MIN_POPULARITY * most_popular]
    latest = max(catalog[row].year or 0 for row in candidates)  # substitute for unknown years
    first_season: dict[Words, int] = {}  # "Lupin III" and "Samurai 7" are not third and seventh seasons
    for main in (names[row][0] for row in candidates):
        first_season[main.stem] = min(main.season, first_season.get(main.stem, main.season))

    def sort_key(row: int) -> tuple[int, int, int, int, int]:
        title, main = catalog[row], names[row][0]
        sequel = main.season > first_season[main.stem]
        rank = max(_RANK.get(title.type, 2), int(sequel))
        year = title.year or latest
        return (year + ERA_YEARS * (rank > 0), rank, year, main.season, title.anime_id)

    return min(candidates, key=sort_key)


def stands_alone(title: Title, entry: Title) -> bool:
    """True if a title aired before its line's entry point and is not merely a pilot of it."""
    if not (title.year and entry.year) or title.year >= entry.year or title.type in _EXTRA_TYPES:
        return False
    return title.type == "TV" or entry.year - title.year > ERA_YEARS
