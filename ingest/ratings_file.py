"""Ratings files, `user_id,anime_id,rating`, of any size in bounded memory.

Valid blocks are parsed at once; others line by line, so that each rejected row has its line number.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.ranges import MAX_USER_ID, PROFILE_IDS
from ingest.files import Progress, ignore_progress, open_binary, wrong_header
from ingest.report import ImportFileError, ImportReport

HEADER = b"user_id,anime_id,rating"
BLOCK_BYTES = 2 << 20
LONGEST_LINE = 1 << 20  # bytes
_CLEAN_BYTES = b"0123456789-,\r\n"


@dataclass(frozen=True)
class RatingRows:
    """Rows of the file: parallel arrays."""

    user_ids: NDArray[np.int64]
    anime_ids: NDArray[np.int64]
    ratings: NDArray[np.int64]  # 1-10; 0 = watched, unrated
    lines: NDArray[np.int64]  # line number in the file; the header is line 1

    def __len__(self) -> int:
        return len(self.lines)

    def where(self, mask: NDArray[np.bool_]) -> RatingRows:
        return RatingRows(self.user_ids[mask], self.anime_ids[mask], self.ratings[mask], self.lines[mask])


def read_ratings(
    path: Path, known_anime: NDArray[np.int64], report: ImportReport, progress: Progress = ignore_progress
) -> Iterator[RatingRows]:
    """Yield the valid rows block by block; count the rows read and rejected in `report`.

    Args:
        path: CSV, plain or gzip.
        known_anime: ids of the catalog, sorted, int64.
        report: receives `read` and the rejections.
        progress: called with the number of bytes read.

    Raises:
        ImportFileError: the file as a whole is unusable.
    """
    for first_line, block in _blocks(path, progress):
        rows = _parse_clean(first_line, block)
        if rows is None:
            rows = _parse_lines(first_line, block, report)
        report.read += len(rows)
        yield _validate(rows, known_anime, report)


def _blocks(path: Path, progress: Progress) -> Iterator[tuple[int, bytes]]:
    """Yield (number of its first line, block of whole lines), without the header."""
    with open_binary(path, progress) as stream:
        head = stream.read(BLOCK_BYTES).removeprefix(b"\xef\xbb\xbf")
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise ImportFileError(f"{path}: the text is UTF-16. Save the file as UTF-8 and import it again.")
        header, _, rest = head.partition(b"\n")
        if header.strip() != HEADER:
            raise wrong_header(path, header[:200].decode("utf-8", "replace").strip(), [HEADER.decode()])
        line = 2
        while True:
            more = stream.read(BLOCK_BYTES)
            data = rest + more
            if not more:
                if data:
                    yield line, data if data.endswith(b"\n") else data + b"\n"
                return
            whole, newline, rest = data.rpartition(b"\n")
            if len(rest) > LONGEST_LINE:
                line += data.count(b"\n")
                raise ImportFileError(f"{path}: line {line} is longer than 1 MB: this is not a ratings file.")
            if newline:
                yield line, whole + newline
                line += whole.count(b"\n") + 1


def _parse_clean(first_line: int, block: bytes) -> RatingRows | None:
    """Return the rows of the block, or None if not every line is three integers."""
    count = block.count(b"\n")
    if block.count(b",") != 2 * count or block.translate(None, _CLEAN_BYTES):
        return None
    try:
        table = pd.read_csv(io.BytesIO(block), header=None, dtype=np.int64, skip_blank_lines=False)
    except (ValueError, OverflowError):
        return None
    if table.shape != (count, 3):
        return None
    users, anime, ratings = (table[column].to_numpy() for column in table.columns)
    return RatingRows(users, anime, ratings, np.arange(first_line, first_line + count))


def _parse_lines(first_line: int, block: bytes, report: ImportReport) -> RatingRows:
    good: list[tuple[int, int, int, int]] = []
    for line, raw in enumerate(block.split(b"\n")[:-1], start=first_line):
        text = raw.strip()
        if not text:
            continue
        try:
            user_id, anime_id, rating = (_integer(part) for part in text.split(b","))
        except ValueError:
            report.read += 1
            reason = "contains a NUL byte" if b"\x00" in text else "not three whole numbers"
            report.reject(reason, [line])
        else:
            good.append((user_id, anime_id, rating, line))
    columns = np.array(good, dtype=np.int64).reshape(-1, 4).T
    return RatingRows(columns[0], columns[1], columns[2], columns[3])


def _integer(part: bytes) -> int:
    text = part.strip()
    if len(text) > 1 and text.startswith(b'"') and text.endswith(b'"'):
        text = text[1:-1]
    if not text.removeprefix(b"-").isdigit():
        raise ValueError
    value = int(text) if len(text) <= 1_000 else MAX_USER_ID
    return max(-MAX_USER_ID, min(value, MAX_USER_ID))


def _validate(rows: RatingRows, known_anime: NDArray[np.int64], report: ImportReport) -> RatingRows:
    good = np.ones(len(rows), dtype=bool)

    def require(condition: NDArray[np.bool_], reason: str) -> None:
        report.reject(reason, rows.lines[good & ~condition].tolist())
        good[~condition] = False

    require((rows.user_ids >= 0) & (rows.user_ids < MAX_USER_ID), "user id out of range")
    of_profile = (rows.user_ids >= PROFILE_IDS.start) & (rows.user_ids < PROFILE_IDS.stop)
    require(~of_profile, "user id is in the range of profiles, whose ids only the server hands out")
    require((rows.ratings >= -1) & (rows.ratings <= 10), "rating is not -1, 0 or 1 to 10")
    position = np.searchsorted(known_anime, rows.anime_ids).clip(max=max(len(known_anime) - 1, 0))
    known = known_anime[position] == rows.anime_ids if len(known_anime) else np.zeros(len(rows), dtype=bool)
    require(known, "anime id is not in the catalog")
    kept = rows if good.all() else rows.where(good)
    return RatingRows(kept.user_ids, kept.anime_ids, np.maximum(kept.ratings, 0), kept.lines)
