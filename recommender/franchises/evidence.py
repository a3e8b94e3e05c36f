"""How sure a common beginning of two names is of a common story."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from recommender.data.catalog import Catalog
from recommender.franchises.entry import looks_extra
from recommender.franchises.names import Name, Words, is_mark, vocabulary

Names: TypeAlias = Sequence[Sequence[Name]]  # of each title, the main one first

# "X no Y", "X wa Y": the name goes on, so X is not its first half
PARTICLES = vocabulary("no ga wa wo o ni de to na e he and of in the a mo kara yori")
COMMON = 3  # a word in more names than this, elsewhere than at their beginning, tells little by itself
# evidence that is asked for: "X: …" says more than "X …", most of all where it is a special
BESIDE, UNIT, BEGINNING = -0.5, 1.0, 2.0
_JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")


@dataclass(frozen=True, eq=False)
class Evidence:
    """What is known of titles, to judge by.

    Attributes:
        outside: word -> main names that have it, but not as their first word.
        japanese: the names in Japanese of each title, each as one word.
        extra: whether each title looks like an extra of something else.
    """

    catalog: Catalog
    names: Names
    outside: Counter[str]
    japanese: Sequence[Words]
    extra: Sequence[bool]

    @classmethod
    def of(cls, catalog: Catalog, names: Names) -> Evidence:
        outside: Counter[str] = Counter()
        for main, *_ in names:
            outside.update(set(main.words[1:]) - {main.words[0]})
        joined = ([("".join(name.words)) for name in of_title] for of_title in names)
        japanese = [tuple(word for word in words if _JAPANESE.search(word)) for words in joined]
        extra = [looks_extra(title, main) for title, (main, *_) in zip(catalog.titles, names, strict=True)]
        return cls(catalog, names, outside, japanese, extra)

    def accepts(self, row: int, name: Name, beginning: Words, holder: int) -> bool:
        """Whether `name` of title `row` begins so because it belongs to `holder`, which is called so."""
        length = len(beginning)
        if self.extra[row] and beginning == self.names[holder][0].stem != name.stem and length in name.breaks:
            needed = BESIDE
        elif name.pauses_after(length) or length == len(name.stem):
            needed = UNIT
        elif name.words[length] in PARTICLES and length < 3:
            return False
        else:
            needed = BEGINNING
        weight = self._weight(beginning)
        return weight + 1.3 >= needed and weight + self._likeness(row, holder) >= needed

    def share_a_telling_word(self, row: int, other: int) -> bool:
        """Whether a rare word is in names of both; False for titles that the catalog does not have."""
        if max(row, other) >= len(self.names):
            return False
        words, others = ({word for name in self.names[r] for word in name.words} for r in (row, other))
        return any(self._weight((word,)) >= 1.0 for word in words & others)

    def _weight(self, words: Words) -> float:
        """0, 0.5, 1, …: how much words tell; one that many names have tells little, a mark nothing."""
        weight = 0.0
        for word in words:
            if word not in PARTICLES and not is_mark(word):
                letters = len(word) if word.isascii() else 2 * len(word)
                rare = self.outside[word] <= COMMON
                weight += 1.5 if rare and letters >= 5 else 1.0 if rare and letters == 4 else 0.5
        return weight

    def _likeness(self, row: int, other: int) -> float:
        """-1.4 … 1.3: genres in common, the beginning of the Japanese names, adult or not."""
        a, b = self.catalog[row], self.catalog[other]
        likeness = 0.0
        if a.genres and b.genres:
            shared = len(set(a.genres) & set(b.genres))
            likeness = shared / min(len(a.genres), len(b.genres)) - 0.4
        if a.nsfw != b.nsfw:
            likeness -= 0.5
        return likeness + self._japanese_agreement(row, other)

    def _japanese_agreement(self, row: int, other: int) -> float:
        """More than 0 where names in Japanese begin alike, less where they do not, 0 where none is known."""
        if not (self.japanese[row] and self.japanese[other]):
            return 0.0
        alike = max(
            _common(a, b) / min(len(a), len(b)) for a in self.japanese[row] for b in self.japanese[other]
        )
        return 0.7 if alike >= 0.7 else 0.2 if alike >= 0.4 else -0.5


def _common(a: str, b: str) -> int:
    """The length of the common beginning."""
    length = min(len(a), len(b))
    return next((i for i in range(length) if a[i] != b[i]), length)
