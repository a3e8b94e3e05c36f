"""What names say: which title each one seems to belong to, and which only bears an old name again."""

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

MIN_LETTERS = 4  # of an alias; "SAO", "DN": abbreviations are shared by strangers
REMAKE_YEARS = 5  # a series that bears the very name of one this much older tells the story anew
_CROSSOVER = frozenset({"x", "vs"})
_WEIGHT = {"TV": 3, "Movie": 2, "OVA": 2, "ONA": 2, None: 1}  # to be what others are named after


class Link(NamedTuple):
    """A name of title `row` begins as `holder` is called: `letters` of it."""

    letters: int
    row: int
    holder: int


def parse_names(catalog: Catalog) -> list[list[Name]]:
    """The names of each title, the main one first."""
    return [_names_of(title) for title in catalog.titles]


def name_links(evidence: Evidence) -> list[Link]:
    """Every accepted link, those with the longest common beginning first."""
    holders, sharers = _called(evidence.names)
    links: set[Link] = set()
    for row, of_title in enumerate(evidence.names):
        for name in of_title:
            for words in _beginnings(name):
                called = holders.get(words) or sharers.get(words)
                holder = _nearest(evidence.catalog, row, called) if called else None
                if holder is not None and evidence.accepts(row, name, words, holder):
                    links.add(Link(len("".join(words)), row, holder))
    return sorted(links, key=lambda link: (-link.letters, link.row, link.holder))


def remakes(catalog: Catalog, names: Names) -> Iterator[tuple[int, int]]:
    """Pairs (older, newer) with the very same name, but for "(2011)" or "(TV)", and years between them."""
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
    if _CROSSOVER.isdisjoint(main.words[1:]):  # "A x B" is also called "B x A", and would join the two
        aliases = (alias for alias, _ in title.aliases)
        names += [parse(alias) for alias in aliases if len(alias.encode()) >= MIN_LETTERS]
    names = list(dict.fromkeys(names))
    return names + [shorter for name in names if (shorter := without_lead(name))]


def _called(names: Names) -> tuple[Mapping[Words, Sequence[int]], Mapping[Words, Sequence[int]]]:
    """Words -> rows that are called so; words before a pause -> rows whose main name begins so."""
    holders: dict[Words, list[int]] = defaultdict(list)
    sharers: dict[Words, list[int]] = defaultdict(list)
    for row, of_title in enumerate(names):
        for words in dict.fromkeys(words for name in of_title for words in (name.words, name.stem)):
            holders[words].append(row)
        for words in _beginnings(of_title[0]):
            if of_title[0].pauses_after(len(words)):
                sharers[words].append(row)
    return holders, sharers


def _beginnings(name: Name) -> Iterator[Words]:
    """The name and every shorter beginning that could be another title's name, the longest first."""
    for length in range(len(name.words), 0, -1):
        if length == 1 or name.words[length - 1] not in PARTICLES:
            yield name.words[:length]


def _nearest(catalog: Catalog, row: int, called: Sequence[int]) -> int | None:
    """Of the other titles called so, the newest series that is not newer than `row`, else the oldest."""
    if called == [row]:
        return None
    year = catalog[row].year or 9999

    def order(other: int) -> tuple[bool, int, int, int]:
        title = catalog[other]
        aired = title.year or 9999
        before = (aired, other) < (year, row)
        return before, _WEIGHT.get(title.type, 0), aired if before else -aired, -other

    return max((other for other in called if other != row), key=order, default=None)
