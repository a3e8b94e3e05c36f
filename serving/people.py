"""People the server knows: their saved lists, and how somebody new becomes one of them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping

from db.engine import read_transaction
from db.titles import existing_titles
from db.users import StoredList, erase_user, insert_user, load_list, replace_list, update_list
from domain.ids import PROFILE_IDS, is_profile
from recommender.artifacts.snapshot import Snapshot
from serving.live import LiveVersion
from serving.services import Services


class UnknownUserError(LookupError):
    """Nobody of this id has a saved list."""

    def __init__(self, user_id: int) -> None:
        super().__init__(
            f"profile {user_id} is not known, it may have been erased; POST /api/v1/profiles makes a new one"
            if is_profile(user_id)
            else f"user {user_id} is not known; POST /users/recommendations with a list of titles adds a user"
        )


def saved_list(services: Services, user_id: int) -> StoredList | None:
    """The saved list, None for somebody unknown. Asks the database, the only truth."""
    with read_transaction(services.engine) as connection:
        return load_list(connection, user_id)


def require_list(services: Services, user_id: int) -> StoredList:
    """As `saved_list`; raises UnknownUserError for somebody unknown."""
    stored = saved_list(services, user_id)
    if stored is None:
        raise UnknownUserError(user_id)
    return stored


def saved_entries(services: Services, user_id: int, snapshot: Snapshot) -> list[tuple[int, int]] | None:
    """(anime row, rating) of the saved list, None for somebody unknown."""
    stored = saved_list(services, user_id)
    return None if stored is None else _entries(stored, snapshot)


def require_entries(services: Services, user_id: int, snapshot: Snapshot) -> list[tuple[int, int]]:
    """As `saved_entries`; raises UnknownUserError for somebody unknown."""
    return _entries(require_list(services, user_id), snapshot)


def add_user(services: Services, user_id: int, ratings: Mapping[int, int]) -> LiveVersion:
    """Save a new person's list (anime id -> rating) and return the model with them in it.

    Where another request added the same person meanwhile, theirs stays.
    """
    insert_user(services.engine, user_id, ratings)
    return services.live.catch_up()


def replace_user(services: Services, user_id: int, ratings: Mapping[int, int]) -> None:
    """Save a list (anime id -> rating, 0 for unrated) in the place of whatever this person has.

    Raises:
        UnknownUserError: the id is of a profile that was not handed out, or was erased: it is not made here.
    """
    if not is_profile(user_id):
        replace_list(services.engine, user_id, ratings)
    elif not update_list(services.engine, user_id, ratings):
        raise UnknownUserError(user_id)
    services.live.catch_up()


def newer_titles(services: Services, anime_ids: Iterable[int]) -> set[int]:
    """Those of the ids that the database has, though the model may not have them yet."""
    with read_transaction(services.engine) as connection:
        return existing_titles(connection, anime_ids)


def add_profile(services: Services, ratings: Mapping[int, int]) -> int:
    """Save a list (anime id -> rating, 0 for unrated) under a new id of `PROFILE_IDS`, and return that."""
    while not insert_user(services.engine, user_id := secrets.choice(PROFILE_IDS), ratings):
        pass  # somebody has this id
    services.live.catch_up()
    return user_id


def erase(services: Services, user_id: int) -> None:
    """Delete a person's list; when this returns, no worker answers by it any more.

    Raises:
        UnknownUserError: nobody of this id has a saved list.
    """
    if not erase_user(services.engine, user_id):
        raise UnknownUserError(user_id)
    services.live.catch_up()


def _entries(stored: StoredList, snapshot: Snapshot) -> list[tuple[int, int]]:
    rows = snapshot.catalog.vocabulary.rows(stored.anime_ids).tolist()
    return [(row, rating) for row, rating in zip(rows, stored.ratings.tolist(), strict=True) if row >= 0]
