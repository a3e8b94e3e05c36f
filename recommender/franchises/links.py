"""Links between titles by name: the title that each name extends, and remakes of the same name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from domain.titles import Title
from recommender.data.catalog import Catalog
from recommender.franchises.evidence import PARTICLES, Evidence, Names
from recommender.franchises.names import Name, Words, parse, without_lead
from recommender.search.normalize import fold

MIN_LETTERS = 4  # of an alias; unrelated titles share abbreviations such as "SAO", "DN"
REMAKE_YEARS = 5  # a series with the same name as one this much older is a remake
_CROSSOVER = frozenset({"x", "vs"})
_WEIGHT = {"TV": 3, "Movie": 2, "OVA": 2, "ONA": 2, None: 1}  # as the title that others are named after


class Link(NamedTuple):
    """The name of `holder` is a prefix, `letters` long, of a name of title `row`."""

    letters: int
    row: int
    holder: int


def parse_names(catalog: Catalog) -> list[list[Name]]:
    """Parse the names of each title, the main name first."""
    return [_names_of(title) for title in catalog.titles]


def name_links(evidence: Evidence) -> list[Link]:
    """Return every accepted link, longest shared prefix first."""
    holders, sharers = _titles_by_words(evidence.names)
    links: set[Link] = set()
    for row, of_title in enumerate(evidence.names):
        for name in of_title:
            for words in _prefixes(name):
                others = holders.get(words) or sharers.get(words)
                holder = _nearest(evidence.catalog, row, others) if others else None
                if holder is not None and evidence.accepts(row, name, words, holder):
                    links.add(Link(len("".join(words)), row, holder))
    return sorted(links, key=lambda link: (-link.letters, link.row, link.holder))


def remakes(catalog: Catalog, names: Names) -> Iterator[tuple[int, int]]:
    """Yield pairs (older, newer) with the same name, but for "(2011)" or "(TV)", and years between them."""
    same: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row, title in enumerate(catalog.titles):
        if title.type in ("TV", "Movie", "OVA") and title.year and not names[row][0].extra:
            same[fold(title.name).split(" (")[0]].append((title.year, row))
    for titles in same.values():
        for (older_year, older), (year, newer) in pairwise(sorted(titles)):
            if catalog[newer].type == "TV" and year - older_year >= REMAKE_YEARS:
                yield older, newer


def _names_of(title: Title) -> list[Name]:
    main = parse(title.name)
    names = [main]
    if _CROSSOVER.isdisjoint(main.words[1:]):  # "A x B" has the alias "B x A", which would join the two
        aliases = (alias for alias, _ in title.aliases)
        names += [parse(alias) for alias in aliases if len(alias.encode()) >= MIN_LETTERS]
    names = list(dict.fromkeys(names))
    return names + [shorter for name in names if (shorter := without_lead(name))]


def _titles_by_words(names: Names) -> tuple[Mapping[Words, Sequence[int]], Mapping[Words, Sequence[int]]]:
    """Rows by name or stem, and rows by the part of the main name before a pause."""
    holders: dict[Words, list[int]] = defaultdict(list)
    sharers: dict[Words, list[int]] = defaultdict(list)
    for row, of_title in enumerate(names):
        for words in dict.fromkeys(words for name in of_title for words in (name.words, name.stem)):
            holders[words].append(row)
        for words in _prefixes(of_title[0]):
            if of_title[0].pauses_after(len(words)):
                sharers[words].append(row)
    return holders, sharers


def _prefixes(name: Name) -> Iterator[Words]:
    """Yield the name and every prefix that could be another title's name, longest first."""
    for length in range(len(name.words), 0, -1):
        if length == 1 or name.words[length - 1] not in PARTICLES:
            yield name.words[:length]


def _nearest(catalog: Catalog, row: int, others: Sequence[int]) -> int | None:
    """Of the other titles with a name, the newest series that is not newer than `row`, else the oldest."""
    if others == [row]:
        return None
    year = catalog[row].year or 9999

    def sort_key(other: int) -> tuple[bool, int, int, int]:
        title = catalog[other]
        aired = title.year or 9999
        before = (aired, other) < (year, row)
        return before, _WEIGHT.get(title.type, 0), aired if before else -aired, -other

    return max((other for other in others if other != row), key=sort_key, default=None)
