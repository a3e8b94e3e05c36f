"""Submitted lists: titles by id or by name, resolved to rows of the catalog."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from domain.ranges import FAVORITE, UNRATED
from recommender.artifacts.snapshot import Snapshot
from recommender.data.catalog import Catalog
from serving.errors import ListTooLongError, NoTitleResolvedError

# names of one list that are searched for with typos, where none is spelled like that; others cost a fifth
MAX_CORRECTIONS = 1_000


class SubmittedTitle(NamedTuple):
    """One entry of a list: a title by id or by name, with or without a rating."""

    anime_id: int | None = None
    name: str = ""
    rating: int | None = None


@dataclass(frozen=True)
class SubmittedList:
    """A list as it was submitted.

    Attributes:
        titles: blank names are skipped.
        watched_ids: titles watched without an opinion.
    """

    titles: Sequence[SubmittedTitle] = ()
    watched_ids: Sequence[int] = ()


class Resolved(NamedTuple):
    """An entry whose title is known."""

    submitted: str
    row: int
    rating: int | None  # None: named without one


class Unresolved(NamedTuple):
    """An entry whose title the model does not have."""

    submitted: str
    anime_id: int | None  # None: submitted by name only
    rating: int | None


@dataclass(frozen=True)
class ResolvedList:
    """A list in rows of the catalog.

    Attributes:
        unknown_ids: watched, but not in the catalog.
    """

    resolved: tuple[Resolved, ...] = ()
    watched_rows: tuple[int, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    unknown_ids: tuple[int, ...] = ()

    @cached_property
    def entries(self) -> tuple[tuple[int, int], ...]:
        """(anime row, rating); for a title that comes more than once, the last rating counts."""
        watched = ((row, UNRATED) for row in self.watched_rows)
        return (*watched, *((entry.row, entry.rating or FAVORITE) for entry in self.resolved))

    @cached_property
    def opinions(self) -> dict[int, int]:
        """Anime row -> the submitted rating, UNRATED where there is none."""
        rated = {entry.row: entry.rating or UNRATED for entry in self.resolved}
        return rated | {row: UNRATED for row in self.watched_rows if row not in rated}

    @property
    def unresolved_names(self) -> tuple[str, ...]:
        """The submitted names of titles that are not known."""
        return tuple(entry.submitted for entry in self.unresolved)

    def ratings(self, catalog: Catalog) -> dict[int, int]:
        """Anime id -> rating, as they are saved."""
        return {catalog[row].anime_id: rating for row, rating in self.entries}

    @property
    def is_empty(self) -> bool:
        return not (self.entries or self.unresolved)

    def require_a_title(self) -> None:
        """Raise NoTitleResolvedError if titles were named and none is known."""
        if self.unresolved and not self.entries:
            raise NoTitleResolvedError(self.unresolved_names)


NO_LIST = ResolvedList()


def resolve_list(submitted: SubmittedList, snapshot: Snapshot, max_titles: int | None) -> ResolvedList:
    """Find the title of each entry.

    Raises:
        ListTooLongError: more than `max_titles`.
    """
    length = len(submitted.titles) + len(submitted.watched_ids)
    if max_titles is not None and length > max_titles:
        raise ListTooLongError(length, max_titles)
    resolved: list[Resolved] = []
    unresolved: list[Unresolved] = []
    corrections = 0
    for title in submitted.titles:
        row, name = None, title.name.strip()
        if title.anime_id is not None:
            row, name = snapshot.catalog.vocabulary.row(title.anime_id), name or str(title.anime_id)
        elif not name:
            continue
        else:
            row = snapshot.search.resolve(name, as_spelled=True)
            if row is None and corrections < MAX_CORRECTIONS:
                corrections += 1
                row = snapshot.search.resolve(name)
        if row is None:
            unresolved.append(Unresolved(name, title.anime_id, title.rating))
        else:
            resolved.append(Resolved(name, row, title.rating))
    rows = snapshot.catalog.vocabulary.rows(submitted.watched_ids).tolist()
    watched = list(zip(rows, submitted.watched_ids, strict=True))
    return ResolvedList(
        tuple(resolved),
        tuple(row for row, _ in watched if row >= 0),
        tuple(unresolved),
        tuple(anime_id for row, anime_id in watched if row < 0),
    )
