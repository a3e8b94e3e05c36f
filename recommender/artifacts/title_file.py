"""Titles in a file, read one by one on demand: thousands of them would fill each process."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import overload

import numpy as np

from domain.titles import Title

_LARGEST = 2**53  # number of a title that is exact in every type
CACHED_TITLES = 2_048  # by each process


class StoredTitles(Sequence[Title]):
    """Titles of a memory-mapped file: a JSON array a line, in the order of Title's fields."""

    def __init__(self, path: Path) -> None:
        """Raises ValueError for a file whose last line is not whole."""
        size = path.stat().st_size
        # as a plain array, still mapped: each slice of a memmap costs 10 us
        self._text = np.asarray(np.memmap(path, np.uint8, "r")) if size else np.empty(0, np.uint8)
        ends = np.flatnonzero(self._text == ord("\n"))
        if size and (not len(ends) or ends[-1] != size - 1):
            raise ValueError(f"{path.name} ends in the middle of a line")
        self._starts = np.concatenate([np.zeros(1, np.int64), ends + 1])
        self._cached = lru_cache(maxsize=CACHED_TITLES)(self._read)

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, row: int) -> Title: ...
    @overload
    def __getitem__(self, row: slice) -> list[Title]: ...
    def __getitem__(self, row: int | slice) -> Title | list[Title]:
        if isinstance(row, slice):
            return [self._cached(number) for number in range(*row.indices(len(self)))]
        if not -len(self) <= row < len(self):
            raise IndexError(f"row {row} is outside 0..{len(self) - 1}")
        return self._cached(row % len(self))

    def __iter__(self) -> Iterator[Title]:
        return map(self._read, range(len(self)))

    def _read(self, row: int) -> Title:
        line = self._text[self._starts[row] : self._starts[row + 1]].tobytes()
        values = json.loads(line)
        anime_id, name, aliases, genres, kind, episodes, score, members, year, image_url = values
        for text in (name, *(alias for alias, _ in aliases), image_url or ""):
            if not isinstance(text, str):
                raise ValueError(f"row {row} of the titles has {text!r} in the place of a text")
        for number in (episodes, score, members, year):
            if not isinstance(number, int | float | None) or not abs(number or 0) <= _LARGEST:
                raise ValueError(f"row {row} of the titles has {number!r} in the place of a number")
        return Title(
            anime_id,
            name,
            tuple((alias, sys.intern(of_kind)) for alias, of_kind in aliases),
            tuple(map(sys.intern, genres)),
            kind and sys.intern(kind),
            episodes,
            score,
            members,
            year,
            image_url,
        )


def write_titles(titles: Iterable[Title], path: Path) -> None:
    """Write the file that StoredTitles reads."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for title in titles:
            values = [getattr(title, name) for name in Title.__slots__]
            file.write(json.dumps(values, ensure_ascii=False) + "\n")
