"""Hints that two titles are related, without saying how, and rules for trusting them.

Public data sets chain works together through crossovers, festivals and music videos: taken at face value,
one franchise would swallow half a catalog. So titles join a family one at a time, unless hints tie them to
several families; and two families merge only if two disjoint pairs of titles between them share a
distinctive word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from recommender.franchises.evidence import Evidence
from recommender.franchises.partition import Partition

Pair = tuple[int, int]

FAMILY = 3  # titles at least


def join_hinted(pairs: Iterable[Pair], evidence: Evidence, franchises: Partition) -> None:
    """Join the pairs that can be trusted; rows outside the catalog come last."""
    n_anime = len(evidence.catalog)
    ordered = sorted({(min(pair), max(pair)) for pair in pairs}, key=lambda pair: (pair[1] >= n_anime, pair))
    agreed = {pair for pair in ordered if evidence.share_distinctive_word(*pair)}
    crossovers = _crossovers(ordered, franchises)
    for pair in sorted(ordered, key=lambda pair: pair not in agreed):
        if crossovers.isdisjoint(pair) and min(map(franchises.size, pair)) < FAMILY:
            franchises.join(*pair)
    for a, b in _bridged(agreed, franchises):
        franchises.join(a, b)


def _crossovers(pairs: Iterable[Pair], franchises: Partition) -> set[int]:
    """Rows outside any family with pairs into several of them."""
    families: dict[int, set[int]] = defaultdict(set)
    for a, b in pairs:
        for row, other in ((a, b), (b, a)):
            if franchises.size(row) < FAMILY <= franchises.size(other):
                families[row].add(franchises.find(other))
    return {row for row, found in families.items() if len(found) > 1}


def _bridged(pairs: Iterable[Pair], franchises: Partition) -> list[Pair]:
    """Pairs of families with two disjoint pairs of titles between them."""
    bridges: dict[Pair, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    for a, b in pairs:
        family, other = franchises.find(a), franchises.find(b)
        if family > other:
            a, b, family, other = b, a, other, family
        bridges[family, other][0].add(a)
        bridges[family, other][1].add(b)
    return sorted(key for key, (here, there) in bridges.items() if min(len(here), len(there)) > 1)
