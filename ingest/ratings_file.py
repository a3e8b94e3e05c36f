"""Ratings files of any data set and of any size, read and validated in bounded memory."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import IO

import numpy as np
from numpy.typing import NDArray

from domain.ranges import MAX_USER_ID, PROFILE_IDS, WatchStatus
from ingest.files import (
    LONGEST_LINE,
    DataFile,
    Progress,
    csv_error_message,
    ignore_progress,
    open_binary,
)
from ingest.ratings_rows import RatingRows, RowParser
from ingest.report import ImportFileError, ImportReport

BLOCK_BYTES = 2 << 20


def read_ratings(
    source: DataFile,
    known_anime: NDArray[np.int64],
    report: ImportReport,
    progress: Progress = ignore_progress,
    name_key: bytes = b"",
) -> Iterator[RatingRows]:
    """Yield the valid rows block by block; count the rows read and rejected in `report`.

    Args:
        source: CSV, plain, gzip or in an archive.
        known_anime: ids of the catalog, sorted, int64.
        report: receives `read` and the rejections.
        progress: called with the number of bytes read.
        name_key: as in RowParser.

    Raises:
        ImportFileError: the file as a whole is unusable.
    """
    with open_binary(source, progress) as stream:
        head = stream.read(BLOCK_BYTES).removeprefix(b"\xef\xbb\xbf")
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise ImportFileError(
                f"{source}: the text is UTF-16. Save the file as UTF-8 and import it again."
            )
        header, _, rest = head.partition(b"\n")
        try:
            names = next(csv.reader([header[:LONGEST_LINE].decode("utf-8", "replace").strip()]), [])
            parser = RowParser(names, name_key)
        except csv.Error as error:
            raise ImportFileError(f"{source}: line 1: {csv_error_message(error)}.") from None
        except ValueError as error:
            raise ImportFileError(f"{source}: {error}") from None
        for first_line, block in _blocks(source, stream, rest):
            rows = parser.parse(first_line, block, report)
            report.read += len(rows)
            yield _validate(rows, known_anime, report)


def _blocks(source: DataFile, stream: IO[bytes], rest: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (number of its first line, block of whole lines) of what follows the header."""
    line = 2
    while True:
        more = stream.read(BLOCK_BYTES)
        data = rest + more
        if not more:
            if data.rpartition(b"\n")[2].count(b'"') % 2:
                line += data.count(b"\n")
                raise ImportFileError(
                    f"{source}: line {line}: the file ends in a quote that is not closed: it is truncated. "
                    "Download it again."
                )
            if data:
                yield line, data if data.endswith(b"\n") else data + b"\n"
            return
        whole, newline, rest = data.rpartition(b"\n")
        if len(rest) > LONGEST_LINE:
            line += data.count(b"\n")
            raise ImportFileError(f"{source}: line {line} is longer than 1 MB: this is not a ratings file.")
        if newline:
            yield line, whole + newline
            line += whole.count(b"\n") + 1


def _validate(rows: RatingRows, known_anime: NDArray[np.int64], report: ImportReport) -> RatingRows:
    good = np.ones(len(rows), dtype=bool)

    def require(condition: NDArray[np.bool_], reason: str) -> None:
        report.reject(reason, rows.lines[good & ~condition].tolist())
        good[~condition] = False

    require((rows.user_ids >= 0) & (rows.user_ids < MAX_USER_ID), "user id out of range")
    of_profile = (rows.user_ids >= PROFILE_IDS.start) & (rows.user_ids < PROFILE_IDS.stop)
    require(~of_profile, "user id is in the range of profiles, whose ids only the server hands out")
    require((rows.ratings >= -1) & (rows.ratings <= 10), "rating is not -1, 0 or 1 to 10")
    statuses = [0, *WatchStatus]
    named = f"{', '.join(map(str, statuses[1:-1]))} or {statuses[-1]}"
    require(np.isin(rows.statuses, statuses), f"status is not {named}, or their names")
    position = np.searchsorted(known_anime, rows.anime_ids).clip(max=max(len(known_anime) - 1, 0))
    known = known_anime[position] == rows.anime_ids if len(known_anime) else np.zeros(len(rows), dtype=bool)
    require(known, "anime id is not in the catalog")
    kept = rows if good.all() else rows.where(good)
    return RatingRows(kept.user_ids, kept.anime_ids, np.maximum(kept.ratings, 0), kept.statuses, kept.lines)
