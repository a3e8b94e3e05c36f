"""Sorting of more ratings than fit into memory: by user and title, in runs on disk that are then merged."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ingest.ratings_rows import RatingRows
from ingest.report import LINES_SHOWN

RUN_ROWS = 1 << 20  # sorted in memory at a time
MERGED_ROWS = 1 << 20  # of all runs that are merged, in memory at a time
LEAST_ROOM = 1_000  # rows of each run
BLOCK_ROWS = 100_000
ROW = np.dtype([("user_id", "<i8"), ("anime_id", "<i4"), ("rating", "i1"), ("status", "i1"), ("line", "<i8")])

Rows = NDArray[np.void]  # of ROW


class SortedRatings:
    """Collects rows in the order of their lines; gives them back sorted, the first one of each pair.

    `repeated` counts the others, `repeated_lines` has the first of their lines: complete once all blocks were
    read. Takes 22 bytes per row in a file that has no name, so that it vanishes with the process.
    """

    def __init__(self, folder: Path | None) -> None:
        """`folder`: for the file; default: that of the system for temporary files."""
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by __exit__
        self._runs: list[tuple[int, int]] = []  # (first row, row after the last)
        self._collected: list[Rows] = []
        self.repeated = 0
        self.repeated_lines: list[int] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def __len__(self) -> int:
        """The rows of all runs."""
        return (self._runs[-1][1] if self._runs else 0) + sum(map(len, self._collected))

    def add(self, rows: RatingRows) -> None:
        packed = np.empty(len(rows), ROW)
        packed["user_id"], packed["anime_id"], packed["line"] = rows.user_ids, rows.anime_ids, rows.lines
        packed["rating"], packed["status"] = rows.ratings, rows.statuses
        self._collected.append(packed)
        if sum(map(len, self._collected)) >= RUN_ROWS:
            self._write_run()

    def blocks(self) -> Iterator[Rows]:
        """Yield all rows, ordered by user and anime, `BLOCK_ROWS` at a time. To be called once."""
        rest = np.zeros(0, ROW)
        for rows in self._merged():
            rest = np.concatenate([rest, rows])
            while len(rest) >= BLOCK_ROWS:
                yield rest[:BLOCK_ROWS]
                rest = rest[BLOCK_ROWS:]
        if len(rest):
            yield rest

    def _merged(self) -> Iterator[Rows]:
        """Yield all rows, ordered by user and anime, in parts of any length."""
        self._write_run()
        room = max(LEAST_ROOM, MERGED_ROWS // max(1, len(self._runs)))
        runs = [_Run(self._file.fileno(), first, end, room) for first, end in self._runs]
        last = np.zeros(0, ROW)
        while runs := [run for run in runs if len(run.rows)]:
            # up to here every run has all of its rows in memory; pairs that continue beyond are repeated
            bound = min((run.last_key() for run in runs if run.more), default=None)
            parts = [run.take(bound) for run in runs if bound is None or run.first_key() <= bound]
            rows = _sorted(np.concatenate(parts))
            rows = self._without_repeated(np.concatenate([last, rows]))[len(last) :]
            last = rows[-1:] if len(rows) else last
            yield rows

    def _write_run(self) -> None:
        if self._collected:
            rows = self._without_repeated(_sorted(np.concatenate(self._collected)))
            self._collected = []
            first = self._runs[-1][1] if self._runs else 0
            self._file.write(rows.tobytes())
            self._file.flush()
            self._runs.append((first, first + len(rows)))

    def _without_repeated(self, rows: Rows) -> Rows:
        same = np.zeros(len(rows), bool)
        same[1:] = (rows["user_id"][1:] == rows["user_id"][:-1]) & (
            rows["anime_id"][1:] == rows["anime_id"][:-1]
        )
        if not same.any():
            return rows
        lines = rows["line"][same]
        self.repeated += len(lines)
        self.repeated_lines = sorted([*self.repeated_lines, *np.sort(lines)[:LINES_SHOWN].tolist()])[
            :LINES_SHOWN
        ]
        return rows[~same]


class _Run:
    """A sorted part of the file, of which `room` rows are in memory."""

    def __init__(self, file: int, first: int, end: int, room: int) -> None:
        self._file, self._next, self._end, self._room = file, first, end, room
        self.rows = np.zeros(0, ROW)
        self._fill()

    @property
    def more(self) -> bool:
        """True if some rows are not in memory yet."""
        return self._next < self._end

    def first_key(self) -> tuple[int, int]:
        return _key(self.rows[0])

    def last_key(self) -> tuple[int, int]:
        return _key(self.rows[-1])

    def take(self, bound: tuple[int, int] | None) -> Rows:
        """Remove and return the rows up to a key, all without one."""
        count = len(self.rows)
        if bound:
            users = self.rows["user_id"]
            first, end = np.searchsorted(users, bound[0], "left"), np.searchsorted(users, bound[0], "right")
            count = int(first + np.searchsorted(self.rows["anime_id"][first:end], bound[1], "right"))
        taken, self.rows = self.rows[:count], self.rows[count:]
        self._fill()
        return taken

    def _fill(self) -> None:
        # not for a few rows: each read copies those that are left
        wanted = min(self._room - len(self.rows), self._end - self._next)
        if self.more and len(self.rows) <= self._room // 2:
            data = os.pread(self._file, wanted * ROW.itemsize, self._next * ROW.itemsize)
            self.rows = np.concatenate([self.rows, np.frombuffer(data, ROW)])
            self._next += wanted


def _key(row: np.void) -> tuple[int, int]:
    return int(row["user_id"]), int(row["anime_id"])


def _sorted(rows: Rows) -> Rows:
    """By user and anime; of equal ones, the order stays."""
    users, titles = rows["user_id"], rows["anime_id"]
    ordered = (users[1:] > users[:-1]) | ((users[1:] == users[:-1]) & (titles[1:] >= titles[:-1]))
    return rows if ordered.all() else rows[np.lexsort((titles, users))]
