"""Import of a ratings file: staged in a temporary table, then merged in one transaction."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Engine, text

from db.engine import writing
from db.revisions import take_revision
from ingest.files import Progress, ignore_progress
from ingest.ratings_file import RatingRows, read_ratings
from ingest.report import LINES_SHOWN, ImportFileError, ImportReport

# "line" is part of the key so that repeated rows can be counted before they are removed
_STAGING = """
CREATE TEMPORARY TABLE staged (
    user_id BIGINT NOT NULL, anime_id INTEGER NOT NULL, line BIGINT NOT NULL, rating SMALLINT NOT NULL,
    PRIMARY KEY (user_id, anime_id, line)
)"""
_REPEATED = """
SELECT line FROM staged AS later WHERE EXISTS (
    SELECT 1 FROM staged AS earlier
    WHERE earlier.user_id = later.user_id AND earlier.anime_id = later.anime_id AND earlier.line < later.line
)"""
# the two statements contain nothing but our own constant
_COUNT_REPEATED = f"SELECT count(*) FROM ({_REPEATED}) AS found"  # nosec B608
# the subquery runs first, so that removed rows still count as earlier ones
_REMOVE = f"DELETE FROM staged WHERE line IN ({_REPEATED})"  # nosec B608
_CHANGES = """
CREATE TEMPORARY TABLE changed AS
SELECT s.user_id,
       sum(CASE WHEN r.rating IS NULL THEN 1 ELSE 0 END) AS loaded,
       sum(CASE WHEN r.rating <> s.rating THEN 1 ELSE 0 END) AS updated
FROM staged AS s LEFT JOIN ratings AS r ON r.user_id = s.user_id AND r.anime_id = s.anime_id
WHERE r.rating IS NULL OR r.rating <> s.rating
GROUP BY s.user_id"""
_MERGE_USERS = """
INSERT INTO users (user_id, revision, generated)
SELECT user_id, :revision, :generated FROM changed WHERE true
ON CONFLICT (user_id) DO UPDATE SET revision = excluded.revision"""
_MERGE_RATINGS = """
INSERT INTO ratings (user_id, anime_id, rating)
SELECT user_id, anime_id, rating FROM staged WHERE user_id IN (SELECT user_id FROM changed)
ORDER BY user_id, anime_id
ON CONFLICT (user_id, anime_id) DO UPDATE SET rating = excluded.rating"""


def import_ratings(
    engine: Engine, path: Path, progress: Progress = ignore_progress, *, generated: bool = False
) -> ImportReport:
    """Merge the file's ratings into the database; importing it again changes nothing.

    Memory is bounded by the block size, whatever the length and order of the file. Of several rows with the
    same user and anime, the first one counts and the others are rejected.

    Args:
        engine: the database, with a catalog.
        path: CSV, plain or gzip.
        progress: called with the number of bytes read.
        generated: the users of the file are made up. The next import of real ratings deletes them.

    Raises:
        ImportFileError: the file is unusable, or there is no catalog yet; nothing was changed.
    """
    report = ImportReport(path.name)
    with engine.connect() as connection:
        # staging takes no lock: others may write until the merge
        with connection.begin():
            _stage(connection, path, report, progress)
        with writing(connection):
            if not generated and connection.execute(text("SELECT 1 FROM staged LIMIT 1")).first():
                deleted = connection.execute(text("DELETE FROM users WHERE generated"))
                report.removed_users = deleted.rowcount
            _merge(connection, report, generated)
            connection.exec_driver_sql("DROP TABLE changed")
            connection.exec_driver_sql("DROP TABLE staged")
    return report


def _stage(connection: Connection, path: Path, report: ImportReport, progress: Progress) -> None:
    sqlite = connection.dialect.name == "sqlite"
    titles = connection.execute(text("SELECT anime_id FROM anime ORDER BY anime_id")).scalars().all()
    if not titles:
        raise ImportFileError(f"{path}: the database has no titles. Import the anime file first (--anime).")
    # left over if the merge of an earlier import on this connection failed
    connection.exec_driver_sql("DROP TABLE IF EXISTS staged")
    connection.exec_driver_sql(_STAGING + (" WITHOUT ROWID" if sqlite else ""))
    copy = _insert_sqlite if sqlite else _copy_postgresql
    for rows in read_ratings(path, np.array(titles, dtype=np.int64), report, progress):
        copy(connection, rows)
    repeated = connection.execute(text(_COUNT_REPEATED)).scalar_one()
    if repeated:
        first = connection.execute(text(f"{_REPEATED} ORDER BY line LIMIT {LINES_SHOWN}")).scalars().all()
        report.reject("repeats an earlier row of the same user and anime", first, count=repeated)
        connection.execute(text(_REMOVE))


def _insert_sqlite(connection: Connection, rows: RatingRows) -> None:
    # directly with the driver: SQLAlchemy would take longer than the insert itself
    cursor = connection.connection.cursor()
    cursor.executemany(
        "INSERT INTO staged VALUES (?, ?, ?, ?)",
        list(
            zip(
                rows.user_ids.tolist(),
                rows.anime_ids.tolist(),
                rows.lines.tolist(),
                rows.ratings.tolist(),
                strict=True,
            )
        ),
    )
    cursor.close()


def _copy_postgresql(connection: Connection, rows: RatingRows) -> None:
    table = pd.DataFrame({"u": rows.user_ids, "a": rows.anime_ids, "l": rows.lines, "r": rows.ratings})
    buffer = io.StringIO()
    table.to_csv(buffer, header=False, index=False)
    buffer.seek(0)
    cursor: Any = connection.connection.cursor()  # psycopg2's own, which can COPY
    cursor.copy_expert("COPY staged FROM STDIN WITH (FORMAT csv)", buffer)
    cursor.close()


def _merge(connection: Connection, report: ImportReport, generated: bool) -> None:
    connection.exec_driver_sql(_CHANGES)
    totals = connection.execute(
        text("SELECT coalesce(sum(loaded), 0), coalesce(sum(updated), 0) FROM changed")
    )
    report.loaded, report.updated = (int(value) for value in totals.one())
    if report.loaded or report.updated:
        revision = take_revision(connection)
        connection.execute(text(_MERGE_USERS), {"revision": revision, "generated": generated})
        connection.execute(text(_MERGE_RATINGS))
