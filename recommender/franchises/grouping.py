"""Grouping of titles into story lines, and of story lines into franchises.

Links are applied one by one, most reliable first: relations, then shared name prefixes, longest first. A
link that would join titles that must stay apart is rejected. So "Brotherhood Specials" joins "Brotherhood"
first and moves with it when that is an alternative to the older series.
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
    """A relation by row. Rows from n_anime on are titles outside the catalog."""

    a: int
    b: int
    kind: str


class Grouping(NamedTuple):
    """Story lines and franchises; all titles of a line are in the same franchise."""

    lines: Partition
    franchises: Partition


def group(catalog: Catalog, names: Names, edges: Sequence[Edge], n_rows: int) -> Grouping:
    """Group rows 0..n_rows - 1 into story lines and franchises."""
    unrelated = [(a, b) for a, b, kind in edges if kind == "unrelated" and a != b]
    alternatives = [(a, b) for a, b, kind in edges if kind == "alternative"]
    related = {frozenset((a, b)) for a, b, kind in edges if kind != "same_franchise"}
    alternatives += [pair for pair in remakes(catalog, names) if frozenset(pair) not in related]
    grouping = Grouping(
        Partition(n_rows, [*unrelated, *_connected(alternatives, n_rows)]), Partition(n_rows, unrelated)
    )
    for a, b, kind in edges:
        if kind in SAME_STORY and grouping.franchises.join(a, b):
            grouping.lines.join(a, b)
    for a, b in alternatives:
        grouping.franchises.join(a, b)
    evidence = Evidence.of(catalog, names)
    starts = {b for _, b in alternatives}  # their names do not make them sequels
    for link in name_links(evidence):
        if grouping.franchises.join(link.row, link.holder) and link.row not in starts:
            grouping.lines.join(link.row, link.holder)
    hints = [(a, b) for a, b, kind in edges if kind == "same_franchise"]
    join_hinted(hints, evidence, grouping.franchises)
    for a, b in hints:
        if max(a, b) < len(catalog) and grouping.franchises.find(a) == grouping.franchises.find(b):
            _attach_extra(evidence, grouping.lines, a, b)
    return grouping


def _connected(pairs: Iterable[tuple[int, int]], n_rows: int) -> list[list[int]]:
    """Sets of titles that are alternatives, directly or indirectly; each starts its own line."""
    partition = Partition(n_rows, [])
    for a, b in pairs:
        partition.join(a, b)
    return [members for members in partition.sets() if len(members) > 1]


def _attach_extra(evidence: Evidence, lines: Partition, a: int, b: int) -> None:
    """Join a special that no name link placed to the line of the title it is hinted to belong to."""
    alone = a if evidence.extra[a] else b
    if evidence.extra[a] != evidence.extra[b] and lines.size(alone) == 1:
        lines.join(a, b)
