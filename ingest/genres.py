"""Genres of a title in an older and in a newer catalog.

MyAnimeList first had one list of genres. It has since made three of it, genres, themes and demographics, of
which some data sets have the genres only, and renamed some.
"""

from __future__ import annotations

from collections.abc import Sequence

_GENRES = frozenset(
    {
        *("Action", "Adventure", "Avant Garde", "Award Winning", "Boys Love", "Comedy", "Drama", "Ecchi"),
        *("Erotica", "Fantasy", "Girls Love", "Gourmet", "Hentai", "Horror", "Mystery", "Romance"),
        *("Sci-Fi", "Slice of Life", "Sports", "Supernatural", "Suspense"),
        # what some of these were called before: Avant Garde, Suspense, Girls Love, Boys Love
        *("Dementia", "Thriller", "Shoujo Ai", "Yuri", "Shounen Ai", "Yaoi"),
    }
)


def merge_genres(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """The newer genres of a title; themes and demographics stay if the newer ones have none."""
    if not _GENRES.issuperset(after):
        return list(after)
    return [*after, *(name for name in before if name not in _GENRES)]
