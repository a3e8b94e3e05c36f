"""Saved users: reading, saving and erasing their ratings."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Engine

from db.engine import read_transaction
from db.lists import NO_EXTRAS, ListExtras, load_extras
from db.titles import existing_titles
from db.users import (
    UserRatings,
    erase_user,
    insert_user,
    load_unfinished,
    load_user_ratings,
    replace_ratings,
    update_ratings,
)
from domain.ranges import PROFILE_IDS, UNRATED, WatchStatus, is_profile
from recommender.artifacts.snapshot import Snapshot
from recommender.data.anonymity import NO_FLOOR
from recommender.data.query import Query
from recommender.models.user_user import Neighbors, UserUser
from serving.errors import NothingToSaveError, UnknownUserError
from serving.lists import ResolvedList, SubmittedList, resolve_list
from serving.live import LiveModel, LiveVersion


class Saved(NamedTuple):
    """A list that was saved.

    Attributes:
        titles: how many have a rating, or are watched.
        unresolved: the submitted names and ids of titles that are not known.
        pending: how many of these ids are kept until the catalog has them.
        planned: how many titles are planned.
    """

    user_id: int
    titles: int
    unresolved: tuple[str, ...]
    pending: int = 0
    planned: int = 0


class SavedTitle(NamedTuple):
    """One title of a user's saved list; without a name if the model does not know it."""

    anime_id: int
    name: str | None
    rating: int
    status: WatchStatus | None = None


class SavedList(NamedTuple):
    """Everything that is stored of a user.

    Attributes:
        titles: rated or watched, of the catalog or not, ordered by id.
        planned_ids: not watched yet.
    """

    titles: list[SavedTitle]
    planned_ids: tuple[int, ...]


class ToSave(NamedTuple):
    """A submitted list as it is stored.

    Attributes:
        ratings: anime id -> 1-10, or 0 for unrated, of titles of the catalog.
        unresolved: the names and ids that are not known.
    """

    ratings: dict[int, int]
    extras: ListExtras
    unresolved: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.ratings or self.extras.pending or self.extras.planned)

    def saved_for(self, user_id: int) -> Saved:
        extras = self.extras
        return Saved(user_id, len(self.ratings), self.unresolved, len(extras.pending), len(extras.planned))


class SimilarUsers(NamedTuple):
    """The users whose likes are nearest to a user's."""

    model_version: str
    neighbors: Neighbors


def _has_none(_user_id: int) -> None:
    """Nobody has events."""


