"""The names of one title, and which of them a query matches."""

from __future__ import annotations

import re
from typing import NamedTuple

from domain.titles import Title
from recommender.search.fuzzy import prefix_similarity
from recommender.search.normalize import compact, fold, normalize

_PARENTHESES = re.compile(r"[(（]([^()（）]*)[)）]")
_QUALIFIERS = re.compile(r"(?:\s*[(（][^()（）]*[)）])+\s*$")
_NOT_A_READING = re.compile(r".|\d{4}|TV|OVA|ONA|Movie", re.IGNORECASE)


class Spelling(NamedTuple):
    """Text that names a title when typed."""

    text: str
    name: str  # the main title or alias, as written, that it stands for
    alias: bool
    bare: bool  # `name` without a qualifier such as "(TV)" or "(2011)"


def spellings(title: Title) -> list[Spelling]:
    """Return every spelling of a title's names, the main title first.

    A name may be typed without the qualifier at its end. Both parts of a Japanese "Main (reading)" are
    spellings, and so is a main title without parentheses in the middle.
    """
    found = []
    for name, kind in ((title.name, None), *title.aliases):
        alias = kind is not None
        found.append(Spelling(name, name, alias, bare=False))
        if kind == "japanese" and (inside := _PARENTHESES.search(name)):
            found.append(Spelling(_PARENTHESES.sub(" ", name), name, alias, bare=True))
            if not _NOT_A_READING.fullmatch(inside[1]):
                found.append(Spelling(inside[1], name, alias, bare=False))
        elif (bare := _QUALIFIERS.sub("", name)) and bare != name:
            found.append(Spelling(bare, name, alias, bare=True))
    if _PARENTHESES.search(_QUALIFIERS.sub("", title.name)):
        found.append(Spelling(_PARENTHESES.sub(" ", title.name), title.name, alias=True, bare=True))
    return found


def matched_name(title: Title, query: str) -> str | None:
    """Return the name, as written, that `query` matches best; the first of equals, None if none matches."""
    folded, normal = fold(query), normalize(query)
    if not normal:
        return None
    best, matched = 0.0, None
    for spelling in spellings(title):
        quality = _match_quality(folded, normal, spelling.text)
        if quality > best:
            best, matched = quality, spelling.name
    return matched


def _match_quality(folded: str, normal: str, name: str) -> float:
    """5 for the whole name, down through prefixes, word prefixes, substrings and typos; 0 for no match."""
    other = normalize(name)
    if fold(name) == folded:
        return 5
    if other == normal:
        return 4
    if other.startswith(normal) or compact(other).startswith(normal):
        return 3
    if f" {normal}" in other:
        return 2
    if normal in other or normal in compact(other):
        return 1
    return prefix_similarity(normal, other) / 101
