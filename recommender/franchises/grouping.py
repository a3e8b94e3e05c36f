"""Brings titles together: story lines, and the franchises that these make up.

Links are taken one by one, the surest first: what relations say, then names by the length of what they have
in common. A link that would bring together what must stay apart is refused. So "Brotherhood Specials" joins
"Brotherhood" first, and goes along with it when that is an alternative of the older series.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from domain.relations import SAME_STORY
from recommender.data.catalog import Catalog
from recommender.franchises.evidence import Evidence, Names
from recommender.franchises.hints import join_hinted
from recommender.franchises.links import name_links, remakes
from recommender.franchises.partition import Partition


class Edge(NamedTuple):
    """A relation by rows. Rows from n_anime on are titles that the catalog does not have."""

    a: int
    b: int
    kind: str


class Grouping(NamedTuple):
    """Story lines refine franchises: titles of one line are of one franchise."""

    lines: Partition
    franchises: Partition


def group(catalog: Catalog, names: Names, edges: Sequence[Edge], n_rows: int) -> Grouping:
    """Story lines and franchises of rows 0..n_rows - 1."""
    unrelated = [(a, b) for a, b, kind in edges if kind == "unrelated" and a != b]
    alternatives = [(a, b) for a, b, kind in edges if kind == "alternative"]
    told = {frozenset((a, b)) for a, b, kind in edges if kind != "same_franchise"}
    alternatives += [pair for pair in remakes(catalog, names) if frozenset(pair) not in told]
    grouping = Grouping(
        Partition(n_rows, [*unrelated, *_connected(alternatives, n_rows)]), Partition(n_rows, unrelated)
    )
    for a, b, kind in edges:
        if kind in SAME_STORY and grouping.franchises.join(a, b):
            grouping.lines.join(a, b)
    for a, b in alternatives:
        grouping.franchises.join(a, b)
    evidence = Evidence.of(catalog, names)
    starts = {b for _, b in alternatives}  # what these are called does not make them sequels
    for link in name_links(evidence):
        if grouping.franchises.join(link.row, link.holder) and link.row not in starts:
            grouping.lines.join(link.row, link.holder)
    hints = [(a, b) for a, b, kind in edges if kind == "same_franchise"]
    join_hinted(hints, evidence, grouping.franchises)
    for a, b in hints:
        if max(a, b) < len(catalog) and grouping.franchises.find(a) == grouping.franchises.find(b):
            _follow(evidence, grouping.lines, a, b)
    return grouping


def _connected(pairs: Iterable[tuple[int, int]], n_rows: int) -> list[list[int]]:
    """Titles that are alternatives of each other, directly or not: each starts a line of its own."""
    partition = Partition(n_rows, [])
    for a, b in pairs:
        partition.join(a, b)
    return [members for members in partition.sets() if len(members) > 1]


def _follow(evidence: Evidence, lines: Partition, a: int, b: int) -> None:
    """A special that names left alone is an extra of the title it is said to have to do with."""
    alone = a if evidence.extra[a] else b
    if evidence.extra[a] != evidence.extra[b] and lines.size(alone) == 1:
        lines.join(a, b)
