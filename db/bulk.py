"""Batches for statements; bulk reads and writes of ratings and planned titles, straight through the driver.

For these, SQLAlchemy would take longer than the statements themselves. PostgreSQL gets its rows by COPY.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, text

from db.engine import writing

_FETCHED = 50_000  # rows of one fetch
_BATCH = 500  # ids of one statement
# signature and header of PostgreSQL's binary COPY format, and its end
_COPY_BEGIN, _COPY_END = b"PGCOPY\n\xff\r\n\x00" + bytes(8), b"\xff\xff"

# names of columns are those of the tables; values have the size in bytes of PostgreSQL's type
Columns = dict[str, NDArray[Any]]
T = TypeVar("T")


def batches(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """The values in order, in lists of `size`; the last may be shorter."""
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch


def lock_writers(connection: Connection) -> None:
    """Let other writers wait until this transaction ends, without taking a revision."""
    if connection.dialect.name == "postgresql":  # SQLite's write transactions begin with the lock
        connection.exec_driver_sql("SELECT value FROM revision_counter FOR UPDATE")


@contextmanager
def trusted_write_transaction(engine: Engine) -> Iterator[Connection]:
    """A write transaction for rows whose users and titles are known to be there.

    SQLite does not look them up again, which takes it half of the time of an insert; nor does it delete what
    belongs to a row that is deleted.
    """
    with engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            with writing(connection):
                yield connection
            return
        cursor: Any = connection.connection.cursor()  # a PRAGMA has no effect within a transaction
        cursor.execute("PRAGMA foreign_keys=OFF")
        try:
            with writing(connection):
                yield connection
        finally:
            cursor.execute("PRAGMA foreign_keys=ON")
            cursor.close()


def load_user_ids(connection: Connection) -> NDArray[np.int64]:
    """The ids of all users, ascending."""
    return _fetch(connection, "SELECT user_id FROM users ORDER BY user_id", 1).ravel()


def load_ratings_of(connection: Connection, user_ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """The ratings of some users, ordered: int64 (4, n) of user, anime, rating, status (0: not known)."""
    columns = "user_id, anime_id, rating, coalesce(status, 0)"
    return _of_users(connection, f"SELECT {columns} FROM ratings", user_ids, 4)  # nosec B608 - constants


def load_planned_of(connection: Connection, user_ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """The planned titles of some users, ordered: int64 (2, n) of user id, anime id."""
    return _of_users(connection, "SELECT user_id, anime_id FROM planned_titles", user_ids, 2)


def insert_rows(connection: Connection, table: str, columns: Columns) -> None:
    """Insert rows that are not there yet."""
    if not len(next(iter(columns.values()))):
        return
    names = ", ".join(columns)
    cursor: Any = connection.connection.cursor()
    if connection.dialect.name == "postgresql":
        copied = io.BytesIO(_COPY_BEGIN + _copy_rows(list(columns.values())) + _COPY_END)
        cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN WITH (FORMAT binary)", copied)
    else:
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # nosec B608 - constants
        cursor.executemany(statement, zip(*(values.tolist() for values in columns.values()), strict=True))
    cursor.close()


def update_ratings_of(connection: Connection, ratings: Columns) -> None:
    """Change ratings that are there: user_id, anime_id, rating, status (0: leave it as it is)."""
    _with_changed(
        connection,
        ratings,
        "UPDATE ratings SET rating = changed.rating,"
        " status = coalesce(nullif(changed.status, 0), ratings.status) FROM changed"
        " WHERE ratings.user_id = changed.user_id AND ratings.anime_id = changed.anime_id",
    )


def delete_planned(connection: Connection, pairs: Columns) -> None:
    """Delete planned titles: user_id, anime_id."""
    _with_changed(
        connection,
        pairs,
        "DELETE FROM planned_titles WHERE EXISTS (SELECT 1 FROM changed"
        " WHERE changed.user_id = planned_titles.user_id AND changed.anime_id = planned_titles.anime_id)"
        " AND user_id IN (SELECT user_id FROM changed)",
    )


def touch_users(connection: Connection, user_ids: NDArray[np.int64], revision: int) -> None:
    """Give users who exist a revision."""
    for ids in _id_lists(user_ids):
        statement = f"UPDATE users SET revision = :revision WHERE user_id IN ({ids})"  # nosec B608 - numbers
        connection.execute(text(statement), {"revision": revision})


def _with_changed(connection: Connection, columns: Columns, statement: str) -> None:
    """Execute a statement that reads the rows from a temporary table, `changed`."""
    if not len(columns["user_id"]):
        return
    connection.exec_driver_sql(
        "CREATE TEMPORARY TABLE changed (user_id BIGINT, anime_id INTEGER, rating SMALLINT, status SMALLINT)"
    )
    insert_rows(connection, "changed", columns)
    connection.exec_driver_sql(statement)
    connection.exec_driver_sql("DROP TABLE changed")


def _of_users(
    connection: Connection, statement: str, user_ids: NDArray[np.int64], width: int
) -> NDArray[np.int64]:
    parts = [
        _fetch(connection, f"{statement} WHERE user_id IN ({ids}) ORDER BY user_id, anime_id", width)
        for ids in _id_lists(np.sort(user_ids))
    ]
    return np.concatenate([np.empty((width, 0), np.int64), *parts], axis=1)


def _id_lists(user_ids: NDArray[np.int64]) -> Iterator[str]:
    for ids in batches(user_ids, _BATCH):
        yield ", ".join(map(str, ids))


def _fetch(connection: Connection, statement: str, width: int) -> NDArray[np.int64]:
    cursor: Any = connection.connection.cursor()
    parts = [np.empty((width, 0), np.int64)]
    cursor.execute(statement)
    while rows := cursor.fetchmany(_FETCHED):
        parts.append(np.array(rows, np.int64).T)
    cursor.close()
    return np.concatenate(parts, axis=1)


def _copy_rows(columns: list[NDArray[Any]]) -> bytes:
    """Rows in the binary COPY format: the number of fields, and of each its length in bytes and its value."""
    fields = [("fields", ">i2")]
    for number, values in enumerate(columns):
        fields += [(f"length{number}", ">i4"), (f"value{number}", values.dtype.newbyteorder(">").str)]
    rows = np.empty(len(columns[0]), dtype=fields)
    rows["fields"] = len(columns)
    for number, values in enumerate(columns):
        rows[f"length{number}"], rows[f"value{number}"] = values.dtype.itemsize, values
    return rows.tobytes()
