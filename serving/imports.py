"""Lists imported from other sites: entries are matched by id, and those that people wrote by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import IO

from sqlalchemy import Engine

from db.engine import read_transaction
from db.external_ids import anime_ids_of
from db.lists import ListExtras
from domain.ranges import WatchStatus
from ingest.lists.entry import ListEntry as ListEntry
from ingest.lists.entry import ListTooLargeError, UnreadableListError
from ingest.lists.formats import FORMATS as FORMATS
from ingest.lists.formats import MAL_XML, ListFormat, ReadList, read_list
from ingest.lists.mal_xml import read_mal_export
from ingest.sites.client import (
    BadSiteAnswerError,
    PrivateListError,
    SiteBusyError,
    SiteUnavailableError,
    UnknownSiteUserError,
)
from ingest.sites.registry import NO_SITES
from ingest.sites.site import MAX_USER_NAME as MAX_USER_NAME
from ingest.sites.site import USER_NAME as USER_NAME
from ingest.sites.site import ListSite as ListSite
from recommender.artifacts.snapshot import Snapshot
from recommender.data.catalog import Catalog
from serving.errors import (
    ExportTooLongError,
    ExternalAnswerError,
    ExternalListPrivateError,
    ExternalSiteBusyError,
    ExternalSiteUnavailableError,
    ExternalUserError,
    NothingToSaveError,
    SiteNotOfferedError,
    UnreadableExportError,
)
from serving.lists import NameSearch
from serving.users import UserService

PLANNED = "plan to watch: not watched yet"


@dataclass(frozen=True)
class MatchedList:
    """The entries of a list, each in exactly one place, in their order."""

    matched: tuple[ListEntry, ...]  # watched, and in the catalog
    unmatched: tuple[ListEntry, ...]  # watched, but not in the catalog
    skipped: tuple[tuple[ListEntry, str], ...]  # (entry, why it does not count as watched)

    @property
    def length(self) -> int:
        return len(self.matched) + len(self.unmatched) + len(self.skipped)

    @property
    def planned(self) -> tuple[ListEntry, ...]:
        """Those that were skipped because they are not watched yet."""
        return tuple(entry for entry, reason in self.skipped if reason == PLANNED)

    @property
    def has_ids(self) -> bool:
        """True if there is anything to save."""
        return any(entry.anime_id for entry in (*self.matched, *self.unmatched, *self.planned))

    @property
    def ratings(self) -> dict[int, int]:
        """The ratings to save: anime id -> 1-10, or 0 for watched but unrated."""
        return _ratings(self.matched)

    @property
    def extras(self) -> ListExtras:
        """The rest to save: what the catalog does not know is kept by its id."""
        watched = (*self.matched, *self.unmatched)
        return ListExtras(
            statuses={
                entry.anime_id: entry.status
                for entry in watched
                if entry.anime_id and entry.status is not None
            },
            planned=frozenset(entry.anime_id for entry in self.planned if entry.anime_id),
            pending=_ratings(self.unmatched),
        )


@dataclass(frozen=True)
class ImportedList:
    """A list, matched against the catalog.

    Attributes:
        saved: whether the entries took the place of somebody's saved list.
    """

    format: ListFormat
    catalog: Catalog
    entries: MatchedList
    saved: bool

    def named(self, entries: Iterable[ListEntry]) -> list[tuple[ListEntry, str]]:
        """The entries with the names of the catalog, those of the list where it does not have them."""
        known = self.catalog.vocabulary
        listed = list(entries)
        rows = known.rows([entry.anime_id or 0 for entry in listed]).tolist()
        return [
            (entry, self.catalog[row].name if row >= 0 else entry.name)
            for entry, row in zip(listed, rows, strict=True)
        ]


@dataclass(frozen=True)
class ImportService:
    """Imports lists.

    Attributes:
        users: where a list is saved.
        sites: that are asked for the list of a user, by name.
    """

    users: UserService
    sites: Mapping[str, ListSite] = field(default_factory=lambda: NO_SITES)

    def read(self, file: IO[bytes]) -> ReadList:
        """Read a file in any of the formats; raises UnreadableExportError, ExportTooLongError."""
        return _read(lambda: read_list(file, self.users.max_list_titles))

    def read_mal(self, file: IO[bytes]) -> ReadList:
        """Read a MyAnimeList export, and nothing else; raises as `read`."""
        return _read(lambda: ReadList(MAL_XML, read_mal_export(file, self.users.max_list_titles)))

    def fetch(self, site: str, user_name: str) -> ReadList:
        """Ask a site for somebody's list. It takes seconds, and uses nothing of the database or the model.

        Raises:
            SiteNotOfferedError. ExternalUserError, ExternalListPrivateError: there is no list to read.
            ExternalAnswerError, ExternalSiteUnavailableError: the site has problems.
            ExternalSiteBusyError: it may not be asked now. ExportTooLongError.
        """
        if site not in self.sites:
            raise SiteNotOfferedError(site, tuple(self.sites))
        return _read(lambda: self.sites[site].fetch(user_name, self.users.max_list_titles))

    def match(self, listed: ReadList, save_for: int | None = None) -> ImportedList:
        """Match the entries of a list with the catalog.

        Args:
            save_for: the user whose saved list it replaces; None: nobody's.

        Raises:
            NothingToSaveError: no entry has an id, or a name that is known.
            UnknownUserError: as `UserService.replace`.
        """
        snapshot = self.users.live.latest_model().snapshot
        found = match_entries(
            _identified(listed, snapshot, self.users.engine),
            lambda anime_id: snapshot.catalog.vocabulary.row(anime_id) is not None,
            listed.format.handwritten,
        )
        if save_for is not None:
            if not found.has_ids:
                raise NothingToSaveError("")
            self.users.replace(save_for, found.ratings, found.extras)
        return ImportedList(listed.format, snapshot.catalog, found, save_for is not None)


def match_entries(
    entries: Iterable[ListEntry], known: Callable[[int], bool], handwritten: bool = False
) -> MatchedList:
    """Sort the entries of one list by whether they count, and whether their title is known.

    What was dropped was watched: it counts with its rating, or as unrated and dropped; no rating is made up.

    Args:
        entries: of one list.
        known: whether the catalog has an anime id.
        handwritten: entries without a status or an id count, too.
    """
    matched: list[ListEntry] = []
    unmatched: list[ListEntry] = []
    skipped: list[tuple[ListEntry, str]] = []
    seen: set[int] = set()
    for entry in entries:
        if reason := _reason_to_skip(entry, seen, handwritten):
            skipped.append((entry, reason))
            continue
        if entry.anime_id is not None:
            seen.add(entry.anime_id)
        is_known = entry.anime_id is not None and known(entry.anime_id)
        (matched if is_known else unmatched).append(entry)
    return MatchedList(tuple(matched), tuple(unmatched), tuple(skipped))


def _reason_to_skip(entry: ListEntry, seen: set[int], handwritten: bool) -> str | None:
    if entry.status is WatchStatus.PLAN_TO_WATCH:
        return PLANNED
    if entry.status is None and not handwritten:
        return "no status: it may not have been watched"
    if entry.anime_id is None and not entry.external_ids and not handwritten:
        return "no MyAnimeList id"
    if entry.anime_id in seen:
        return "listed before: the first entry counts"
    return None


def _identified(listed: ReadList, snapshot: Snapshot, engine: Engine) -> list[ListEntry]:
    """The entries with the MyAnimeList ids that other ids, or names that people wrote, lead to."""
    wanted = {one for entry in listed.entries if entry.anime_id is None for one in entry.external_ids}
    mapped: Mapping[tuple[str, str], int] = {}
    if wanted:
        with read_transaction(engine) as connection:
            mapped = anime_ids_of(connection, wanted)
    find = NameSearch(snapshot)

    def identified(entry: ListEntry) -> ListEntry:
        if entry.anime_id is not None:
            return entry
        for one in entry.external_ids:
            if one in mapped:
                return replace(entry, anime_id=mapped[one], found_by=f"{one.site}_id")
        if listed.format.handwritten and entry.name:
            row, as_spelled = find(entry.name)
            if row is not None:
                found_by = "name" if as_spelled else "similar_name"
                return replace(entry, anime_id=snapshot.catalog[row].anime_id, found_by=found_by)
        return entry

    return [identified(entry) for entry in listed.entries]


def _ratings(entries: Iterable[ListEntry]) -> dict[int, int]:
    return {entry.anime_id: entry.rating for entry in entries if entry.anime_id}


def _read(read: Callable[[], ReadList]) -> ReadList:
    try:
        return read()
    except ListTooLargeError as error:
        raise ExportTooLongError(str(error)) from None
    except UnreadableListError as error:
        raise UnreadableExportError(str(error)) from None
    except UnknownSiteUserError as error:
        raise ExternalUserError(str(error)) from None
    except PrivateListError as error:
        raise ExternalListPrivateError(str(error)) from None
    except BadSiteAnswerError as error:
        raise ExternalAnswerError(str(error)) from None
    except SiteBusyError as error:
        raise ExternalSiteBusyError(str(error), error.retry_after_s) from None
    except SiteUnavailableError as error:
        raise ExternalSiteUnavailableError(str(error), error.retry_after_s) from None
