"""Finds the title that somebody means, and the titles that somebody may be typing."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.catalog import Catalog, Title
from recommender.titles.fuzzy import FuzzyNames
from recommender.titles.normalise import compact, fold, loose, normalise

_PARENTHESES = re.compile(r"[(（]([^()（）]*)[)）]")
_SHORTEST_PART, _SHORTEST_PART_CJK = 8, 3  # characters of a name that may stand for the whole
_DOMINANCE = 2.0  # times as many members as the next
_END = "\U0010ffff"  # sorts after every character of a title


@dataclass(frozen=True, eq=False)
class TitleIndex:
    """All names of all titles.

    Attributes:
        exact: folded name -> anime row; main titles before aliases, then the better known.
        forms: for each looser form, form -> anime row, the strictest form first.
        fuzzy: for names that match in no form.
        starts: every beginning of a word in a normalised name, sorted, with the rest of the name.
        start_rows: int64 (n_starts,), the title of each.
        start_first: bool (n_starts,), whether the word is the name's first.
        text: all normalised names, one a line, for finding what stands inside a word.
        line_starts, line_rows: int64, where in `text` each name begins, and its title.
        fame: int64 (n_anime,), members: who is better known breaks every tie.
    """

    exact: dict[str, int]
    forms: tuple[dict[str, int], ...]
    fuzzy: FuzzyNames
    starts: list[str]
    start_rows: NDArray[np.int64]
    start_first: NDArray[np.bool_]
    text: str
    line_starts: NDArray[np.int64]
    line_rows: NDArray[np.int64]
    fame: NDArray[np.int64]

    @classmethod
    def build(cls, catalog: Catalog) -> TitleIndex:
        fame = catalog.members
        famous_first = np.argsort(-fame, kind="stable").tolist()
        exact: dict[str, int] = {}
        plain: dict[str, int] = {}
        tight: dict[str, int] = {}
        free: dict[str, int] = {}
        names: list[tuple[str, int]] = []
        # spelled right, a main title beats an alias of something better known
        for spellings in (_main_names, _other_names):
            for row in famous_first:
                for name in spellings(catalog[row]):
                    exact.setdefault(fold(name), row)
                    if normal := normalise(name):
                        names.append((normal, row))
                        plain.setdefault(normal, row)
                        tight.setdefault(compact(normal), row)
        names = sorted(dict.fromkeys(names), key=lambda name: (-fame[name[1]], name[1]))
        for normal, row in names:
            free.setdefault(loose(normal), row)
        free.pop("", None)
        starts = sorted(set(_word_starts(names)))
        lengths = np.array([len(name) + 1 for name, _ in names], dtype=np.int64)
        return cls(
            exact=exact,
            forms=(plain, tight, free),
            fuzzy=FuzzyNames.build(names, fame),
            starts=[start for start, _, _ in starts],
            start_rows=np.array([row for _, row, _ in starts], dtype=np.int64),
            start_first=np.array([first for _, _, first in starts], dtype=bool),
            text="".join(f"{name}\n" for name, _ in names),
            line_starts=np.cumsum(lengths) - lengths,
            line_rows=np.array([row for _, row in names], dtype=np.int64),
            fame=fame,
        )

    def resolve(self, text: str) -> int | None:
        """The row of the title that `text` names, None rather than a doubtful one."""
        row = self.exact.get(fold(text))
        if row is not None:
            return row
        normal = normalise(text)
        if not normal:
            return None
        for form, key in zip(self.forms, (normal, compact(normal), loose(normal)), strict=True):
            if key in form:
                return form[key]
        row = self.fuzzy.find(normal)
        return self._shortened(normal) if row is None else row

    def suggest(self, text: str, limit: int, allowed: NDArray[np.bool_] | None = None) -> list[int]:
        """Rows of at most `limit` titles that `text` may be the beginning of, best first.

        Whole names, then beginnings of names, of words, parts of words, near misses; among equals the
        better known first.
        """
        normal = normalise(text)
        if not normal or limit <= 0:
            return []
        found: dict[int, None] = {}

        def add(rows: Iterable[int]) -> bool:
            for row in rows:
                if allowed is None or allowed[row]:
                    found[row] = None
                    if len(found) == limit:
                        return True
            return False

        whole = self.resolve_exactly(text, normal)
        if add([] if whole is None else [whole]):
            return list(found)
        low, high = bisect_left(self.starts, normal), bisect_left(self.starts, normal + _END)
        rows, first = self.start_rows[low:high], self.start_first[low:high]
        if add(self._by_fame(rows[first])) or add(self._by_fame(rows[~first])):
            return list(found)
        if add(self._by_fame(self._inside(normal))):
            return list(found)
        add(self.fuzzy.resembling(normal, limit))
        return list(found)

    def resolve_exactly(self, text: str, normal: str) -> int | None:
        """The title whose whole name this is, in the strict forms only."""
        row = self.exact.get(fold(text))
        return self.forms[0].get(normal) if row is None else row

    def _shortened(self, normal: str) -> int | None:
        """The title whose name goes on after `normal`, if it is far better known than any other such."""
        if len(normal) < (_SHORTEST_PART if normal.isascii() else _SHORTEST_PART_CJK):
            return None
        boundary = f"{normal} " if normal.isascii() else normal
        low, high = bisect_left(self.starts, boundary), bisect_left(self.starts, boundary + _END)
        rows = np.unique(self.start_rows[low:high][self.start_first[low:high]])
        if not len(rows):
            return None
        fame = np.sort(self.fame[rows])[::-1]
        dominant = len(rows) == 1 or fame[0] >= _DOMINANCE * fame[1]
        return int(rows[np.argmax(self.fame[rows])]) if dominant else None

    def _by_fame(self, rows: NDArray[np.int64]) -> Iterable[int]:
        unique = np.unique(rows)
        ordered: list[int] = unique[np.argsort(-self.fame[unique], kind="stable")].tolist()
        return ordered

    def _inside(self, normal: str) -> NDArray[np.int64]:
        positions = []
        position = self.text.find(normal)
        while position >= 0:
            positions.append(position)
            position = self.text.find(normal, position + len(normal))
        return self.line_rows[np.searchsorted(self.line_starts, positions, side="right") - 1]


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


def _word_starts(names: list[tuple[str, int]]) -> Iterable[tuple[str, int, bool]]:
    for name, row in names:
        yield name, row, True
        yield compact(name), row, True
        for position, character in enumerate(name):
            if character == " ":
                yield name[position + 1 :], row, False
