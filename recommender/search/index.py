"""Finds the title that somebody means, and the titles that somebody may be typing."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.data.catalog import Catalog
from recommender.search.fuzzy import TRIGRAM, FuzzyNames
from recommender.search.names import matched_name, spellings
from recommender.search.normalize import compact, fold, loose, normalize

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
        text: every normalized name, one a line, and again without spaces where it has some.
        lines: int32 (n_lines,), where in `text` each line begins.
        line_rows: int32 (n_lines,), the title of each.
        words: int32 (n_words,), where in `text` each word begins, sorted by what follows on the line.
        word_ranks: int32 (n_words,), the place of its title in `famous`.
        first_words: bool (n_words,), which of them begin a line.
        famous: int64 (n_anime,), rows, the best known first.
        catalog: the titles; which of them is better known breaks every tie.
    """

    forms: tuple[NameTable, ...]
    fuzzy: FuzzyNames
    text: str
    lines: NDArray[np.int32]
    line_rows: NDArray[np.int32]
    words: NDArray[np.int32]
    word_ranks: NDArray[np.int32]
    first_words: NDArray[np.bool_]
    famous: NDArray[np.int64]
    catalog: Catalog

    @property
    def fame(self) -> NDArray[np.int64]:
        """int64 (n_anime,): members."""
        return self.catalog.members

    @classmethod
    def build(cls, catalog: Catalog) -> TitleIndex:
        fame = catalog.members
        famous = _famous(fame)
        famous_first = famous.tolist()
        exact: dict[str, int] = {}
        plain: dict[str, int] = {}
        tight: dict[str, int] = {}
        free: dict[str, int] = {}
        seen: list[tuple[str, int]] = []
        # spelled right, a main title beats an alias of something better known
        for part in (slice(0, 1), slice(1, None)):
            for row in famous_first:
                for name, _ in spellings(catalog[row])[part]:
                    exact.setdefault(fold(name), row)
                    if normal := normalize(name):
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
        lines = (np.cumsum(lengths) - lengths).astype(np.int32)
        line_rows = np.array([row for _, row in written], dtype=np.int32)
        text = "".join(f"{name}\n" for name, _ in written)
        words = _sorted_words(text)
        word_lines = np.searchsorted(lines, words, side="right") - 1
        return cls(
            forms=tuple(NameTable.of(form) for form in (exact, plain, tight, free)),
            fuzzy=FuzzyNames.build(names, fame),
            text=text,
            lines=lines,
            line_rows=line_rows,
            words=words,
            word_ranks=np.argsort(famous).astype(np.int32)[line_rows[word_lines]],
            first_words=lines[word_lines] == words,
            famous=famous,
            catalog=catalog,
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything but `text` and what follows from `catalog`, to be saved."""
        tables = {
            f"{form}_{part}": getattr(table, part)
            for form, table in zip(_FORMS, self.forms, strict=True)
            for part in ("hashes", "rows")
        }
        own: dict[str, NDArray[Any]] = {
            "lines": self.lines,
            "line_rows": self.line_rows,
            "words": self.words,
            "word_ranks": self.word_ranks,
            "first_words": self.first_words,
        }
        return tables | own | self.fuzzy.arrays()

    @classmethod
    def assemble(cls, arrays: Mapping[str, NDArray[Any]], text: str, catalog: Catalog) -> TitleIndex:
        """The inverse of `arrays`."""
        return cls(
            forms=tuple(NameTable(arrays[f"{form}_hashes"], arrays[f"{form}_rows"]) for form in _FORMS),
            fuzzy=FuzzyNames.assemble(arrays, text, catalog.members),
            text=text,
            lines=arrays["lines"],
            line_rows=arrays["line_rows"],
            words=arrays["words"],
            word_ranks=arrays["word_ranks"],
            first_words=arrays["first_words"],
            famous=_famous(catalog.members),
            catalog=catalog,
        )

    def resolve(self, text: str) -> int | None:
        """The row of the title that `text` names, None rather than a doubtful one."""
        normal = normalize(text)
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
        normal = normalize(text)
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

    def matched_name(self, row: int, text: str) -> str | None:
        """The name of that title, as it is written, by which `text` finds it; None where none does."""
        return matched_name(self.catalog[row], text)

    def _suggestions(self, text: str, normal: str) -> Iterable[Iterable[int]]:
        """Rows in groups, best group first."""
        whole = self.forms[0].get(fold(text))
        whole = self.forms[1].get(normal) if whole is None else whole
        yield [] if whole is None else [whole]
        words = self._beginning_with(normal)
        ranks, first = self.word_ranks[words], self.first_words[words]
        yield self._by_fame(ranks[first])
        yield self._by_fame(ranks[~first])
        yield self._inside(normal)
        yield self.fuzzy.resembling(normal)

    def _beginning_with(self, start: str) -> slice:
        """The words whose line goes on with `start`."""
        text, length = self.text, len(start)
        low = bisect_left(self.words, start, key=lambda at: text[at : at + length])
        high = bisect_left(self.words, True, lo=low, key=lambda at: text[at : at + length] > start)
        return slice(low, high)

    def _inside(self, normal: str) -> Iterator[int]:
        """Titles that have `normal` anywhere in a name, in the order of their fame."""
        if len(compact(normal)) >= TRIGRAM:
            return self.fuzzy.containing(normal)
        middle = int(self.fuzzy.lines[-1])  # the names, and again those with spaces without them
        halves = self._scan(normal, 0, middle), self._scan(normal, middle, len(self.text))
        return merge(*halves, key=lambda row: (-self.fame[row], row))

    def _scan(self, normal: str, start: int, end: int) -> Iterator[int]:
        """The title of each line between two places that has `normal` somewhere."""
        position = self.text.find(normal, start, end)
        while position >= 0:
            yield int(self.line_rows[np.searchsorted(self.lines, position, side="right") - 1])
            position = self.text.find(normal, self.text.index("\n", position), end)

    def _shortened(self, normal: str) -> int | None:
        """The title whose name goes on after `normal`, if it is far better known than any other such."""
        if len(normal) < (_SHORTEST_PART if normal.isascii() else _SHORTEST_PART_CJK):
            return None
        words = self._beginning_with(f"{normal} " if normal.isascii() else normal)
        best = [*islice(self._by_fame(self.word_ranks[words][self.first_words[words]]), 2)]
        dominant = len(best) == 1 or (best and self.fame[best[0]] >= _DOMINANCE * self.fame[best[1]])
        return best[0] if dominant else None

    def _by_fame(self, ranks: NDArray[np.int32]) -> Iterator[int]:
        """The titles of these places in `famous`, each once."""
        among = np.zeros(len(self.famous), dtype=bool)
        among[ranks] = True
        return map(int, self.famous[np.flatnonzero(among)])


def _famous(fame: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.argsort(-fame, kind="stable")


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
