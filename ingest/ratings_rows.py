"""Rows of a ratings file, parsed by its header: in blocks where they are valid, else one by one."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from domain.ranges import MAX_USER_ID, WatchStatus
from ingest.columns import RATINGS
from ingest.files import csv_error_message
from ingest.report import ImportReport

# ids for people whom a file names: below those of profiles, and still whole numbers in JavaScript
NAMED_USER_IDS = range(2**51, 2**52)
_PLAIN_BYTES = b"0123456789-,\r\n"
_WHOLE = re.compile(r"(-?(?:\d+|\d{1,3}(?:,\d{3})+))(?:\.0*)?", re.ASCII)
_STATUSES = {
    **{str(status.value): status.value for status in WatchStatus},
    **{status.name.lower().replace("_", " "): status.value for status in WatchStatus},
    **{"onhold": WatchStatus.ON_HOLD.value, "plantowatch": WatchStatus.PLAN_TO_WATCH.value},
    **{"": 0, "0": 0},  # not known
}
INVALID_STATUS = -1
_IS_PLAIN = np.isin(np.arange(256), list(b"0123456789-\r"))  # byte -> part of a whole number

Int64s = NDArray[np.int64]


@dataclass(frozen=True)
class RatingRows:
    """Rows of the file: parallel arrays."""

    user_ids: Int64s
    anime_ids: Int64s
    ratings: Int64s  # 1-10; 0 = watched, unrated
    statuses: Int64s  # a WatchStatus; 0 = not known
    lines: Int64s  # line number in the file; the header is line 1

    def __len__(self) -> int:
        return len(self.lines)

    def where(self, mask: NDArray[np.bool_]) -> RatingRows:
        columns = (self.user_ids, self.anime_ids, self.ratings, self.statuses, self.lines)
        return RatingRows(*(column[mask] for column in columns))


@dataclass(frozen=True)
class RowParser:
    """Parses blocks of whole lines below a header.

    Attributes:
        header: the columns, in order.
        name_key: makes the ids of people whom the file names, rather than numbers them, different in each
            database. The same name has the same id; two of a million have one id in common with a
            probability of 0.0002.

    Raises:
        ValueError: the header is not that of a ratings file.
    """

    header: list[str]
    name_key: bytes
    positions: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "positions", RATINGS.positions(self.header))

    @property
    def named(self) -> bool:
        """True if people have names, not numbers."""
        return "user_id" not in self.positions

    def parse(self, first_line: int, block: bytes, report: ImportReport) -> RatingRows:
        """The rows that can be parsed; the others are counted in `report`, as read and rejected."""
        rows = self._parse_plain(first_line, block)
        if rows is None:
            rows = self._parse_table(first_line, block)
        return self._parse_lines(first_line, block, report) if rows is None else rows

    def _parse_plain(self, first_line: int, block: bytes) -> RatingRows | None:
        """The rows of a block in which everything is a whole number, else None."""
        count = block.count(b"\n")
        if self.named or block.count(b",") != (len(self.header) - 1) * count:
            return None
        if block.translate(None, _PLAIN_BYTES):
            return None
        return self._read(first_line, block, count, dict.fromkeys(self.positions.values(), np.int64))

    def _parse_table(self, first_line: int, block: bytes) -> RatingRows | None:
        """The rows of a block in which every line has all columns and plain numbers, else None."""
        if b"\x00" in block:
            return None
        content = np.frombuffer(block, np.uint8)
        quoted = np.cumsum(content == ord('"'), dtype=np.int32) % 2 == 1
        newline = content == ord("\n")
        ends = np.flatnonzero(((content == ord(",")) | newline) & ~quoted)  # of the fields
        width, count = len(self.header), int(newline.sum())
        if len(ends) != width * count or not newline[ends[width - 1 :: width]].all():
            return None
        starts = np.concatenate([[0], ends[:-1] + 1])
        texts = {self.positions.get(meaning) for meaning in ("user_name", "status")}
        types = {place: str if place in texts else np.int64 for place in self.positions.values()}
        # pandas takes more for a number than a line by itself may have, such as `true`
        plain = np.concatenate([[0], np.cumsum(_IS_PLAIN[content], dtype=np.int32)])
        for place in types.keys() - texts:
            first, end = starts[place::width], ends[place::width]
            if (plain[end] - plain[first] != end - first).any():
                return None
        return self._read(first_line, block, count, types)

    def _read(
        self, first_line: int, block: bytes, count: int, types: Mapping[int, type]
    ) -> RatingRows | None:
        try:
            table = pd.read_csv(
                io.BytesIO(block),
                header=None,
                usecols=sorted(types),
                dtype=types,
                na_filter=False,
                skip_blank_lines=False,
                encoding_errors="surrogateescape",
            )
        except (ValueError, OverflowError):
            return None
        if len(table) != count:
            return None

        def column(meaning: str) -> NDArray[np.generic]:
            return table[self.positions[meaning]].to_numpy()

        users = _mapped(column("user_name"), self._user_id) if self.named else column("user_id")
        statuses: NDArray[np.generic] = np.zeros(count, np.int64)
        if "status" in self.positions:
            statuses = column("status")
            if statuses.dtype != np.int64:
                statuses = _mapped(statuses, _status)
        lines = np.arange(first_line, first_line + count)
        numbers = (users, column("anime_id"), column("rating"), statuses, lines)
        return RatingRows(*(values.astype(np.int64, copy=False) for values in numbers))

    def _parse_lines(self, first_line: int, block: bytes, report: ImportReport) -> RatingRows:
        good: list[tuple[int, int, int, int, int]] = []
        for line, raw in enumerate(block.split(b"\n")[:-1], start=first_line):
            text = raw.decode("utf-8", "surrogateescape").strip()
            if not text:
                continue
            try:
                good.append((*self._parse_line(text), line))
            except ValueError as error:
                report.read += 1
                report.reject(str(error), [line])
        return RatingRows(*np.array(good, dtype=np.int64).reshape(-1, 5).T)

    def _parse_line(self, text: str) -> tuple[int, int, int, int]:
        if "\x00" in text:
            raise ValueError("contains a NUL byte")
        try:
            (values,) = csv.reader([text], strict=True)
        except csv.Error as error:
            raise ValueError(csv_error_message(error)) from None
        if values == self.header:
            raise ValueError("repeats the header")
        if len(values) != len(self.header):
            raise ValueError("number of columns differs from the header")
        meant = {meaning: values[place] for meaning, place in self.positions.items()}
        try:
            anime_id, rating = _integer(meant["anime_id"]), _integer(meant["rating"])
            user_id = self._user_id(meant["user_name"]) if self.named else _integer(meant["user_id"])
        except ValueError:
            expected = "two whole numbers beside the user name" if self.named else "three whole numbers"
            raise ValueError(f"not {expected}") from None
        return user_id, anime_id, rating, _status(meant.get("status", ""))

    def _user_id(self, name: str) -> int:
        """An id from a name, -1 without one. The name itself is not kept."""
        content = name.strip().encode("utf-8", "surrogateescape")
        if not content:
            return -1
        digest = hashlib.blake2b(content, digest_size=8, key=self.name_key).digest()
        return NAMED_USER_IDS[int.from_bytes(digest, "big") % len(NAMED_USER_IDS)]


def _mapped(texts: NDArray[np.generic], number_of: Callable[[str], int]) -> Int64s:
    codes, different = pd.factorize(texts)
    return np.array([number_of(str(text)) for text in different], dtype=np.int64)[codes]


def _status(text: str) -> int:
    name = text.strip().lower().replace("_", " ").replace("-", " ").removesuffix(".0")
    return _STATUSES.get(name, INVALID_STATUS)


def _integer(text: str) -> int:
    found = _WHOLE.fullmatch(text.strip())
    if not found:
        raise ValueError
    digits = found[1].replace(",", "")
    value = int(digits) if len(digits) <= 1_000 else MAX_USER_ID
    return max(-MAX_USER_ID, min(value, MAX_USER_ID))
