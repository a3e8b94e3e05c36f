"""Evidence that two titles whose names share a prefix also share a story."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from recommender.data.catalog import Catalog
from recommender.franchises.entry import looks_extra
from recommender.franchises.names import Name, Words, is_mark, vocabulary

Names: TypeAlias = Sequence[Sequence[Name]]  # per title, the main name first

# "X no Y", "X wa Y" is one phrase, so X is not a name within it
PARTICLES = vocabulary("no ga wa wo o ni de to na e he and of in the a mo kara yori")
MAX_RARE = 3  # names that contain a rare word anywhere but in first place
# evidence required: "X: …" needs less than "X …", a special named "X: …" least of all
EXTRA_THRESHOLD, PAUSE_THRESHOLD, PREFIX_THRESHOLD = -0.5, 1.0, 2.0
_JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")


@dataclass(frozen=True, eq=False)
class Evidence:
    """Facts about all titles, precomputed to judge links between them.

    Attributes:
        later_words: word -> number of main names that contain it, but not as their first word.
        japanese: the Japanese names of each title, without spaces.
        extra: whether each title looks like an extra of another.
    """

    catalog: Catalog
    names: Names
    later_words: Counter[str]
    japanese: Sequence[Words]
    extra: Sequence[bool]

    @classmethod
    def of(cls, catalog: Catalog, names: Names) -> Evidence:
        later_words: Counter[str] = Counter()
        for main, *_ in names:
            later_words.update(set(main.words[1:]) - {main.words[0]})
        joined = ([("".join(name.words)) for name in of_title] for of_title in names)
        japanese = [tuple(word for word in words if _JAPANESE.search(word)) for words in joined]
        extra = [looks_extra(title, main) for title, (main, *_) in zip(catalog.titles, names, strict=True)]
        return cls(catalog, names, later_words, japanese, extra)

    def accepts(self, row: int, name: Name, prefix: Words, holder: int) -> bool:
        """True if title `row` belongs to `holder`, whose name is a prefix of its `name`."""
        length = len(prefix)
        if self.extra[row] and prefix == self.names[holder][0].stem != name.stem and length in name.breaks:
            threshold = EXTRA_THRESHOLD
        elif name.pauses_after(length) or length == len(name.stem):
            threshold = PAUSE_THRESHOLD
        elif name.words[length] in PARTICLES and length < 3:
            return False
        else:
            threshold = PREFIX_THRESHOLD
        weight = self._weight(prefix)
        return weight + 1.3 >= threshold and weight + self._likeness(row, holder) >= threshold

    def share_distinctive_word(self, row: int, other: int) -> bool:
        """True if names of both contain the same distinctive word; False for rows outside the catalog."""
        if max(row, other) >= len(self.names):
            return False
        words, others = ({word for name in self.names[r] for word in name.words} for r in (row, other))
        return any(self._weight((word,)) >= 1.0 for word in words & others)

    def _weight(self, words: Words) -> float:
        """Distinctiveness of words, 0, 0.5, 1, …: common words count little, marks nothing."""
        weight = 0.0
        for word in words:
            if word not in PARTICLES and not is_mark(word):
                letters = len(word) if word.isascii() else 2 * len(word)
                rare = self.later_words[word] <= MAX_RARE
                weight += 1.5 if rare and letters >= 5 else 1.0 if rare and letters == 4 else 0.5
        return weight

    def _likeness(self, row: int, other: int) -> float:
        """Agreement of two titles in genres, Japanese names and adult content, -1.4 to 1.3."""
        a, b = self.catalog[row], self.catalog[other]
        likeness = 0.0
        if a.genres and b.genres:
            shared = len(set(a.genres) & set(b.genres))
            likeness = shared / min(len(a.genres), len(b.genres)) - 0.4
        if a.nsfw != b.nsfw:
            likeness -= 0.5
        return likeness + self._japanese_agreement(row, other)

    def _japanese_agreement(self, row: int, other: int) -> float:
        """Positive if the Japanese names share a prefix, negative if not, 0 if either has none."""
        if not (self.japanese[row] and self.japanese[other]):
            return 0.0
        agreement = max(
            _common_prefix(a, b) / min(len(a), len(b))
            for a in self.japanese[row]
            for b in self.japanese[other]
        )
        return 0.7 if agreement >= 0.7 else 0.2 if agreement >= 0.4 else -0.5


def _common_prefix(a: str, b: str) -> int:
    """Length of the common prefix."""
    length = min(len(a), len(b))
    return next((i for i in range(length) if a[i] != b[i]), length)
