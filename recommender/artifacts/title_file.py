"""Titles and their details in files, read one by one on demand: thousands of them would fill each process."""

from __future__ import annotations

import json
import sys
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, TypeVar, overload

import numpy as np

from domain.titles import Offer, Season, Title, TitleDetails

T = TypeVar("T")
_LARGEST = 2**53  # number of a title that is exact in every type
CACHED_TITLES = 2_048  # by each process


class StoredLines(Sequence[T]):
    """Objects of a memory-mapped file: a JSON array a line, of the object's fields in their order.

    An array may end early: fields that a release has added have their default in files of earlier ones.
    """

    _content: ClassVar[str]  # what the objects are, for messages

    def __init__(self, path: Path) -> None:
        """Raises ValueError for a file whose last line is not whole."""
        size = path.stat().st_size
        # as a plain array, still mapped: each slice of a memmap costs 10 us
        self._text = np.asarray(np.memmap(path, np.uint8, "r")) if size else np.empty(0, np.uint8)
        ends = np.flatnonzero(self._text == ord("\n"))
        if size and (not len(ends) or ends[-1] != size - 1):
            raise ValueError(f"{path.name} ends in the middle of a line")
        self._starts = np.concatenate([np.zeros(1, np.int64), ends + 1])
        self._read = self.read

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, row: int) -> T: ...
    @overload
    def __getitem__(self, row: slice) -> list[T]: ...
    def __getitem__(self, row: int | slice) -> T | list[T]:
        if isinstance(row, slice):
            return [self._read(number) for number in range(*row.indices(len(self)))]
        if not -len(self) <= row < len(self):
            raise IndexError(f"row {row} is outside 0..{len(self) - 1}")
        return self._read(row % len(self))

    def __iter__(self) -> Iterator[T]:
        return map(self.read, range(len(self)))

    def read(self, row: int) -> T:
        """The object of a row; raises ValueError for a line that holds something else."""
        line = self._text[self._starts[row] : self._starts[row + 1]].tobytes()
        try:
            return self._parse(*json.loads(line))
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise ValueError(f"row {row} of the {self._content}: {error}") from error

    @staticmethod
    @abstractmethod
    def _parse(*values: Any) -> T:
        """The object with these values of its fields."""


class StoredTitles(StoredLines[Title]):
    """The titles of a catalog."""

    _content = "titles"

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._read = lru_cache(maxsize=CACHED_TITLES)(self.read)

    @staticmethod
    def _parse(
        anime_id: int,
        name: str,
        aliases: list[tuple[str, str]],
        genres: list[str],
        kind: str | None,
        episodes: int | None,
        score: float | None,
        members: int | None,
        year: int | None,
        image_url: str | None,
        studios: Iterable[str] = (),
        source: str | None = None,
        duration_minutes: int | None = None,
        season: tuple[int, Any] | None = None,
        airing_status: Any = None,
        age_rating: Any = None,
        services: Iterable[str] = (),
    ) -> Title:
        _check(str, name, *(alias for alias, _ in aliases), image_url or "")
        _check(int | float | None, episodes, score, members, year, duration_minutes)
        return Title(
            anime_id,
            name,
            tuple((alias, sys.intern(of_kind)) for alias, of_kind in aliases),
            _interned(genres),
            kind and sys.intern(kind),
            episodes,
            score,
            members,
            year,
            image_url,
            _interned(studios),
            source and sys.intern(source),
            duration_minutes,
            season and Season(*season),
            airing_status,
            age_rating,
            _interned(services),
        )


class StoredDetails(StoredLines[TitleDetails]):
    """The details of each title of a catalog."""

    _content = "details"

    @staticmethod
    def _parse(
        synopsis: str | None,
        producers: list[str],
        tags: list[str],
        aired_from: str | None,
        aired_to: str | None,
        external_ids: dict[str, str],
        offers: list[tuple[str, str, list[str]]],
    ) -> TitleDetails:
        _check(
            str,
            synopsis or "",
            aired_from or "",
            aired_to or "",
            *producers,
            *tags,
            *external_ids,
            *external_ids.values(),
        )
        return TitleDetails(
            synopsis,
            tuple(producers),
            tuple(tags),
            aired_from,
            aired_to,
            external_ids,
            tuple(Offer(service, url, tuple(regions)) for service, url, regions in offers),
        )


def write_lines(objects: Iterable[Title | TitleDetails], path: Path) -> None:
    """Write the file that StoredTitles or StoredDetails reads."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for one in objects:
            values = [getattr(one, name) for name in one.__slots__]
            file.write(json.dumps(values, ensure_ascii=False) + "\n")


def _interned(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(sys.intern, texts))


def _check(kind: Any, *values: object) -> None:
    for value in values:
        if not isinstance(value, kind):
            raise ValueError(f"has {value!r} in the place of a {'text' if kind is str else 'number'}")
        if isinstance(value, int | float) and not abs(value) <= _LARGEST:
            raise ValueError(f"has {value!r} in the place of a number")
