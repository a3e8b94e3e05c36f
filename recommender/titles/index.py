"""Finds the title that somebody means, and the titles that somebody may be typing."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.catalog import Catalog, Title
from recommender.titles.fuzzy import FuzzyNames
from recommender.titles.normalise import compact, fold, loose, normalise

_PARENTHESES = re.compile(r"[(（]([^()（）]*)[)）]")
_SHORTEST_PART, _SHORTEST_PART_CJK = 8, 3  # characters of a name that may stand for the whole
_DOMINANCE = 2.0  # times as many members as the next
_FORMS = ("exact", "plain", "tight", "free")  # from the strictest on


@dataclass(frozen=True, eq=False)
class NameTable:
    """A dictionary from names to titles in two arrays, which processes can share.

    Attributes:
        hashes: uint64 (n,), of the names, ascending.
        rows: int32 (n,), the title of each.
    """

    hashes: NDArray[np.uint64]
    rows: NDArray[np.int32]

    @classmethod
    def of(cls, names: Mapping[str, int]) -> NameTable:
        hashes = np.array([_hash(name) for name in names], dtype=np.uint64)
        order = np.argsort(hashes)
        return cls(hashes[order], np.array(list(names.values()), dtype=np.int32)[order])

    def get(self, name: str) -> int | None:
        """The title of that name, None where there is none."""
        wanted = np.uint64(_hash(name))
        place = int(np.searchsorted(self.hashes, wanted))
        found = place < len(self.hashes) and self.hashes[place] == wanted
        return int(self.rows[place]) if found else None


@dataclass(frozen=True, eq=False)
class TitleIndex:
    """All names of all titles.

    Attributes:
        forms: name -> title for each form of spelling, the strictest first.
        fuzzy: for names that match in no form.
        text: every normalised name, one a line, and again without spaces where it has some.
        lines: int32 (n_lines,), where in `text` each line begins.
        line_rows: int32 (n_lines,), the title of each.
        words: int32 (n_words,), where in `text` each word begins, sorted by what follows on the line.
        fame: int64 (n_anime,), members: who is better known breaks every tie.
    """

    forms: tuple[NameTable, ...]
    fuzzy: FuzzyNames
    text: str
    lines: NDArray[np.int32]
    line_rows: NDArray[np.int32]
    words: NDArray[np.int32]
    fame: NDArray[np.int64]

    @classmethod
    def build(cls, catalog: Catalog) -> TitleIndex:
        fame = catalog.members
        famous_first = np.argsort(-fame, kind="stable").tolist()
        exact: dict[str, int] = {}
        plain: dict[str, int] = {}
        tight: dict[str, int] = {}
        free: dict[str, int] = {}
        seen: list[tuple[str, int]] = []
        # spelled right, a main title beats an alias of something better known
        for spellings in (_main_names, _other_names):
            for row in famous_first:
                for name in spellings(catalog[row]):
                    exact.setdefault(fold(name), row)
                    if normal := normalise(name):
                        seen.append((normal, row))
                        plain.setdefault(normal, row)
                        tight.setdefault(compact(normal), row)
        names = sorted(dict.fromkeys(seen), key=lambda name: (-fame[name[1]], name[1]))
        for normal, row in names:
            free.setdefault(loose(normal), row)
        free.pop("", None)
        spaceless = [(compact(name), row) for name, row in names if " " in name]
        written = list(dict.fromkeys([*names, *spaceless]))
        lengths = np.array([len(name) + 1 for name, _ in written], dtype=np.int32)
        text = "".join(f"{name}\n" for name, _ in written)
        return cls(
            forms=tuple(NameTable.of(form) for form in (exact, plain, tight, free)),
            fuzzy=FuzzyNames.build(names, fame),
            text=text,
            lines=(np.cumsum(lengths) - lengths).astype(np.int32),
            line_rows=np.array([row for _, row in written], dtype=np.int32),
            words=_sorted_words(text),
            fame=fame,
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything but `text` and `fame`, to be saved."""
        tables = {
            f"{form}_{part}": getattr(table, part)
            for form, table in zip(_FORMS, self.forms, strict=True)
            for part in ("hashes", "rows")
        }
        own = {"lines": self.lines, "line_rows": self.line_rows, "words": self.words}
        return tables | own | self.fuzzy.arrays()

    @classmethod
    def assemble(cls, arrays: Mapping[str, NDArray[Any]], text: str, fame: NDArray[np.int64]) -> TitleIndex:
        """The inverse of `arrays`."""
        return cls(
            forms=tuple(NameTable(arrays[f"{form}_hashes"], arrays[f"{form}_rows"]) for form in _FORMS),
            fuzzy=FuzzyNames.assemble(arrays, text, fame),
            text=text,
            lines=arrays["lines"],
            line_rows=arrays["line_rows"],
            words=arrays["words"],
            fame=fame,
        )

    def resolve(self, text: str) -> int | None:
        """The row of the title that `text` names, None rather than a doubtful one."""
        normal = normalise(text)
        if not normal:
            return None
        spellings = (fold(text), normal, compact(normal), loose(normal))
        for form, spelling in zip(self.forms, spellings, strict=True):
            row = form.get(spelling)
            if row is not None:
                return row
        row = self.fuzzy.find(normal)
        return self._shortened(normal) if row is None else row

    def suggest(self, text: str, limit: int, allowed: NDArray[np.bool_] | None = None) -> list[int]:
        """Rows of at most `limit` titles that `text` may be the beginning of, best first.

        Whole names, then beginnings of names, of words, parts of words, near misses; among equals the
        better known first.
        """
        normal = normalise(text)
        found: dict[int, None] = {}
        if not normal or limit <= 0:
            return []
        for rows in self._suggestions(text, normal):
            for row in rows:
                if allowed is None or allowed[row]:
                    found[row] = None
                    if len(found) == limit:
                        return list(found)
        return list(found)

    def _suggestions(self, text: str, normal: str) -> Iterable[Iterable[int]]:
        """Rows in groups, best group first."""
        whole = self.forms[0].get(fold(text))
        whole = self.forms[1].get(normal) if whole is None else whole
        yield [] if whole is None else [whole]
        positions = self._beginning_with(normal)
        lines = np.searchsorted(self.lines, positions, side="right") - 1
        rows, first = self.line_rows[lines], self.lines[lines] == positions
        yield self._by_fame(rows[first])
        yield self._by_fame(rows[~first])
        yield self._by_fame(self._inside(normal))
        yield self.fuzzy.resembling(normal)

    def _beginning_with(self, start: str) -> NDArray[np.int32]:
        """Positions of the words whose line goes on with `start`."""
        text, length = self.text, len(start)
        low = bisect_left(self.words, start, key=lambda at: text[at : at + length])
        high = bisect_left(self.words, True, lo=low, key=lambda at: text[at : at + length] > start)
        return self.words[low:high]

    def _inside(self, normal: str) -> NDArray[np.int32]:
        """Titles that have `normal` anywhere in a name."""
        positions = []
        position = self.text.find(normal)
        while position >= 0:
            positions.append(position)
            position = self.text.find(normal, position + len(normal))
        return self.line_rows[np.searchsorted(self.lines, positions, side="right") - 1]

    def _shortened(self, normal: str) -> int | None:
        """The title whose name goes on after `normal`, if it is far better known than any other such."""
        if len(normal) < (_SHORTEST_PART if normal.isascii() else _SHORTEST_PART_CJK):
            return None
        positions = self._beginning_with(f"{normal} " if normal.isascii() else normal)
        lines = np.searchsorted(self.lines, positions, side="right") - 1
        rows = np.unique(self.line_rows[lines[self.lines[lines] == positions]])
        if not len(rows):
            return None
        fame = np.sort(self.fame[rows])[::-1]
        dominant = len(rows) == 1 or fame[0] >= _DOMINANCE * fame[1]
        return int(rows[np.argmax(self.fame[rows])]) if dominant else None

    def _by_fame(self, rows: NDArray[np.int32]) -> list[int]:
        unique = np.unique(rows)
        ordered: list[int] = unique[np.argsort(-self.fame[unique], kind="stable")].tolist()
        return ordered


def _main_names(title: Title) -> list[str]:
    return [title.name]


def _other_names(title: Title) -> list[str]:
    """Every alias; of "Main (another)" both parts; of a main title its part before a parenthesis."""
    names = []
    for alias, kind in title.aliases:
        names.append(alias)
        if kind == "japanese" and (inside := _PARENTHESES.search(alias)):
            names += [_PARENTHESES.sub(" ", alias), inside.group(1)]
    shortened = _PARENTHESES.sub(" ", title.name)
    if shortened.strip() and shortened != title.name:
        names.append(shortened)
    return names


def _sorted_words(text: str) -> NDArray[np.int32]:
    """Where the words of `text` begin, in the order of the rest of their lines."""
    found: list[tuple[str, int]] = []
    at = 0
    for line in text.split("\n")[:-1]:
        found.append((line, at))
        found += [(line[i + 1 :], at + i + 1) for i, character in enumerate(line) if character == " "]
        at += len(line) + 1
    return np.array([position for _, position in sorted(found)], dtype=np.int32)


def _hash(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest())
