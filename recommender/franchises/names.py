"""Parsed names: the words that identify a story, and the marks of a season, a form or an extra."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from recommender.search.normalize import normalize

Words = tuple[str, ...]

_JAPANESE_SEASON = r"第?(\d+|[一二三四五六七八九十])(?:期|シリーズ|シーズン|部|章|クール)"
# written without a space before them
_JAPANESE_MARK = re.compile(
    rf"(劇場版|映画|総集編|特別編|完結編|新章|続編|スペシャル|OVA|OAD|{_JAPANESE_SEASON})"
)
_PAUSE = re.compile(r"[:：](?=\D)|\s[-–~/]|[~〜～(（「『【\[♪]")
_PAUSED = "ᛮ"  # occurs in no name; marks a pause while a name is normalized

_JAPANESE_NUMBERS = {digit: number for number, digit in enumerate("一二三四五六七八九十", 1)}
_NUMBER = re.compile(r"0*(\d{1,2})|(\d)(?:nd|rd|th)")
_YEAR = re.compile(r"(?:19|20)\d\d")


def vocabulary(words: str) -> frozenset[str]:
    """The set of words in a text."""
    return frozenset(words.split())


_FORMS = vocabulary(
    "tv ova ovas oad ona movie movies film season series part cour stage episode ep the music "
    "劇場版 映画 シーズン 完結編 新章 続編"
)
_EXTRAS = vocabulary(
    "special specials recap recaps summary soushuuhen digest omake pilot pv cm promo commercial "
    "総集編 特別編 スペシャル"
)
_EXTRA_PAIRS = {("picture", "drama"), ("drama", "cd"), ("special", "edition"), ("mini", "theater")}
_SEASONS = {"second": 2, "two": 2, "zwei": 2, "r2": 2, "zoku": 2, "kai": 2, "third": 3, "final": 9}
_MARKS = _FORMS | _EXTRAS | _SEASONS.keys() | {"s", "w", "plus", "new", "next"}
_LEADING = vocabulary("gekijouban gekijoban eiga the 劇場版 映画")
_LATER_LEADING = vocabulary("zoku shin motto mini petit puchi chibi 続 新")


@dataclass(frozen=True, slots=True)
class Name:
    """A parsed name."""

    words: Words  # the whole name, normalized
    stem: Words  # without trailing marks of a season, a form or an extra
    breaks: frozenset[int]  # word counts after which the name pauses: "Clannad: …", "X (TV)"
    season: int  # 1 unless stated

    @property
    def extra(self) -> bool:
        """True if it contains a word such as "recap", "special", "digest"."""
        pairs = zip(self.words, self.words[1:], strict=False)
        return not (_EXTRAS.isdisjoint(self.words) and _EXTRA_PAIRS.isdisjoint(pairs))

    def pauses_after(self, length: int) -> bool:
        """True if the name ends, pauses or continues with a mark after `length` words."""
        return length >= len(self.words) or length in self.breaks or is_mark(self.words[length])


def parse(text: str) -> Name:
    """Parse a name.

    "Shingeki no Kyojin Season 2" -> stem (shingeki, no, kyojin), season 2;
    "Clannad: After Story" -> stem (clannad, after, story), breaks {1}, season 1.
    """
    marked = text if text.isascii() else _JAPANESE_MARK.sub(r" \1 ", text.replace("½", "half"))
    words: list[str] = []
    breaks: set[int] = set()
    for word in normalize(_PAUSE.sub(f" {_PAUSED} ", marked)).split():
        if word == _PAUSED:
            breaks.add(len(words))
        else:
            words.append(word)
    return _name(tuple(words or [text]), breaks)


def without_lead(name: Name) -> Name | None:
    """Return the name without a leading "zoku", "shin" or the like; None if there is none."""
    if len(name.stem) < 2 or name.stem[0] not in _LATER_LEADING:
        return None
    return Name(name.words[1:], name.stem[1:], frozenset(b - 1 for b in name.breaks if b > 1), name.season)


@lru_cache(maxsize=20_000)
def is_mark(word: str) -> bool:
    """True if a word denotes a season, a form or an extra rather than a story."""
    return word in _MARKS or bool(_NUMBER.fullmatch(word) or _YEAR.fullmatch(word) or _japanese_number(word))


def _name(words: Words, breaks: set[int]) -> Name:
    lead = 0
    while lead < len(words) - 1 and words[lead] in _LEADING:
        lead += 1
    words = words[lead:]
    length = len(words)
    while length > 1 and is_mark(words[length - 1]):
        length -= 1
    inside = frozenset(b - lead for b in breaks if 0 < b - lead < len(words))
    return Name(words, words[:length], inside, _season(words))


def _season(words: Words) -> int:
    """Season number at the end of a name; 1 if there is none."""
    if words[0] in _LATER_LEADING:
        return 2
    for word in reversed(words[1:]):
        number = _NUMBER.fullmatch(word)
        season = int(number[1] or number[2]) if number else _japanese_number(word) or _SEASONS.get(word)
        if season:
            return season
        if not is_mark(word):
            break
    return 1


def _japanese_number(word: str) -> int | None:
    found = re.fullmatch(_JAPANESE_SEASON, word)
    if not found:
        return None
    return _JAPANESE_NUMBERS.get(found[1]) or int(found[1])
