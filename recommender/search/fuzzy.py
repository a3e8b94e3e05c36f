"""Names that match nothing to the letter: candidates by shared trigrams, judged by edit distance."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from recommender.search.normalize import compact

_CANDIDATES = 80
_ALIKE = 75.0  # per cent
_NUMBERS = re.compile(r"\d+")
_BUCKETS = 1 << 15
TRIGRAM = 3  # letters


@dataclass(frozen=True, eq=False)
class FuzzyNames:
    """An inverted index from hashed trigrams to names.

    Attributes:
        text: normalized names, one a line; the same title may have several.
        lines: int32 (n_names + 1,), name n is text[lines[n]:lines[n + 1] - 1].
        rows: int64 (n_names,), the title of each name.
        fame: int64 (n_names,), members of that title.
        sizes: int64 (n_names,), how many different trigrams each name has.
        starts: int64 (n_buckets + 1,), trigram t stands in the names postings[starts[t]:starts[t + 1]].
        postings: int32 (total,).
    """

    text: str
    lines: NDArray[np.int32]
    rows: NDArray[np.int64]
    fame: NDArray[np.int64]
    sizes: NDArray[np.int64]
    starts: NDArray[np.int64]
    postings: NDArray[np.int32]

    @classmethod
    def build(cls, names: Sequence[tuple[str, int]], fame: NDArray[np.int64]) -> FuzzyNames:
        grams = [_trigrams(compact(name)) for name, _ in names]
        sizes = np.array([len(gram) for gram in grams], dtype=np.int64)
        buckets = np.concatenate([np.empty(0, np.int64), *grams])
        owners = np.repeat(np.arange(len(names), dtype=np.int32), sizes)
        order = np.argsort(buckets, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(buckets, minlength=_BUCKETS))])
        rows = np.array([row for _, row in names], dtype=np.int64)
        text = "".join(f"{name}\n" for name, _ in names)
        lines = np.concatenate([[0], np.cumsum([len(name) + 1 for name, _ in names])]).astype(np.int32)
        return cls(text, lines, rows, fame[rows], sizes, starts, owners[order])

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What is learned from names and popularity, to be saved."""
        return {
            "fuzzy_lines": self.lines,
            "fuzzy_rows": self.rows,
            "fuzzy_sizes": self.sizes,
            "fuzzy_starts": self.starts,
            "fuzzy_postings": self.postings,
        }

    @classmethod
    def assemble(cls, arrays: Mapping[str, NDArray[Any]], text: str, fame: NDArray[np.int64]) -> FuzzyNames:
        """The inverse of `arrays`; `text` begins with the names."""
        rows = arrays["fuzzy_rows"]
        rest = (arrays["fuzzy_sizes"], arrays["fuzzy_starts"], arrays["fuzzy_postings"])
        return cls(text, arrays["fuzzy_lines"], rows, fame[rows], *rest)

    def find(self, normal: str) -> int | None:
        """The row of the title that `normal` misspells, None rather than a doubtful one."""
        best: tuple[float, int, int] | None = None
        for name, row, fame in self._candidates(normal):
            similarity = _misspelling(normal, name)
            if similarity is not None:
                key = (similarity, fame, -row)
                if best is None or key > best:
                    best = key
        return None if best is None else -best[2]

    def resembling(self, normal: str) -> list[int]:
        """Rows of titles whose names look like `normal`, or begin like it, most alike first."""
        scored: dict[int, tuple[float, int]] = {}
        for name, row, fame in self._candidates(normal):
            if alike := resemblance(normal, name):
                scored[row] = max(scored.get(row, (0.0, 0)), (alike, fame))
        return sorted(scored, key=lambda row: (-scored[row][0], -scored[row][1], row))

    def containing(self, normal: str) -> Iterator[int]:
        """Rows of titles that have `normal`, of at least three letters, anywhere in a name, spaces or not.

        In the order of the names; a title may come more than once.
        """
        grams = _hashed(compact(normal))
        sizes = self.starts[grams + 1] - self.starts[grams]
        rarest = int(grams[np.argmin(sizes)])
        names = self.postings[self.starts[rarest] : self.starts[rarest + 1]]
        for name, row in zip(self._texts(names), self.rows[names].tolist(), strict=True):
            if normal in name or normal in compact(name):
                yield row

    def _texts(self, names: NDArray[np.integer[Any]]) -> Iterator[str]:
        text = self.text
        for start, end in zip(self.lines[names].tolist(), self.lines[names + 1].tolist(), strict=True):
            yield text[start : end - 1]

    def _candidates(self, normal: str) -> Iterable[tuple[str, int, int]]:
        """(name, row, fame) of names that share most trigrams with `normal`, by Dice's coefficient."""
        grams = _trigrams(compact(normal))
        bounds = zip(self.starts[grams].tolist(), self.starts[grams + 1].tolist(), strict=True)
        found = np.concatenate([self.postings[start:end] for start, end in bounds])
        shared = np.bincount(found, minlength=len(self.sizes))
        touched = np.flatnonzero(shared)
        dice = 2.0 * shared[touched] / (self.sizes[touched] + len(grams))
        # the shorter query of a longer name: how much of the query the name contains
        alike = np.maximum(dice, 0.8 * shared[touched] / len(grams))
        if len(alike) > _CANDIDATES:  # among equals the better known: names are in that order
            best = np.flatnonzero(alike >= np.partition(alike, -_CANDIDATES)[-_CANDIDATES])
            touched, alike = touched[best], alike[best]
        names = touched[np.argsort(-alike, kind="stable")[:_CANDIDATES]]
        return zip(self._texts(names), self.rows[names].tolist(), self.fame[names].tolist(), strict=True)


