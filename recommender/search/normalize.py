"""Normal forms that map different spellings of a title to the same string."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MAX_QUERY = 200  # characters; the rest is ignored, no title is longer

_ORDINALS = {"first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "final": "final"}
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7"}
_SEASON = re.compile(
    r"\b(?:(?:series )?(\d+)(?:st|nd|rd|th)? (?:season|series)|(?:season|series) (\d+)|s(\d))\b", re.ASCII
)
_APOSTROPHES = re.compile("['’‘`´]")
_SUPERSCRIPTS = str.maketrans({"²": " 2", "³": " 3", "½": " 1/2"})
# long vowels and Kunrei spellings: Ookami = Okami, Toukyou = Tokyo, Syoujo = Shoujo, wo = o
_ROMANIZATION = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"ou", "o"),
        (r"\bwo\b", "o"),
        (r"\bha\b", "wa"),
        (r"sy(?=[auo])", "sh"),
        (r"ty(?=[auo])", "ch"),
        (r"(?:zy|jy)(?=[auo])", "j"),
        (r"tu", "tsu"),
        (r"dzu", "zu"),
        (r"mb", "nb"),
        (r"mp", "np"),
    )
]
_REPEATED = re.compile(r"(\D)\1+")
_STOP_WORDS = {"the", "a", "an"}


@lru_cache(maxsize=64)  # each form of a name begins with it
def fold(text: str) -> str:
    """Unify case, width and white space, nothing else: the strictest form."""
    folded = unicodedata.normalize("NFKC", text[: MAX_QUERY // 4])
    if len(folded) < MAX_QUERY:  # else of letters that stand for many: U+FDFA for 18, and slowly
        folded = unicodedata.normalize("NFKC", text[:MAX_QUERY])
    folded = folded.casefold()[:MAX_QUERY]
    if folded.isprintable():
        return " ".join(folded.split())
    return " ".join("".join(ch if ch.isprintable() else " " for ch in folded).split())


def normalize(text: str) -> str:
    """Keep words and numbers only, in lower case, without accents, separated by single spaces.

    "Re:Zero" -> "re zero", "Bakemonogatari 2nd Season" -> "bakemonogatari 2", "K-ON!" -> "k on".
    Text made only of punctuation keeps its folded form, so that it stays distinct.
    """
    folded = fold(_APOSTROPHES.sub("", text[:MAX_QUERY].translate(_SUPERSCRIPTS))).replace("&", " and ")[
        :MAX_QUERY
    ]
    plain = folded if folded.isascii() else _without_accents(folded)
    words = "".join(ch if ch.isalnum() or ch == "ー" else " " for ch in plain).split()
    if not words:
        return folded
    words = [_ORDINALS.get(word, word) for word in words]
    words = words[:1] + [_ROMAN.get(word, word) for word in words[1:]]
    return _SEASON.sub(lambda found: next(filter(None, found.groups())), " ".join(words))


def _without_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    # Latin accents only: kana and hangul marks distinguish letters
    return unicodedata.normalize("NFC", "".join(ch for ch in decomposed if not "\u0300" <= ch <= "\u036f"))


def compact(normalized: str) -> str:
    """Remove spaces: "full metal alchemist" = "fullmetal alchemist"."""
    return normalized.replace(" ", "")


def loose(normalized: str) -> str:
    """Remove articles, romanization variants and doubled letters: "ookami kodomo" = "okami kodomo"."""
    words = [word for word in normalized.split() if word not in _STOP_WORDS]
    text = " ".join(words)
    for pattern, replacement in _ROMANIZATION:
        text = pattern.sub(replacement, text)
    return _REPEATED.sub(r"\1", text.replace(" ", ""))
