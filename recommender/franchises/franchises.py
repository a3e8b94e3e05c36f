"""Franchises: the group, entry point and extras of every title in the catalog."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from domain.relations import INVERSES, KINDS, SAME_STORY, Relation
from recommender.data.arrays import ArrayReader
from recommender.data.catalog import Catalog
from recommender.franchises.entry import UNKNOWN_YEAR, choose_entry, looks_extra, stands_alone
from recommender.franchises.evidence import Names
from recommender.franchises.grouping import Edge, Grouping, group
from recommender.franchises.links import parse_names


@dataclass(frozen=True, eq=False)
class Franchises:
    """Franchises, made up of story lines with one entry point each.

    Attributes:
        groups: int32 (n_anime,), row of the franchise's first title; a title on its own has its own row.
        entries: int32 (n_anime,), row of the story line's entry point, to be watched before this title. An
            entry point, a remake or an independent series has its own row.
        extras: bool (n_anime,), recaps, specials, music videos and the like of another title: shown last.
        relations: int32 (n, 3), the known relations between titles of a franchise: two rows and the place
            in KINDS of what the second is to the first.
    """

    groups: NDArray[np.int32]
    entries: NDArray[np.int32]
    extras: NDArray[np.bool_]
    relations: NDArray[np.int32] = field(default_factory=lambda: np.empty((0, 3), np.int32))

    def __post_init__(self) -> None:
        if not self.groups.shape == self.entries.shape == self.extras.shape:
            shapes = (self.groups.shape, self.entries.shape, self.extras.shape)
            raise ValueError(f"groups, entries and extras must have one shape, not {shapes}")

    @classmethod
    def build(cls, catalog: Catalog, relations: Iterable[Relation]) -> Franchises:
        """Derive franchises from names and from relations, which take precedence.

        Relations through ids outside the catalog still connect titles.
        """
        edges, n_rows = _edges(catalog, relations)
        names = parse_names(catalog)
        grouping = group(catalog, names, edges, n_rows)
        entries = _entries(catalog, names, edges, grouping)
        summaries = {edge.b for edge in edges if edge.kind == "summary"}
        extra = [row in summaries or looks_extra(catalog[row], names[row][0]) for row in range(len(catalog))]
        extras = np.array(extra, dtype=bool) & (entries != np.arange(len(catalog)))
        groups = _groups(catalog, entries, grouping)
        known = sorted(
            {
                (a, b, KINDS.index(kind))
                for a, b, kind in edges
                if max(a, b) < len(catalog) and kind in INVERSES
            }
        )
        table = np.array(known, dtype=np.int32).reshape(-1, 3)
        return cls(groups, entries, extras, table[groups[table[:, 0]] == groups[table[:, 1]]])

    @classmethod
    def singletons(cls, n_anime: int) -> Franchises:
        """Every title alone."""
        rows = np.arange(n_anime, dtype=np.int32)
        return cls(rows, rows, np.zeros(n_anime, dtype=bool))

    @cached_property
    def is_later_part(self) -> NDArray[np.bool_]:
        """bool (n_anime,): titles that have another one to watch before them."""
        later: NDArray[np.bool_] = self.entries != np.arange(len(self.entries))
        return later

    def related(self, row: int) -> list[tuple[int, str]]:
        """(row of another title, what it is to this one) of the known relations, ordered by row."""
        first, second, kinds = self.relations.T
        found = {(int(second[at]), KINDS[kinds[at]]) for at in np.flatnonzero(first == row)}
        found |= {(int(first[at]), INVERSES[KINDS[kinds[at]]]) for at in np.flatnonzero(second == row)}
        return sorted((other, kind) for other, kind in found if other != row)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays to save."""
        arrays = {"groups": self.groups, "entries": self.entries, "extras": self.extras}
        return arrays | {"relations": self.relations}

    @classmethod
    def load(cls, reader: ArrayReader) -> Franchises:
        """The inverse of `arrays`."""
        n = reader.n_anime
        groups = reader.rows("groups", np.int32, (n,), n)
        entries = reader.rows("entries", np.int32, (n,), n)
        extras = reader.array("extras", np.bool_, (n,))
        try:
            relations = reader.array("relations", np.int32, (None, 3), within=(0, max(n, len(KINDS)) - 1))
        except KeyError:  # of an earlier release
            return cls(groups, entries, extras)
        if (relations >= (n, n, len(KINDS))).any():
            raise ValueError("the relations have a title or a kind that is not known")
        return cls(groups, entries, extras, relations)


def _edges(catalog: Catalog, relations: Iterable[Relation]) -> tuple[list[Edge], int]:
    """Relations by row, and the number of rows: ids outside the catalog get rows after its own."""
    rows = {title.anime_id: row for row, title in enumerate(catalog.titles)}
    edges = []
    for relation in relations:
        a, b = (rows.setdefault(i, len(rows)) for i in (relation.anime_id, relation.related_id))
        edges.append(Edge(a, b, relation.kind))
    return edges, len(rows)


def _entries(catalog: Catalog, names: Names, edges: Sequence[Edge], grouping: Grouping) -> NDArray[np.int32]:
    """int32 (n_anime,): the entry point of each title's line."""
    lines = grouping.lines
    later = {b for a, b, kind in edges if kind in SAME_STORY and a != b and lines.find(a) == lines.find(b)}
    entries = np.arange(len(catalog), dtype=np.int32)
    for line in lines.sets():
        members = [row for row in line if row < len(catalog)]
        if len(members) > 1:
            entry = choose_entry(catalog, names, members, later)
            for row in members:
                if row in later or not stands_alone(catalog[row], catalog[entry]):
                    entries[row] = entry
    return entries


def _groups(catalog: Catalog, entries: NDArray[np.int32], grouping: Grouping) -> NDArray[np.int32]:
    """int32 (n_anime,): the oldest entry point of each title's franchise."""
    groups = np.arange(len(catalog), dtype=np.int32)
    for franchise in grouping.franchises.sets():
        members = [row for row in franchise if row < len(catalog)]
        if len(members) > 1:
            line_entries = {int(entry) for entry in entries[members]}
            groups[members] = min(line_entries, key=lambda row: (catalog[row].year or UNKNOWN_YEAR, row))
    return groups
