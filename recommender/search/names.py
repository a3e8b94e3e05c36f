"""What a title is called, and how near to a name something typed is."""

from __future__ import annotations

import re

from domain.titles import Title
from recommender.search.fuzzy import resemblance
from recommender.search.normalize import compact, fold, normalize

_PARENTHESES = re.compile(r"[(（]([^()（）]*)[)）]")


def spellings(title: Title) -> list[tuple[str, str]]:
    """(spelling, the name that it is one of), the main title first.

    Of the Japanese "Main (another)" both parts are names, of a main title its part before a parenthesis.
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


def matched_name(title: Title, typed: str) -> str | None:
    """The name by which `typed` suggests the title, as it is written; of equals the first.

    None where no name is like it.
    """
    folded, normal = fold(typed), normalize(typed)
    if not normal:
        return None
    best, matched = 0.0, None
    for spelling, name in spellings(title):
        nearness = _nearness(folded, normal, spelling)
        if nearness > best:
            best, matched = nearness, name
    return matched


def _nearness(folded: str, normal: str, name: str) -> float:
    """Whole names, then beginnings of names, of words, parts of words, near misses; 0 for another name."""
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
    return resemblance(normal, other) / 101
