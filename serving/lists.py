"""Submitted lists: titles by id or by name, resolved to rows of the catalog."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from domain.ranges import FAVORITE, UNFINISHED, UNRATED, WatchStatus
from recommender.artifacts.snapshot import Snapshot
from recommender.data.catalog import Catalog
from serving.errors import ListTooLongError, NoTitleResolvedError

# names of one list that are searched for with typos, where none is spelled like that; others cost a fifth
MAX_CORRECTIONS = 1_000


class SubmittedTitle(NamedTuple):
    """One entry of a list: a title by id or by name, with or without a rating and a status.

    A title that is only named is a favorite; with a status, but without a rating, it is watched.
    """

    anime_id: int | None = None
    name: str = ""
    rating: int | None = None
    status: WatchStatus | None = None

    @property
    def counts_as(self) -> int:
        """The rating that it counts with."""
        return self.rating or (FAVORITE if self.status is None else UNRATED)


@dataclass(frozen=True)
class SubmittedList:
    """A list as it was submitted.

    Attributes:
        titles: blank names are skipped.
        watched_ids: titles watched without an opinion.
        planned_ids: titles that are not watched yet.
        statuses: anime id -> status, of titles in `watched_ids`.
    """

    titles: Sequence[SubmittedTitle] = ()
    watched_ids: Sequence[int] = ()
    planned_ids: Sequence[int] = ()
    statuses: Mapping[int, WatchStatus] = field(default_factory=dict)

    @property
    def length(self) -> int:
        return len(self.titles) + len(self.watched_ids) + len(self.planned_ids)


class Resolved(NamedTuple):
    """An entry whose title is known.

    Attributes:
        rating: as submitted; None: named without one.
        counts_as: 1-10, or UNRATED.
    """

    submitted: str
    row: int
    rating: int | None
    counts_as: int
    status: WatchStatus | None = None


class Unresolved(NamedTuple):
    """An entry whose title the model does not have.

    Attributes:
        anime_id: None: submitted by name only.
        counts_as: 1-10, or UNRATED.
    """

    submitted: str
    anime_id: int | None
    counts_as: int
    status: WatchStatus | None = None


@dataclass(frozen=True)
class ResolvedList:
    """A list in rows of the catalog.

    Attributes:
        unknown_ids: watched, but not in the catalog.
        planned_ids: not watched yet, of the catalog or not; they count for nothing.
        statuses: anime id -> status, of watched titles by id.
        unfinished: anime row -> status, of the titles that are on hold or dropped; the last entry of a title
            counts.
    """

    resolved: tuple[Resolved, ...] = ()
    watched_rows: tuple[int, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    unknown_ids: tuple[int, ...] = ()
    planned_ids: tuple[int, ...] = ()
    statuses: Mapping[int, WatchStatus] = field(default_factory=dict)
    unfinished: dict[int, WatchStatus] = field(default_factory=dict)

    @cached_property
    def entries(self) -> tuple[tuple[int, int], ...]:
        """(anime row, rating); for a title that comes more than once, the last rating counts."""
        watched = ((row, UNRATED) for row in self.watched_rows)
        return (*watched, *((entry.row, entry.counts_as) for entry in self.resolved))

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

    def all_statuses(self, catalog: Catalog) -> dict[int, WatchStatus]:
        """Anime id -> status, of every watched title that was submitted with one."""
        found = dict(self.statuses)
        found |= {catalog[one.row].anime_id: one.status for one in self.resolved if one.status is not None}
        return found | {
            one.anime_id: one.status for one in self.unresolved if one.anime_id and one.status is not None
        }

    @property
    def is_empty(self) -> bool:
        return not (self.entries or self.unresolved or self.planned_ids)

    def require_a_title(self) -> None:
        """Raise NoTitleResolvedError if titles were named and none is known."""
        if self.unresolved and not self.entries:
            raise NoTitleResolvedError(self.unresolved_names)


NO_LIST = ResolvedList()


class NameSearch:
    """Looks the names of one list up: any number as they are spelled, `MAX_CORRECTIONS` despite typos."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._search = snapshot.search
        self._corrections = 0

    def __call__(self, name: str) -> tuple[int | None, bool]:
        """The row of the title with this name, and true if it is spelled like that."""
        row = self._search.resolve(name, as_spelled=True)
        if row is not None or self._corrections >= MAX_CORRECTIONS:
            return row, True
        self._corrections += 1
        return self._search.resolve(name), False


def resolve_list(submitted: SubmittedList, snapshot: Snapshot, max_titles: int | None) -> ResolvedList:
    """Find the title of each entry.

    Raises:
        ListTooLongError: more than `max_titles`.
    """
    if max_titles is not None and submitted.length > max_titles:
        raise ListTooLongError(submitted.length, max_titles)
    resolved: list[Resolved] = []
    unresolved: list[Unresolved] = []
    planned = list(submitted.planned_ids)
    find, known = NameSearch(snapshot), snapshot.catalog.vocabulary
    for title in submitted.titles:
        anime_id, name = title.anime_id, title.name.strip()
        if anime_id is not None:
            row, name = known.row(anime_id), name or str(anime_id)
        elif not name:
            continue
        else:
            row, _ = find(name)
            anime_id = None if row is None else known.id(row)
        if title.status is WatchStatus.PLAN_TO_WATCH and anime_id is not None:
            planned.append(anime_id)
        elif row is None:
            unresolved.append(Unresolved(name, title.anime_id, title.counts_as, title.status))
        else:
            resolved.append(Resolved(name, row, title.rating, title.counts_as, title.status))
    rows = snapshot.catalog.vocabulary.rows(submitted.watched_ids).tolist()
    watched = list(zip(rows, submitted.watched_ids, strict=True))
    return ResolvedList(
        tuple(resolved),
        tuple(row for row, _ in watched if row >= 0),
        tuple(unresolved),
        tuple(anime_id for row, anime_id in watched if row < 0),
        tuple(planned),
        submitted.statuses,
        _unfinished(submitted, watched, resolved),
    )


def _unfinished(
    submitted: SubmittedList, watched: Iterable[tuple[int, int]], resolved: Iterable[Resolved]
) -> dict[int, WatchStatus]:
    statuses = {row: submitted.statuses.get(anime_id) for row, anime_id in watched if row >= 0}
    statuses |= {entry.row: entry.status for entry in resolved}
    return {row: status for row, status in statuses.items() if status in UNFINISHED}
