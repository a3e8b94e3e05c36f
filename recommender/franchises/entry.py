"""Chooses where a newcomer starts in one story line, and what is shown last."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from domain.titles import Title
from recommender.data.catalog import Catalog
from recommender.franchises.names import Name, Words

ERA_YEARS = 3  # a series this soon after a pilot or an OVA is what people start with
KNOWN_SHARE = 0.03  # of the members of the line's best known title: less is a curiosity
UNKNOWN_YEAR = 9999  # sorts last
_EXTRA_TYPES = ("Special", "Music")
_RANK = {"TV": 0, "Movie": 1, "OVA": 1, "ONA": 1, None: 2, "Special": 3, "Music": 4}


def looks_extra(title: Title, name: Name) -> bool:
    """A special, a music video, or something that calls itself a recap, a digest, …"""
    return title.type in _EXTRA_TYPES or name.extra


def choose_entry(
    catalog: Catalog, names: Sequence[Sequence[Name]], line: Sequence[int], later: Collection[int]
) -> int:
    """The row of a line's first title.

    Args:
        line: rows of one story line.
        later: rows that a relation calls a sequel, a side story or a summary: only chosen if all are.
    """
    candidates = [row for row in line if row not in later] or list(line)
    candidates = [row for row in candidates if not looks_extra(catalog[row], names[row][0])] or candidates
    known = max(catalog[row].members or 0 for row in candidates)
    candidates = [row for row in candidates if (catalog[row].members or 0) >= KNOWN_SHARE * known]
    latest = max(catalog[row].year or 0 for row in candidates)  # stands in for years that are not known
    first_season: dict[Words, int] = {}  # "Lupin III" and "Samurai 7" are not third and seventh seasons
    for main in (names[row][0] for row in candidates):
        first_season[main.stem] = min(main.season, first_season.get(main.stem, main.season))

    def order(row: int) -> tuple[int, int, int, int, int]:
        title, main = catalog[row], names[row][0]
        sequel = main.season > first_season[main.stem]
        rank = max(_RANK.get(title.type, 2), int(sequel))
        year = title.year or latest
        return (year + ERA_YEARS * (rank > 0), rank, year, main.season, title.anime_id)

    return min(candidates, key=order)


def stands_alone(title: Title, first: Title) -> bool:
    """Whether a title aired before the first one of its line, without being a pilot of it."""
    if not (title.year and first.year) or title.year >= first.year or title.type in _EXTRA_TYPES:
        return False
    return title.type == "TV" or first.year - title.year > ERA_YEARS
