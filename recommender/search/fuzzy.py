"""Fuzzy lookup of misspelled names: candidates by shared trigrams, accepted by edit distance."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from recommender.data.arrays import ArrayReader
from recommender.search.normalize import compact

_CANDIDATES = 80
_TRIGRAMS_OF_TYPO = 4  # that one typo changes at most: two letters in the wrong order are in four
_SPARE_TRIGRAMS = 4  # of a misspelled name are looked up beyond those that its typos may have changed
_MIN_SIMILARITY = 75.0  # percent
_MAX_TYPOS = 3
_NUMBERS = re.compile(r"\d+")
_BUCKETS = 1 << 15
TRIGRAM = 3  # letters


@dataclass(frozen=True, eq=False)
class FuzzyNames:
    """An inverted index from hashed trigrams to names.

    Attributes:
        text: normalized names, one per line; a title may have several.
        lines: int32 (n_names + 1,), name n is text[lines[n]:lines[n + 1] - 1].
        rows: int64 (n_names,), the title row of each name.
        popularity: int64 (n_names,), members of that title.
        sizes: int64 (n_names,), number of distinct trigrams of each name.
        lengths: int32 (n_names,), letters of each name without its spaces.
        starts: int64 (n_buckets + 1,), trigram t occurs in the names postings[starts[t]:starts[t + 1]].
        postings: int32 (sum of sizes,), names by trigram.
    """

    text: str
    lines: NDArray[np.int32]
    rows: NDArray[np.int64]
    popularity: NDArray[np.int64]
    sizes: NDArray[np.int64]
    lengths: NDArray[np.int32]
    starts: NDArray[np.int64]
    postings: NDArray[np.int32]

    @classmethod
    def build(cls, names: Sequence[tuple[str, int]], popularity: NDArray[np.int64]) -> FuzzyNames:
        spaceless = [compact(name) for name, _ in names]
        trigrams = [_trigrams(name) for name in spaceless]
        sizes = np.array([len(of_name) for of_name in trigrams], dtype=np.int64)
        buckets = np.concatenate([np.empty(0, np.int64), *trigrams])
        owners = np.repeat(np.arange(len(names), dtype=np.int32), sizes)
        order = np.argsort(buckets, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(buckets, minlength=_BUCKETS))])
        rows = np.array([row for _, row in names], dtype=np.int64)
        text = "".join(f"{name}\n" for name, _ in names)
        lines = np.concatenate([[0], np.cumsum([len(name) + 1 for name, _ in names])]).astype(np.int32)
        lengths = np.array([*map(len, spaceless)], dtype=np.int32)
        return cls(text, lines, rows, popularity[rows], sizes, lengths, starts, owners[order])

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays to save; names and popularity are saved elsewhere."""
        return {
            "fuzzy_lines": self.lines,
            "fuzzy_rows": self.rows,
            "fuzzy_sizes": self.sizes,
            "fuzzy_starts": self.starts,
            "fuzzy_postings": self.postings,
        }

    @classmethod
    def load(cls, reader: ArrayReader, text: str, popularity: NDArray[np.int64]) -> FuzzyNames:
        """The inverse of `arrays`; `text` begins with the names."""
        rows = reader.rows("fuzzy_rows", np.int64, (None,), reader.n_anime)
        lines = reader.array("fuzzy_lines", np.int32, (len(rows) + 1,), within=(0, len(text)))
        sizes = reader.array("fuzzy_sizes", np.int64, rows.shape, within=(0, len(text)))
        names = text[: int(lines[-1])].split("\n")[:-1]
        if len(names) != len(rows):
            raise ValueError(f"there are {len(names)} names for {len(rows)} titles")
        lengths = np.array([len(compact(name)) for name in names], dtype=np.int32)
        postings = reader.rows("fuzzy_postings", np.int32, (None,), len(rows))
        starts = reader.offsets("fuzzy_starts", (_BUCKETS + 1,), len(postings))
        return cls(text, lines, rows, popularity[rows], sizes, lengths, starts, postings)

    def find(self, normal: str) -> int | None:
        """Return the row of the title that `normal` misspells, or None when in doubt."""
        best: tuple[float, int, int] | None = None
        for name, row, popularity in self._misspelled(compact(normal)):
            similarity = _typo_similarity(normal, name)
            if similarity is not None:
                key = (similarity, popularity, -row)
                if best is None or key > best:
                    best = key
        return None if best is None else -best[2]

    def similar(self, normal: str) -> list[int]:
        """Rows of titles with a name, or the start of one, similar to `normal`; most similar first."""
        scored: dict[int, tuple[float, int]] = {}
        for name, row, popularity in self._candidates(normal):
            if similarity := prefix_similarity(normal, name):
                scored[row] = max(scored.get(row, (0.0, 0)), (similarity, popularity))
        return sorted(scored, key=lambda row: (-scored[row][0], -scored[row][1], row))

    def containing(self, normal: str) -> Iterator[int]:
        """Yield rows of titles with a name that contains `normal`, ignoring spaces.

        `normal` has at least `TRIGRAM` letters. Rows come in the order of the names and may repeat.
        """
        trigrams = _buckets(compact(normal))
        sizes = self.starts[trigrams + 1] - self.starts[trigrams]
        rarest = int(trigrams[np.argmin(sizes)])
        names = self.postings[self.starts[rarest] : self.starts[rarest + 1]]
        for name, row in zip(self._texts(names), self.rows[names].tolist(), strict=True):
            if normal in name or normal in compact(name):
                yield row

    def _misspelled(self, spaceless: str) -> Iterable[tuple[str, int, int]]:
        """(name, row, popularity) of the names that may be no more than typos away.

        They have about the same length, and most of the trigrams: the rarest of these tell already.
        """
        typos = _max_typos(len(spaceless) + _MAX_TYPOS)  # of the longest name that it may stand for
        shortest, longest = len(spaceless) - typos, len(spaceless) + typos
        if not self._by_length[max(shortest, 0) : longest + 1].any():
            return iter(())
        trigrams = _trigrams(spaceless)
        sizes = self.starts[trigrams + 1] - self.starts[trigrams]
        rarest = trigrams[np.argsort(sizes, kind="stable")[: typos * _TRIGRAMS_OF_TYPO + _SPARE_TRIGRAMS]]
        shared = self._shared(rarest)
        needed = max(1, len(rarest) - typos * _TRIGRAMS_OF_TYPO)
        names = np.flatnonzero(shared >= needed)
        names = names[(self.lengths[names] >= shortest) & (self.lengths[names] <= longest)]
        if len(names) > _CANDIDATES:
            names = names[np.argsort(-shared[names], kind="stable")[:_CANDIDATES]]
        return self._named(names)

    @cached_property
    def _by_length(self) -> NDArray[np.int64]:
        """int64 (longest + 1,): how many names have each number of letters."""
        return np.bincount(self.lengths, minlength=1)

    def _shared(self, trigrams: NDArray[np.int64]) -> NDArray[np.int64]:
        """int64 (n_names,): how many of these trigrams each name has."""
        bounds = zip(self.starts[trigrams].tolist(), self.starts[trigrams + 1].tolist(), strict=True)
        found = np.concatenate([self.postings[start:end] for start, end in bounds])
        return np.bincount(found, minlength=len(self.sizes))

    def _named(self, names: NDArray[np.int64]) -> Iterator[tuple[str, int, int]]:
        """(name, row, popularity) of names."""
        return zip(
            self._texts(names), self.rows[names].tolist(), self.popularity[names].tolist(), strict=True
        )

    def _texts(self, names: NDArray[np.integer[Any]]) -> Iterator[str]:
        text = self.text
        for start, end in zip(self.lines[names].tolist(), self.lines[names + 1].tolist(), strict=True):
            yield text[start : end - 1]

    def _candidates(self, normal: str) -> Iterable[tuple[str, int, int]]:
        """(name, row, popularity) of the names that share most trigrams with `normal` (Dice coefficient)."""
        trigrams = _trigrams(compact(normal))
        shared = self._shared(trigrams)
        candidates = np.flatnonzero(shared)
        dice = 2.0 * shared[candidates] / (self.sizes[candidates] + len(trigrams))
        # a query may be only part of a name: also score the share of it that the name contains
        scores = np.maximum(dice, 0.8 * shared[candidates] / len(trigrams))
        if len(scores) > _CANDIDATES:  # names are ordered by popularity, which breaks ties
            best = np.flatnonzero(scores >= np.partition(scores, -_CANDIDATES)[-_CANDIDATES])
            candidates, scores = candidates[best], scores[best]
        return self._named(candidates[np.argsort(-scores, kind="stable")[:_CANDIDATES]])


