"""Reads and writes people and their lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, delete, func, insert, select

from db.engine import write_transaction
from db.models import Erasure, Rating, User
from db.revisions import take_revision

_STREAM_ROWS = 50_000


@dataclass(frozen=True)
class StoredList:
    """One person's saved list: parallel arrays, ordered by anime id."""

    user_id: int
    revision: int
    anime_ids: NDArray[np.int64]
    ratings: NDArray[np.uint8]  # 1-10; 0 = watched, unrated


@dataclass(frozen=True)
class RatingColumns:
    """A run of ratings, ordered by (user_id, anime_id): parallel arrays."""

    user_ids: NDArray[np.int64]
    anime_ids: NDArray[np.int64]
    ratings: NDArray[np.uint8]


def count_ratings(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(Rating)).scalar_one()


def count_generated_people(connection: Connection) -> int:
    """How many people of the database do not exist."""
    statement = select(func.count()).select_from(User).where(User.generated)
    return connection.execute(statement).scalar_one()


def stream_ratings(connection: Connection) -> Iterator[RatingColumns]:
    """Every rating, ordered by (user_id, anime_id), in runs of bounded size."""
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


def load_list(connection: Connection, user_id: int) -> StoredList | None:
    """The saved list of one person, or None for somebody unknown."""
    revision = connection.execute(select(User.revision).where(User.user_id == user_id)).scalar()
    return None if revision is None else _lists(connection, {user_id: revision})[0]


def lists_since(connection: Connection, revision: int, limit: int) -> list[StoredList]:
    """The lists that changed after `revision`, in the order of their change; at most `limit`.

    Everybody who was erased since then comes first, with an empty list.
    """
    erased = select(Erasure.user_id, Erasure.revision).where(Erasure.revision > revision)
    empty = [_no_list(row.user_id, row.revision) for row in connection.execute(erased)]
    statement = (
        select(User.user_id, User.revision)
        .where(User.revision > revision)
        .order_by(User.revision, User.user_id)
        .limit(limit)
    )
    return empty + _lists(connection, {row.user_id: row.revision for row in connection.execute(statement)})


def lists_gone(connection: Connection, user_ids: NDArray[np.int64]) -> list[StoredList]:
    """An empty list for each of these people whom the database does not know, whenever they left."""
    here = np.array(connection.execute(select(User.user_id)).scalars().all(), np.int64)
    return [_no_list(user_id, 0) for user_id in np.setdiff1d(user_ids, here).tolist()]


def insert_user(engine: Engine, user_id: int, ratings: Mapping[int, int]) -> bool:
    """Save a new person with a list, in one transaction; False if somebody was there first.

    Args:
        engine: the database.
        user_id: the person's id, chosen by the caller.
        ratings: anime id -> 1-10, or 0 for watched but unrated.
    """
    with write_transaction(engine) as connection:
        revision = take_revision(connection)  # other writers wait here, so nobody can slip in below
        if connection.execute(select(User.user_id).where(User.user_id == user_id)).first():
            connection.rollback()
            return False
        _insert(connection, user_id, revision, ratings)
    return True


def replace_list(engine: Engine, user_id: int, ratings: Mapping[int, int]) -> bool:
    """Save a list in the place of whatever this person has, in one transaction; True if they had one.

    Args as of `insert_user`.
    """
    with write_transaction(engine) as connection:
        revision = take_revision(connection)
        known = _delete(connection, user_id)
        _insert(connection, user_id, revision, ratings)
    return known


def update_list(engine: Engine, user_id: int, ratings: Mapping[int, int]) -> bool:
    """As `replace_list`, but only of somebody known; False for anybody else, whom this does not add."""
    with write_transaction(engine) as connection:
        revision = take_revision(connection)
        if not _delete(connection, user_id):
            connection.rollback()
            return False
        _insert(connection, user_id, revision, ratings)
    return True


def erase_user(engine: Engine, user_id: int) -> bool:
    """Delete a person and their list, in one transaction; False for somebody unknown."""
    with write_transaction(engine) as connection:
        revision = take_revision(connection)
        if not _delete(connection, user_id):
            connection.rollback()
            return False
        connection.execute(insert(Erasure).values(user_id=user_id, revision=revision))
    return True


def load_erasures(connection: Connection) -> list[tuple[int, int]]:
    """(user id, revision) of everybody who was erased and is not forgotten yet, by revision."""
    statement = select(Erasure.user_id, Erasure.revision).order_by(Erasure.revision)
    return [(row.user_id, row.revision) for row in connection.execute(statement)]


def forget_erasures(engine: Engine, up_to_revision: int) -> None:
    """Forget who was erased at or before a revision: no model on disk is older than that."""
    with write_transaction(engine) as connection:
        connection.execute(delete(Erasure).where(Erasure.revision <= up_to_revision))


def _delete(connection: Connection, user_id: int) -> bool:
    connection.execute(delete(Rating).where(Rating.user_id == user_id))
    return connection.execute(delete(User).where(User.user_id == user_id)).rowcount > 0


def _insert(connection: Connection, user_id: int, revision: int, ratings: Mapping[int, int]) -> None:
    connection.execute(delete(Erasure).where(Erasure.user_id == user_id))
    connection.execute(insert(User).values(user_id=user_id, revision=revision))
    if ratings:
        rows = [{"user_id": user_id, "anime_id": a, "rating": r} for a, r in sorted(ratings.items())]
        connection.execute(insert(Rating), rows)


def _no_list(user_id: int, revision: int) -> StoredList:
    return StoredList(user_id, revision, np.empty(0, np.int64), np.empty(0, np.uint8))


def _lists(connection: Connection, revisions: Mapping[int, int]) -> list[StoredList]:
    """The lists of the given people (user id -> revision), in the given order."""
    lists = {user_id: ([], []) for user_id in revisions}  # type: dict[int, tuple[list[int], list[int]]]
    ids = list(revisions)
    for start in range(0, len(ids), 500):
        statement = (
            select(Rating.user_id, Rating.anime_id, Rating.rating)
            .where(Rating.user_id.in_(ids[start : start + 500]))
            .order_by(Rating.user_id, Rating.anime_id)
        )
        for user_id, anime_id, rating in connection.execute(statement):
            lists[user_id][0].append(anime_id)
            lists[user_id][1].append(rating)
    return [
        StoredList(user_id, revisions[user_id], np.array(anime, np.int64), np.array(ratings, np.uint8))
        for user_id, (anime, ratings) in lists.items()
    ]