def resemblance(normal: str, name: str) -> float:
    """How alike `normal` and a name or its beginning are, 75..100, or 0."""
    beginning = name[: len(normal) + 1]
    whole = fuzz.ratio(normal, name, score_cutoff=_ALIKE)
    return max(whole, fuzz.ratio(normal, beginning, score_cutoff=_ALIKE))


def _trigrams(text: str) -> NDArray[np.int64]:
    """Of the text and of where it begins and ends."""
    return _hashed(f"\x02{text}\x03")


def _hashed(text: str) -> NDArray[np.int64]:
    """The buckets of all its trigrams, ascending, each once."""
    codes = [*map(ord, text)]
    triples = zip(codes, codes[1:], codes[2:], strict=False)
    return np.array(
        sorted({(a * 1_000_003 + b * 10_007 + c * 101) % _BUCKETS for a, b, c in triples}), np.int64
    )


def _misspelling(typed: str, name: str) -> float | None:
    """How alike the two are, 0..1, or None where it takes more than slips of the finger.

    The numbers must be the same (another number is another season), and the slips must not add up to
    another word: "Chainsaw Man" is not "Chainsaw Maid".
    """
    if sorted(_NUMBERS.findall(typed)) != sorted(_NUMBERS.findall(name)):
        return None
    left, right = compact(typed), compact(name)
    longest = max(len(left), len(right))
    budget = _slips(longest)
    distance = OSA.distance(left, right, score_cutoff=budget)
    if distance > budget or not _words_agree(typed, name):
        return None
    return 1.0 - distance / longest


def _slips(length: int) -> int:
    if length < 5:
        return 0
    return 1 if length < 11 else 2 if length < 20 else 3


def _words_agree(typed: str, name: str) -> bool:
    """Whether each differing word is a slip of one in the other, unless only the spacing differs."""
    typed_words, name_words = typed.split(), name.split()
    if len(typed_words) != len(name_words):
        return OSA.distance(compact(typed), compact(name)) <= 1
    return all(
        OSA.distance(word, other) <= _slips_of_word(max(len(word), len(other)))
        for word, other in zip(typed_words, name_words, strict=True)
    )


def _slips_of_word(length: int) -> int:
    return 0 if length < 3 else 1 if length < 8 else 2
