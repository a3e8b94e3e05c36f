"""The index of all title names: resolves a typed name, suggests titles while somebody types."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from recommender.data.arrays import ArrayReader
from recommender.data.catalog import Catalog
from recommender.search.fuzzy import TRIGRAM, FuzzyNames
from recommender.search.names import Spelling, matched_name, spellings
from recommender.search.normalize import compact, fold, loose, normalize

_MIN_PREFIX, _MIN_PREFIX_CJK = 8, 3  # characters of a name that may stand for all of it
_DOMINANCE = 2.0  # times as many members as the runner-up
_FORMS = ("exact", "plain", "tight", "free")  # strictest first
Match = Literal["exact", "prefix", "word_prefix", "substring", "fuzzy"]  # of a text and a name, best first


@dataclass(frozen=True, eq=False)
class NameTable:
    """A map from name to title row as two arrays, which processes can share.

    Attributes:
        hashes: uint64 (n,), hashes of the names, ascending.
        rows: int32 (n,), title rows.
    """

    hashes: NDArray[np.uint64]
    rows: NDArray[np.int32]

    @classmethod
    def of(cls, names: Mapping[str, int]) -> NameTable:
        hashes = np.array([_hash(name) for name in names], dtype=np.uint64)
        order = np.argsort(hashes)
        return cls(hashes[order], np.array(list(names.values()), dtype=np.int32)[order])

    @classmethod
    def load(cls, reader: ArrayReader, form: str) -> NameTable:
        hashes = reader.array(f"{form}_hashes", np.uint64, (None,))
        return cls(hashes, reader.rows(f"{form}_rows", np.int32, hashes.shape, reader.n_anime))

    def get(self, name: str) -> int | None:
        """Return the row of the title with that name, or None."""
        wanted = np.uint64(_hash(name))
        place = int(np.searchsorted(self.hashes, wanted))
        found = place < len(self.hashes) and self.hashes[place] == wanted
        return int(self.rows[place]) if found else None


@dataclass(frozen=True, eq=False)
class TitleIndex:
    """All names of all titles.

    Attributes:
        forms: name -> title row for each normal form, strictest first.
        fuzzy: for queries that match in no form.
        text: every normalized name, one per line, then those with spaces again without them.
        lines: int32 (n_lines,), start of each line in `text`.
        line_rows: int32 (n_lines,), title row of each line.
        words: int32 (n_words,), start of each word in `text`, sorted by the rest of its line.
        word_ranks: int32 (n_words,), position of the word's title in `by_popularity`.
        first_words: bool (n_words,), whether the word starts its line.
        by_popularity: int64 (n_anime,), title rows, most popular first.
        catalog: the titles; popularity breaks every tie.
    """

    forms: tuple[NameTable, ...]
    fuzzy: FuzzyNames
    text: str
    lines: NDArray[np.int32]
    line_rows: NDArray[np.int32]
    words: NDArray[np.int32]
    word_ranks: NDArray[np.int32]
    first_words: NDArray[np.bool_]
    by_popularity: NDArray[np.int64]
    catalog: Catalog

    @property
    def popularity(self) -> NDArray[np.int64]:
        """int64 (n_anime,): list members of each title."""
        return self.catalog.members

    @classmethod
    def build(cls, catalog: Catalog) -> TitleIndex:
        popularity = catalog.members
        by_popularity = _rows_by_popularity(popularity)
        exact: dict[str, int] = {}
        plain: dict[str, int] = {}
        tight: dict[str, int] = {}
        free: dict[str, int] = {}
        seen: list[tuple[str, int]] = []
        for spelling, row in _by_precedence(catalog):
            exact.setdefault(fold(spelling.text), row)
            if normal := normalize(spelling.text):
                seen.append((normal, row))
                plain.setdefault(normal, row)
                tight.setdefault(compact(normal), row)
        names = sorted(dict.fromkeys(seen), key=lambda name: (-popularity[name[1]], name[1]))
        for normal, row in names:
            free.setdefault(loose(normal), row)
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
            fuzzy=FuzzyNames.build(names, popularity),
            text=text,
            lines=lines,
            line_rows=line_rows,
            words=words,
            word_ranks=np.argsort(by_popularity).astype(np.int32)[line_rows[word_lines]],
            first_words=lines[word_lines] == words,
            by_popularity=by_popularity,
            catalog=catalog,
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays to save: all but `text` and what derives from `catalog`."""
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
    def load(cls, reader: ArrayReader, text: str, catalog: Catalog) -> TitleIndex:
        """The inverse of `arrays`."""
        if text and not text.endswith("\n"):
            raise ValueError("the names end in the middle of a line")
        n_lines = text.count("\n")
        words = reader.rows("words", np.int32, (None,), len(text))
        return cls(
            forms=tuple(NameTable.load(reader, form) for form in _FORMS),
            fuzzy=FuzzyNames.load(reader, text, catalog.members),
            text=text,
            lines=reader.rows("lines", np.int32, (n_lines,), len(text)),
            line_rows=reader.rows("line_rows", np.int32, (n_lines,), len(catalog)),
            words=words,
            word_ranks=reader.rows("word_ranks", np.int32, words.shape, len(catalog)),
            first_words=reader.array("first_words", np.bool_, words.shape),
            by_popularity=_rows_by_popularity(catalog.members),
            catalog=catalog,
        )

    def resolve(self, text: str, *, as_spelled: bool = False) -> int | None:
        """Return the row of the title that `text` names, or None when in doubt.

        Args:
            as_spelled: whether to do without looking for typos and for the beginnings of names, which
                costs several times as much as the rest.
        """
        normal = normalize(text)
        if not normal:
            return None
        *strict, free = self.forms
        for names, spelling in zip(strict, (fold(text), normal, compact(normal)), strict=True):
            row = names.get(spelling)
            if row is not None:
                return row
        loosened = loose(normal)
        if len(loosened) < 2:  # one letter, however often repeated, approximates no name
            return None
        row = self._namesake_by_year(normal)
        row = free.get(loosened) if row is None else row
        if row is not None or as_spelled:
            return row
        row = self.fuzzy.find(normal)
        return self._dominant_completion(normal) if row is None else row

    def suggest(self, text: str, limit: int, allowed: NDArray[np.bool_] | None = None) -> list[int]:
        """Return rows of at most `limit` titles for the partial input `text`, best first."""
        return list(self.matches(text, limit, allowed))

    def matches(self, text: str, limit: int, allowed: NDArray[np.bool_] | None = None) -> dict[int, Match]:
        """The same with how each was found.

        Whole names come first, then prefixes of names, prefixes of words, substrings and typos; more
        popular titles first within each group.
        """
        normal = normalize(text)
        found: dict[int, Match] = {}
        if not normal or limit <= 0:
            return {}
        for match, rows in self._suggestions(text, normal):
            for row in rows:
                if allowed is None or allowed[row]:
                    found.setdefault(row, match)
                    if len(found) == limit:
                        return found
        return found

    def matched_name(self, row: int, text: str) -> str | None:
        """Return the title's name, as written, that `text` matches best, or None."""
        return matched_name(self.catalog[row], text)

    def _suggestions(self, text: str, normal: str) -> Iterable[tuple[Match, Iterable[int]]]:
        """Groups of rows, best group first."""
        whole = self.forms[0].get(fold(text))
        whole = self.forms[1].get(normal) if whole is None else whole
        yield "exact", [] if whole is None else [whole]
        yield "exact", self._namesakes(normal)
        words = self._words_with_prefix(normal)
        ranks, first = self.word_ranks[words], self.first_words[words]
        yield "prefix", self._sorted_by_popularity(ranks[first])
        yield "word_prefix", self._sorted_by_popularity(ranks[~first])
        yield "substring", self._inside(normal)
        if len(loose(normal)) > 1:
            yield "fuzzy", self.fuzzy.similar(normal)

    def _namesakes(self, normal: str, allowed: NDArray[np.bool_] | None = None) -> Iterator[int]:
        """Rows of titles whose main title is `normal`, qualifiers aside, most popular first.

        Args:
            allowed: bool (n_anime,), the titles to look at; default: every title.
        """
        words = self._words_with_prefix(f"{normal}\n")
        for row in self._sorted_by_popularity(self.word_ranks[words][self.first_words[words]]):
            if (allowed is None or allowed[row]) and any(
                not name.alias and normalize(name.text) == normal for name in spellings(self.catalog[row])
            ):
                yield row

    def _namesake_by_year(self, normal: str) -> int | None:
        """Row of the title that `normal` names by main title and year first aired: "kanon 2002"."""
        name, _, year = normal.rpartition(" ")
        if not (name and year.isdecimal() and int(year)):  # 0 stands for an unknown year
            return None
        return next(self._namesakes(name, self.catalog.years == int(year)), None)

    def _words_with_prefix(self, prefix: str) -> slice:
        """Slice of `words` where the rest of the line starts with `prefix`."""
        text, length = self.text, len(prefix)
        low = bisect_left(self.words, prefix, key=lambda at: text[at : at + length])
        high = bisect_left(self.words, True, lo=low, key=lambda at: text[at : at + length] > prefix)
        return slice(low, high)

    def _inside(self, normal: str) -> Iterator[int]:
        """Rows of titles with `normal` anywhere in a name, most popular first."""
        if len(compact(normal)) >= TRIGRAM:
            return self.fuzzy.containing(normal)
        middle = int(self.fuzzy.lines[-1])  # where the names without their spaces start
        halves = self._scan(normal, 0, middle), self._scan(normal, middle, len(self.text))
        return merge(*halves, key=lambda row: (-self.popularity[row], row))

    def _scan(self, normal: str, start: int, end: int) -> Iterator[int]:
        """Rows of the lines in text[start:end] that contain `normal`."""
        position = self.text.find(normal, start, end)
        while position >= 0:
            yield int(self.line_rows[np.searchsorted(self.lines, position, side="right") - 1])
            position = self.text.find(normal, self.text.index("\n", position), end)

    def _dominant_completion(self, normal: str) -> int | None:
        """Row of the title whose name continues `normal`, if far more popular than any other such title."""
        if len(normal) < (_MIN_PREFIX if normal.isascii() else _MIN_PREFIX_CJK):
            return None
        words = self._words_with_prefix(f"{normal} " if normal.isascii() else normal)
        best = [*islice(self._sorted_by_popularity(self.word_ranks[words][self.first_words[words]]), 2)]
        dominant = len(best) == 1 or (
            best and self.popularity[best[0]] >= _DOMINANCE * self.popularity[best[1]]
        )
        return best[0] if dominant else None

    def _sorted_by_popularity(self, ranks: NDArray[np.int32]) -> Iterator[int]:
        """Distinct title rows at these positions of `by_popularity`, most popular first."""
        present = np.zeros(len(self.by_popularity), dtype=bool)
        present[ranks] = True
        return map(int, self.by_popularity[np.flatnonzero(present)])


def _by_precedence(catalog: Catalog) -> list[tuple[Spelling, int]]:
    """(spelling, title row) of all titles; of equal spellings, the first is the one that is meant.

    A main title beats an alias of a more popular title. A qualifier that the query omits does not count
    against a title: "Hunter x Hunter" means the popular "Hunter x Hunter (2011)".
    """
    popularity = catalog.members.tolist()
    spelled = [(spelling, row) for row, title in enumerate(catalog.titles) for spelling in spellings(title)]
    return sorted(spelled, key=lambda pair: (pair[0].alias, -popularity[pair[1]], pair[0].bare, pair[1]))


def _rows_by_popularity(popularity: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.argsort(-popularity, kind="stable")


def _sorted_words(text: str) -> NDArray[np.int32]:
    """int32 (n_words,): start of each word of `text`, sorted by the rest of its line."""
    found: list[tuple[str, int]] = []
    at = 0
    for line in text.split("\n")[:-1]:
        found.append((line, at))
        found += [(line[i + 1 :], at + i + 1) for i, character in enumerate(line) if character == " "]
        at += len(line) + 1
    return np.array([position for _, position in sorted(found)], dtype=np.int32)


def _hash(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest())
