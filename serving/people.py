"""People the server knows: their saved lists, and how somebody new becomes one of them."""

from __future__ import annotations

from collections.abc import Mapping

from db.engine import read_transaction
from db.users import StoredList, insert_user, load_list
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


def _entries(stored: StoredList, snapshot: Snapshot) -> list[tuple[int, int]]:
    rows = snapshot.catalog.vocabulary.rows(stored.anime_ids).tolist()
    return [(row, rating) for row, rating in zip(rows, stored.ratings.tolist(), strict=True) if row >= 0]
