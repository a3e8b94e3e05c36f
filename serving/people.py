"""People the server knows: their saved lists, and how somebody new becomes one of them."""

from __future__ import annotations

from collections.abc import Mapping

from db.engine import read_transaction
from db.users import StoredList, erase_user, insert_user, load_list, replace_list
from recommender.snapshot import Snapshot
from serving.live import LiveVersion
from serving.services import Services


class UnknownUserError(LookupError):
    """Nobody of this id has a saved list."""

    def __init__(self, user_id: int) -> None:
        super().__init__(
            f"user {user_id} is not known; POST /users/recommendations with a list of titles adds a user"
        )


def saved_entries(services: Services, user_id: int, snapshot: Snapshot) -> list[tuple[int, int]] | None:
    """(anime row, rating) of the saved list, None for somebody unknown. Asks the database, the only truth."""
    with read_transaction(services.engine) as connection:
        stored = load_list(connection, user_id)
    return None if stored is None else _entries(stored, snapshot)


def require_entries(services: Services, user_id: int, snapshot: Snapshot) -> list[tuple[int, int]]:
    """As `saved_entries`; raises UnknownUserError for somebody unknown."""
    entries = saved_entries(services, user_id, snapshot)
    if entries is None:
        raise UnknownUserError(user_id)
    return entries


def add_user(services: Services, user_id: int, ratings: Mapping[int, int]) -> LiveVersion:
    """Save a new person's list (anime id -> rating) and return the model with them in it.

    Where another request added the same person meanwhile, theirs stays.
    """
    insert_user(services.engine, user_id, ratings)
    return services.live.catch_up()


def replace_user(services: Services, user_id: int, ratings: Mapping[int, int]) -> LiveVersion:
    """Save a list (anime id -> rating, 0 for unrated) in the place of whatever this person has.

    Returns the model with the new list in it.
    """
    replace_list(services.engine, user_id, ratings)
    return services.live.catch_up()


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
