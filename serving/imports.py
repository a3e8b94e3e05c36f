"""Lists imported from other sites: entries are matched by id, never by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO

from ingest.mal import ExportTooLargeError, MalEntry, MalExportError, Status, read_mal_export
from recommender.data.catalog import Catalog
from serving.errors import ExportTooLongError, NothingToSaveError, UnreadableExportError
from serving.users import UserService

ImportedEntry = MalEntry  # of the only format there is


@dataclass(frozen=True)
class MatchedExport:
    """The entries of an export, each in exactly one place, in their order."""

    matched: tuple[MalEntry, ...]  # watched, and in the catalog
    unmatched: tuple[MalEntry, ...]  # watched, but of an id that the catalog does not have
    skipped: tuple[tuple[MalEntry, str], ...]  # (entry, why it does not count)

    @property
    def ratings(self) -> dict[int, int]:
        """The list to save: anime id -> 1-10, or 0 for watched but unrated."""
        return {entry.anime_id: entry.rating for entry in self.matched}


@dataclass(frozen=True)
class ImportedList:
    """An export, matched against the catalog.

    Attributes:
        saved: whether the matched entries took the place of somebody's saved ratings.
    """

    catalog: Catalog
    entries: MatchedExport
    saved: bool


@dataclass(frozen=True)
class ImportService:
    """Imports exported lists.

    Attributes:
        users: where a list is saved.
    """

    users: UserService

    def import_mal(self, export: IO[bytes], save_for: int | None = None) -> ImportedList:
        """Read a MyAnimeList export, and match its entries.

        Args:
            export: the file, XML, gzip-compressed or not.
            save_for: the user whose saved ratings the list replaces; None: nobody's.

        Raises:
            UnreadableExportError, ExportTooLongError.
            NothingToSaveError: nothing matched. UnknownUserError: as `UserService.replace`.
        """
        try:
            entries = read_mal_export(export, self.users.max_list_titles)
        except ExportTooLargeError as error:
            raise ExportTooLongError(str(error)) from None
        except MalExportError as error:
            raise UnreadableExportError(str(error)) from None
        catalog = self.users.live.latest_model().snapshot.catalog
        found = match_entries(entries, lambda anime_id: catalog.vocabulary.row(anime_id) is not None)
        if save_for is not None:
            if not found.matched:
                raise NothingToSaveError("")
            self.users.replace(save_for, found.ratings)
        return ImportedList(catalog, found, save_for is not None)


def match_entries(entries: Iterable[MalEntry], known: Callable[[int], bool]) -> MatchedExport:
    """Sort the entries of one export by whether they count, and whether their title is known.

    What was dropped was watched: it counts with its rating, or as unrated; none is made up for it.

    Args:
        entries: of one export.
        known: whether the catalog has an anime id.
    """
    matched: list[MalEntry] = []
    unmatched: list[MalEntry] = []
    skipped: list[tuple[MalEntry, str]] = []
    seen: set[int] = set()
    for entry in entries:
        if reason := _reason_to_skip(entry, seen):
            skipped.append((entry, reason))
            continue
        seen.add(entry.anime_id)
        (matched if known(entry.anime_id) else unmatched).append(entry)
    return MatchedExport(tuple(matched), tuple(unmatched), tuple(skipped))


def _reason_to_skip(entry: MalEntry, seen: set[int]) -> str | None:
    if entry.status is Status.PLAN_TO_WATCH:
        return "plan to watch: not watched yet"
    if entry.status is None:
        return "no status: it may not have been watched"
    if not entry.anime_id:
        return "no MyAnimeList id"
    if entry.anime_id in seen:
        return "listed before: the first entry counts"
    return None
