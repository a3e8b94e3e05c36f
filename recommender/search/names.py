"""The names of one title, and which of them a query matches."""

from __future__ import annotations

import re

from domain.titles import Title
from recommender.search.fuzzy import prefix_similarity
from recommender.search.normalize import compact, fold, normalize

_PARENTHESES = re.compile(r"[(（]([^()（）]*)[)）]")


def spellings(title: Title) -> list[tuple[str, str]]:
    """(spelling, name it stands for) of every name of a title, the main title first.

    Both parts of a Japanese "Main (reading)" are spellings; so is a main title without its parentheses.
    """
    found = [(title.name, title.name)]
    for alias, kind in title.aliases:
        found.append((alias, alias))
        if kind == "japanese" and (inside := _PARENTHESES.search(alias)):
            found += [(_PARENTHESES.sub(" ", alias), alias), (inside.group(1), alias)]
    shortened = _PARENTHESES.sub(" ", title.name)
    if shortened.strip() and shortened != title.name:
        found.append((shortened, title.name))
    return found


def matched_name(title: Title, query: str) -> str | None:
    """Return the name, as written, that `query` matches best; the first of equals, None if none matches."""
    folded, normal = fold(query), normalize(query)
    if not normal:
        return None
    best, matched = 0.0, None
    for spelling, name in spellings(title):
        quality = _match_quality(folded, normal, spelling)
        if quality > best:
            best, matched = quality, name
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