@dataclass(frozen=True)
class UserService:
    """Reads, saves and erases users. The database is the only truth.

    Attributes:
        max_list_titles: of one list.
        observe_save: times each save.
        erase_events: of a user that is about to be erased.
    """

    engine: Engine
    live: LiveModel
    max_list_titles: int
    observe_save: Callable[[], AbstractContextManager[object]] = nullcontext
    erase_events: Callable[[int], None] = _has_none

    def entries(self, user_id: int, snapshot: Snapshot) -> list[tuple[int, int]] | None:
        """(anime row, rating) of the saved ratings; None for an unknown user."""
        stored = self._stored(user_id)
        return None if stored is None else _entries(stored, snapshot)

    def require_entries(self, user_id: int, snapshot: Snapshot) -> list[tuple[int, int]]:
        """As `entries`; raises UnknownUserError."""
        return _entries(self._require(user_id), snapshot)

    def unfinished(self, user_id: int, snapshot: Snapshot) -> dict[int, WatchStatus]:
        """Anime row -> status, of the saved titles that are on hold or dropped; empty for an unknown user."""
        with read_transaction(self.engine) as connection:
            statuses = load_unfinished(connection, user_id)
        rows = snapshot.catalog.vocabulary.rows(list(statuses)).tolist()
        return {row: status for row, status in zip(rows, statuses.values(), strict=True) if row >= 0}

    def saved_titles(self, user_id: int) -> list[SavedTitle]:
        """The saved titles, ordered by id; raises UnknownUserError."""
        return self.saved_list(user_id).titles

    def saved_list(self, user_id: int) -> SavedList:
        """Everything that is stored of a user; raises UnknownUserError."""
        with read_transaction(self.engine) as connection:
            stored = load_user_ratings(connection, user_id)
            extras = load_extras(connection, user_id)
        if stored is None:
            raise UnknownUserError(user_id)
        ratings = dict(zip(stored.anime_ids.tolist(), stored.ratings.tolist(), strict=True))
        merged = sorted((ratings | dict(extras.pending)).items())
        catalog = self.live.latest_model().snapshot.catalog
        rows = catalog.vocabulary.rows([anime_id for anime_id, _ in merged]).tolist()
        titles = [
            SavedTitle(
                anime_id, catalog[row].name if row >= 0 else None, rating, extras.statuses.get(anime_id)
            )
            for (anime_id, rating), row in zip(merged, rows, strict=True)
        ]
        return SavedList(titles, tuple(extras.planned))

    def learned_by(self, user_id: int) -> str | None:
        """The version in service, if it was built with ratings of this user; else None."""
        live = self.live.latest_model()
        return None if live.snapshot.ratings.users.row(user_id) is None else live.name

    def similar(self, user_id: int, limit: int) -> SimilarUsers:
        """The users with the most similar likes; raises UnknownUserError."""
        live = self.live.current()
        query = Query.of(self.require_entries(user_id, live.snapshot), user_id=user_id)
        neighbors = live.snapshot.models[UserUser].neighbors(live.context(query, NO_FLOOR), limit)
        return SimilarUsers(live.name, neighbors)

    def add(self, user_id: int, ratings: Mapping[int, int], extras: ListExtras = NO_EXTRAS) -> LiveVersion:
        """Save a new user's list (ratings: anime id -> rating) and return the model with it in it.

        If another request has added the same user meanwhile, its list stays.
        """
        with self.observe_save():
            insert_user(self.engine, user_id, ratings, extras)
            return self.live.catch_up_after_write()

    def add_profile(self, submitted: SubmittedList) -> Saved:
        """Save a list under a new id of `PROFILE_IDS`.

        Raises:
            NoTitleResolvedError, NothingToSaveError, ListTooLongError: as `to_save`.
        """
        listed = self.to_save(submitted)
        with self.observe_save():
            while not insert_user(
                self.engine, user_id := secrets.choice(PROFILE_IDS), listed.ratings, listed.extras
            ):
                pass  # the id is taken
            self.live.catch_up_after_write()
        return listed.saved_for(user_id)

    def replace_list(self, user_id: int, submitted: SubmittedList) -> Saved:
        """Save a list in place of what this user has.

        Raises:
            NoTitleResolvedError, NothingToSaveError, ListTooLongError: as `to_save`; what is saved stays.
            UnknownUserError: as `replace`.
        """
        listed = self.to_save(submitted)
        self.replace(user_id, listed.ratings, listed.extras)
        return listed.saved_for(user_id)

    def replace(self, user_id: int, ratings: Mapping[int, int], extras: ListExtras = NO_EXTRAS) -> None:
        """Save a list (ratings: anime id -> rating, 0 for unrated) in place of what this user has.

        Raises:
            UnknownUserError: the id is of a profile that does not exist, or was erased; none is created here.
        """
        with self.observe_save():
            if not is_profile(user_id):
                replace_ratings(self.engine, user_id, ratings, extras)
            elif not update_ratings(self.engine, user_id, ratings, extras):
                raise UnknownUserError(user_id)
            self.live.catch_up_after_write()

    def erase(self, user_id: int) -> None:
        """Delete a user's ratings. Once this returns, no answer of any worker depends on them.

        Raises:
            UnknownUserError: nobody with this id has saved ratings.
            EventsUnavailableError: what they did cannot be erased now, and nothing was.
        """
        self._require(user_id)
        self.erase_events(user_id)
        if not erase_user(self.engine, user_id):
            raise UnknownUserError(user_id)
        self.live.catch_up_after_write()

    def to_save(self, submitted: SubmittedList) -> ToSave:
        """A submitted list as it is stored.

        Titles newer than the model count too, so that a saved list survives being sent back.

        Raises:
            NoTitleResolvedError, NothingToSaveError: it has no title, or only names that are not known.
            ListTooLongError.
        """
        snapshot = self.live.latest_model().snapshot
        resolved = resolve_list(submitted, snapshot, self.max_list_titles)
        listed = self.stored_form(resolved, snapshot)
        if listed.is_empty:
            resolved.require_a_title()
            raise NothingToSaveError(" DELETE erases it.")
        return listed

    def stored_form(self, resolved: ResolvedList, snapshot: Snapshot) -> ToSave:
        """A resolved list as it is stored; titles that the catalog lacks are pending, by id."""
        newer = dict.fromkeys(resolved.unknown_ids, UNRATED)
        newer |= {title.anime_id: title.counts_as for title in resolved.unresolved if title.anime_id}
        stored = self._existing(newer)
        ratings = resolved.ratings(snapshot.catalog) | {anime_id: newer[anime_id] for anime_id in stored}
        pending = {anime_id: rating for anime_id, rating in newer.items() if anime_id not in stored}
        planned = frozenset(resolved.planned_ids) - ratings.keys() - pending.keys()
        extras = ListExtras(resolved.all_statuses(snapshot.catalog), planned, pending)
        return ToSave(ratings, extras, _unknown(resolved, stored))

    def _existing(self, anime_ids: Mapping[int, int]) -> set[int]:
        if not anime_ids:
            return set()
        with read_transaction(self.engine) as connection:
            return existing_titles(connection, anime_ids)

    def _stored(self, user_id: int) -> UserRatings | None:
        with read_transaction(self.engine) as connection:
            return load_user_ratings(connection, user_id)

    def _require(self, user_id: int) -> UserRatings:
        stored = self._stored(user_id)
        if stored is None:
            raise UnknownUserError(user_id)
        return stored


def _unknown(resolved: ResolvedList, stored: set[int]) -> tuple[str, ...]:
    names = [title.submitted for title in resolved.unresolved if title.anime_id not in stored]
    return (*names, *(str(anime_id) for anime_id in resolved.unknown_ids if anime_id not in stored))


def _entries(stored: UserRatings, snapshot: Snapshot) -> list[tuple[int, int]]:
    rows = snapshot.catalog.vocabulary.rows(stored.anime_ids).tolist()
    return [(row, rating) for row, rating in zip(rows, stored.ratings.tolist(), strict=True) if row >= 0]