def prefix_similarity(normal: str, name: str) -> float:
    """Similarity of `normal` to a name or to its prefix of that length, 75..100; 0 below that."""
    prefix = name[: len(normal) + 1]
    whole = fuzz.ratio(normal, name, score_cutoff=_MIN_SIMILARITY)
    return max(whole, fuzz.ratio(normal, prefix, score_cutoff=_MIN_SIMILARITY))


def _trigrams(text: str) -> NDArray[np.int64]:
    """Trigram buckets of the text with its start and end marked."""
    return _buckets(f"\x02{text}\x03")


def _buckets(text: str) -> NDArray[np.int64]:
    """Distinct buckets of all trigrams, ascending."""
    codes = [*map(ord, text)]
    triples = zip(codes, codes[1:], codes[2:], strict=False)
    return np.array(
        sorted({(a * 1_000_003 + b * 10_007 + c * 101) % _BUCKETS for a, b, c in triples}), np.int64
    )


def _typo_similarity(query: str, name: str) -> float | None:
    """Similarity of the two, 0..1, or None if they differ by more than typos.

    Numbers must match (another number is another season), and typos must not add up to another word:
    "Chainsaw Man" is not "Chainsaw Maid".
    """
    left, right = compact(query), compact(name)
    longest = max(len(left), len(right))
    budget = _max_typos(longest)
    distance = OSA.distance(left, right, score_cutoff=budget)
    if distance > budget or not _words_agree(query, name):
        return None
    if sorted(_NUMBERS.findall(query)) != sorted(_NUMBERS.findall(name)):
        return None
    return 1.0 - distance / longest


def _max_typos(length: int) -> int:
    if length < 5:
        return 0
    return 1 if length < 11 else 2 if length < 20 else _MAX_TYPOS


def _words_agree(query: str, name: str) -> bool:
    """True if the texts differ only in spacing or in typos within single words."""
    query_words, name_words = query.split(), name.split()
    if len(query_words) != len(name_words):
        return OSA.distance(compact(query), compact(name)) <= 1
    return all(
        OSA.distance(word, other) <= _max_typos_in_word(max(len(word), len(other)))
        for word, other in zip(query_words, name_words, strict=True)
    )


def _max_typos_in_word(length: int) -> int:
    return 0 if length < 3 else 1 if length < 8 else 2
