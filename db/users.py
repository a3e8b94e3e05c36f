"""Users and their ratings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, delete, func, insert, select

from db.bulk import batches
from db.engine import write_transaction
from db.lists import NO_EXTRAS, ListExtras, delete_list, insert_list
from db.models import Erasure, Rating, RevisionCounter, User
from db.revisions import take_revision
from domain.ranges import UNFINISHED, WatchStatus

_STREAM_ROWS = 50_000  # of one batch of a stream
_BATCH = 500  # ids of one statement
_BATCH_OF_IDS = 5_000  # of one fetch


@dataclass(frozen=True)
class UserRatings:
    """The ratings of one user: parallel arrays, ordered by anime id. Erased users have none."""

    user_id: int
    revision: int
    anime_ids: NDArray[np.int64]
    ratings: NDArray[np.uint8]  # 1-10; 0 = watched, unrated


@dataclass(frozen=True)
class RatingColumns:
    """A batch of ratings, ordered by (user_id, anime_id): parallel arrays."""

    user_ids: NDArray[np.int64]
    anime_ids: NDArray[np.int64]
    ratings: NDArray[np.uint8]


def count_ratings(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(Rating)).scalar_one()


def count_generated_users(connection: Connection) -> int:
    """The number of users that `scripts/generate_ratings.py` made up."""
    statement = select(func.count()).select_from(User).where(User.generated)
    return connection.execute(statement).scalar_one()


def stream_ratings(connection: Connection) -> Iterator[RatingColumns]:
    """Every rating, ordered by (user_id, anime_id), in batches of at most `_STREAM_ROWS`."""
    # straight from the driver: millions of row objects would take longer than everything else in a build
    driver: Any = connection.connection
    on_server = {"name": "ratings"} if connection.dialect.name == "postgresql" else {}
    cursor = driver.cursor(**on_server)
    try:
        cursor.execute("SELECT user_id, anime_id, rating FROM ratings ORDER BY user_id, anime_id")
        while part := cursor.fetchmany(_STREAM_ROWS):
            columns = np.array(part, dtype=np.int64).T
            yield RatingColumns(columns[0], columns[1], columns[2].astype(np.uint8))
    finally:
        cursor.close()


def load_user_ratings(connection: Connection, user_id: int) -> UserRatings | None:
    """The ratings of one user, or None if there is no such user."""
    revision = connection.execute(select(User.revision).where(User.user_id == user_id)).scalar()
    return None if revision is None else _load(connection, {user_id: revision})[0]


def load_unfinished(connection: Connection, user_id: int) -> dict[int, WatchStatus]:
    """Anime id -> status, of the titles that a user has put on hold or dropped, ordered by id."""
    unfinished = (Rating.user_id == user_id, Rating.status.in_(UNFINISHED))
    statement = select(Rating.anime_id, Rating.status).where(*unfinished).order_by(Rating.anime_id)
    found = connection.execute(statement)
    return {anime_id: WatchStatus(status) for anime_id, status in found if status is not None}


def ratings_since(connection: Connection, revision: int, limit: int) -> list[UserRatings]:
    """The users whose ratings changed after `revision`, in the order of the changes.

    All users who were erased since then come first, without ratings; so do, at the end, those beyond `limit`,
    who are not erased.
    """
    erased = select(Erasure.user_id, Erasure.revision).where(Erasure.revision > revision)
    empty = [_empty(row.user_id, row.revision) for row in connection.execute(erased)]
    statement = (
        select(User.user_id, User.revision)
        .where(User.revision > revision)
        .order_by(User.revision, User.user_id)
    )
    changed = [(row.user_id, row.revision) for row in connection.execute(statement)]
    others = [_empty(user_id, of_change) for user_id, of_change in changed[limit:]]
    return empty + _load(connection, dict(changed[:limit])) + others


def ratings_of_missing_users(connection: Connection, user_ids: NDArray[np.int64]) -> list[UserRatings]:
    """Empty ratings for each of the given users who is not in the database, whenever they were erased."""
    driver: Any = connection.connection
    cursor, parts = driver.cursor(), [np.empty(0, np.int64)]
    # straight from the driver and in parts: a row object for everybody would stay with the process as memory
    cursor.execute("SELECT user_id FROM users")
    while part := cursor.fetchmany(_BATCH_OF_IDS):
        parts.append(np.array(part, np.int64).ravel())
    cursor.close()
    return [_empty(user_id, 0) for user_id in np.setdiff1d(user_ids, np.concatenate(parts)).tolist()]


def insert_user(
    engine: Engine, user_id: int, ratings: Mapping[int, int], extras: ListExtras = NO_EXTRAS
) -> bool:
    """Insert a user with a list, in one transaction; False, with nothing changed, if the id is taken.

    Args:
        engine: the database.
        user_id: chosen by the caller.
        ratings: anime id -> 1-10, or 0 for watched but unrated, of titles of the catalog.
        extras: the rest of the list.
    """
    with write_transaction(engine) as connection:
        revision = take_revision(connection)  # other writers wait here, so the id stays free
        if connection.execute(select(User.user_id).where(User.user_id == user_id)).first():
            connection.rollback()
            return False
        _insert(connection, user_id, revision, ratings, extras)
    return True


def replace_ratings(
    engine: Engine, user_id: int, ratings: Mapping[int, int], extras: ListExtras = NO_EXTRAS
) -> bool:
    """Insert a user or replace their list, in one transaction; True if the user existed.

    Arguments as for `insert_user`.
    """
    with write_transaction(engine) as connection:
        revision = take_revision(connection)
        known = _delete(connection, user_id)
        _insert(connection, user_id, revision, ratings, extras)
    return known


def update_ratings(
    engine: Engine, user_id: int, ratings: Mapping[int, int], extras: ListExtras = NO_EXTRAS
) -> bool:
    """Replace the list of an existing user, in one transaction; False if there is no such user."""
    with write_transaction(engine) as connection:
        revision = take_revision(connection)
        if not _delete(connection, user_id):
            connection.rollback()
            return False
        _insert(connection, user_id, revision, ratings, extras)
    return True


def erase_user(engine: Engine, user_id: int) -> bool:
    """Delete a user with the whole list, in one transaction; False if there is no such user."""
    with write_transaction(engine) as connection:
        revision = take_revision(connection)
        if not _delete(connection, user_id):
            connection.rollback()
            return False
        connection.execute(insert(Erasure).values(user_id=user_id, revision=revision))
    return True


def load_erasures(connection: Connection) -> list[tuple[int, int]]:
    """(user id, revision) of each recorded erasure, ordered by revision."""
    statement = select(Erasure.user_id, Erasure.revision).order_by(Erasure.revision)
    return [(row.user_id, row.revision) for row in connection.execute(statement)]


def forget_erasures(engine: Engine, up_to_revision: int) -> None:
    """Delete the records of erasures up to a revision: no model in the builder's directory is older.

    A server with a model that is older reconciles it with the database instead.
    """
    with write_transaction(engine) as connection:
        connection.execute(select(RevisionCounter.value).with_for_update())  # first, as every writer does
        connection.execute(delete(Erasure).where(Erasure.revision <= up_to_revision))


def _delete(connection: Connection, user_id: int) -> bool:
    delete_list(connection, user_id)
    return connection.execute(delete(User).where(User.user_id == user_id)).rowcount > 0


def _insert(
    connection: Connection, user_id: int, revision: int, ratings: Mapping[int, int], extras: ListExtras
) -> None:
    connection.execute(delete(Erasure).where(Erasure.user_id == user_id))
    connection.execute(insert(User).values(user_id=user_id, revision=revision))
    insert_list(connection, user_id, ratings, extras)


def _empty(user_id: int, revision: int) -> UserRatings:
    return UserRatings(user_id, revision, np.empty(0, np.int64), np.empty(0, np.uint8))


def _load(connection: Connection, revisions: Mapping[int, int]) -> list[UserRatings]:
    """The ratings of the given users (user id -> revision), in the given order."""
    columns: dict[int, tuple[list[int], list[int]]] = {user_id: ([], []) for user_id in revisions}
    for ids in batches(revisions, _BATCH):
        statement = (
            select(Rating.user_id, Rating.anime_id, Rating.rating)
            .where(Rating.user_id.in_(ids))
            .order_by(Rating.user_id, Rating.anime_id)
        )
        for user_id, anime_id, rating in connection.execute(statement):
            columns[user_id][0].append(anime_id)
            columns[user_id][1].append(rating)
    return [
        UserRatings(user_id, revisions[user_id], np.array(anime, np.int64), np.array(ratings, np.uint8))
        for user_id, (anime, ratings) in columns.items()
    ]
