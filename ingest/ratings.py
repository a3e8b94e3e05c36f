"""Import of a ratings file: sorted on disk, then merged into the database in one transaction."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, text

from db import bulk
from db.engine import read_transaction, write_transaction
from db.revisions import database_id, take_revision
from db.users import count_generated_users
from domain.ranges import WatchStatus
from ingest.files import DataFile, Progress, ignore_progress, size_of
from ingest.ratings_file import read_ratings
from ingest.ratings_sort import Rows, SortedRatings
from ingest.report import ImportFileError, ImportReport

_ANIME_BITS = 31


def import_ratings(
    engine: Engine, source: DataFile, progress: Progress = ignore_progress, *, generated: bool = False
) -> ImportReport:
    """Merge the file's ratings into the database; importing it again changes nothing.

    Memory is bounded, whatever the length and order of the file. Of several rows with the same user and
    anime, the first one counts and the others are rejected. Titles that people plan to watch are stored as
    that, unless they are rated.

    Args:
        engine: the database, with a catalog.
        source: CSV, plain, gzip or in an archive.
        progress: called with the number of bytes read; the second half stands for the merge.
        generated: the users of the file are made up. The next import of real ratings deletes them.

    Raises:
        ImportFileError: the file is unusable, or there is no catalog yet; nothing was changed.
    """
    report, size = ImportReport(source.name), size_of(source)
    with SortedRatings(_temporary_folder(engine)) as rows:
        _read(engine, source, rows, report, lambda done: progress(done // 2))
        replaces = len(rows) > 0 and not generated and _has_generated_users(engine)
        # the rows of deleted users go with them only where SQLite looks after the references
        transaction = write_transaction if replaces else bulk.trusted_write_transaction
        with transaction(engine) as connection:
            bulk.lock_writers(connection)
            if replaces:
                deleted = connection.execute(text("DELETE FROM users WHERE generated"))
                report.removed_users = deleted.rowcount
            merge, total, merged = _Merge(connection, generated), max(1, len(rows)), 0
            for block in rows.blocks():
                merge.add(block)
                merged += len(block)
                progress(size // 2 + size * merged // total // 2)
            report.loaded, report.updated = merge.loaded, merge.updated
        repeated = "repeats an earlier row of the same user and anime"
        report.reject(repeated, rows.repeated_lines, count=rows.repeated)
    return report


def _read(
    engine: Engine, source: DataFile, rows: SortedRatings, report: ImportReport, progress: Progress
) -> None:
    with read_transaction(engine) as connection:
        titles = connection.execute(text("SELECT anime_id FROM anime ORDER BY anime_id")).scalars().all()
        name_key = database_id(connection).encode()[:64]
    if not titles:
        raise ImportFileError(f"{source}: the database has no titles. Import the anime file first (--anime).")
    for part in read_ratings(source, np.array(titles, np.int64), report, progress, name_key):
        rows.add(part)


def _has_generated_users(engine: Engine) -> bool:
    with read_transaction(engine) as connection:
        return count_generated_users(connection) > 0


def _temporary_folder(engine: Engine) -> Path | None:
    """The folder of an SQLite file, which has room for the ratings; that of the system may be in memory."""
    database = engine.url.database if engine.dialect.name == "sqlite" else None
    return Path(database).parent if database and database != ":memory:" else None


class _Merge:
    """Merges sorted blocks of ratings into the database, within one write transaction."""

    def __init__(self, connection: Connection, generated: bool) -> None:
        self._connection, self._generated = connection, generated
        self._users = bulk.load_user_ids(connection)
        self._last_user = -1  # of the block before
        self._revision: int | None = None  # taken with the first change
        self.loaded = self.updated = 0

    def add(self, rows: Rows) -> None:
        """Merge a block that follows the blocks before it in the order of users and titles."""
        users = np.unique(rows["user_id"])
        known = users[np.isin(users, self._users)]
        stored = bulk.load_ratings_of(self._connection, known)
        planned = bulk.load_planned_of(self._connection, known)
        of_ratings, of_plans = _positions(users, rows, stored), _positions(users, rows, planned)

        plans = rows["status"] == WatchStatus.PLAN_TO_WATCH
        new_plan = plans & (of_ratings < 0) & (of_plans < 0)
        new = ~plans & (of_ratings < 0)
        changed = ~plans & (of_ratings >= 0)
        before = stored[:, of_ratings[changed]]
        after = rows[changed]
        changed[changed] = (after["rating"] != before[2]) | (
            (after["status"] != 0) & (after["status"] != before[3])
        )
        self._save_users(users, known, np.unique(rows["user_id"][new | new_plan | changed]))
        bulk.delete_planned(self._connection, _columns(rows[~plans & (of_plans >= 0)]))
        bulk.insert_rows(self._connection, "planned_titles", _columns(rows[new_plan]))
        # without a status it is NULL
        for with_status in (True, False):
            part = rows[new & ((rows["status"] != 0) == with_status)]
            names = ("rating", "status") if with_status else ("rating",)
            bulk.insert_rows(self._connection, "ratings", _columns(part, *names))
        bulk.update_ratings_of(self._connection, _columns(rows[changed], "rating", "status"))
        self._last_user = int(users[-1])
        self.loaded += int(new.sum() + new_plan.sum())
        self.updated += int(changed.sum())

    def _save_users(
        self, users: NDArray[np.int64], known: NDArray[np.int64], touched: NDArray[np.int64]
    ) -> None:
        if not len(touched):
            return
        if self._revision is None:
            self._revision = take_revision(self._connection)
        # the last user of the block before may continue in this one
        new = users[~np.isin(users, known) & (users > self._last_user)]
        columns = {
            "user_id": new,
            "revision": np.full(len(new), self._revision, np.int64),
            "generated": np.full(len(new), self._generated),
        }
        bulk.insert_rows(self._connection, "users", columns)
        bulk.touch_users(self._connection, np.intersect1d(known, touched), self._revision)


def _positions(users: NDArray[np.int64], rows: Rows, stored: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each row's user and title are in `stored`, int64 (n,), -1 where they are not.

    `users` are those of the rows, ascending; `stored` has user id and anime id, in the order of the rows.
    """
    if not stored.shape[1]:
        return np.full(len(rows), -1, np.int64)
    wanted = np.searchsorted(users, rows["user_id"]) << _ANIME_BITS | rows["anime_id"].astype(np.int64)
    present = np.searchsorted(users, stored[0]) << _ANIME_BITS | stored[1]
    position = np.searchsorted(present, wanted).clip(max=len(present) - 1)
    return np.where(present[position] == wanted, position, -1)


def _columns(rows: Rows, *names: str) -> bulk.Columns:
    return {
        "user_id": rows["user_id"],
        "anime_id": rows["anime_id"],
        **{name: rows[name].astype(np.int16) for name in names},
    }
