"""From the list in a request to rows of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.context import context
from api.errors import ApiError
from api.schemas import ListEntry
from recommender.catalog import Catalog
from recommender.ratings import FAVOURITE
from recommender.snapshot import Snapshot


@dataclass(frozen=True)
class ResolvedList:
    """What a list means: titles that were found, words that were not."""

    entries: tuple[tuple[int, int], ...]  # (anime row, rating)
    found: tuple[tuple[str, int], ...]  # (what was asked, anime row)
    unresolved: tuple[str, ...]

    def ratings(self, catalog: Catalog) -> dict[int, int]:
        """As it is saved: anime id -> rating."""
        return {catalog[row].anime_id: rating for row, rating in self.entries}

    @property
    def was_given(self) -> bool:
        return bool(self.entries or self.unresolved)

    def require_a_title(self) -> None:
        """Raise ApiError 404 where titles were named and not one was found."""
        if self.unresolved and not self.entries:
            names = ", ".join(self.unresolved[:5])
            raise ApiError(404, f"None of these titles is known: {names}. Try GET /api/anime-suggestions.")


def resolve_list(entries: Sequence[ListEntry], snapshot: Snapshot) -> ResolvedList:
    """Find each entry's title by id or by name; blank names are skipped.

    Raises:
        ApiError: 413 for more titles than the settings allow.
    """
    check_length(entries)
    found: list[tuple[str, int]] = []
    rated: list[tuple[int, int]] = []
    unresolved: list[str] = []
    for entry in entries:
        row, asked = None, (entry.name or "").strip()
        if entry.anime_id is not None:
            row, asked = snapshot.catalog.vocabulary.row(entry.anime_id), asked or str(entry.anime_id)
        elif not asked:
            continue
        else:
            row = snapshot.titles.resolve(asked)
        if row is None:
            unresolved.append(asked)
        else:
            found.append((asked, row))
            rated.append((row, entry.rating or FAVOURITE))
    return ResolvedList(tuple(rated), tuple(found), tuple(unresolved))


def check_length(entries: Sequence[object]) -> None:
    """Raise ApiError 413 for a list longer than the settings allow."""
    limit = context().max_list_titles
    if len(entries) > limit:
        raise ApiError(413, f"The list has {len(entries):,} titles, at most {limit:,} are read.")
