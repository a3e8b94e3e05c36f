#!/usr/bin/env python3
"""Measure how well franchises are told apart on the database's titles, by labeled pairs of titles.

The pairs are evaluation/data/franchise_pairs.csv; those of which the database has one title only are left
out. Rules and relations were tuned on the first of them; the last ones were held out.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import NamedTuple

from rich.table import Table

from config import ROOT, Config
from db.engine import open_engine, read_transaction
from db.relations import load_relations
from db.schema import migrate
from db.titles import load_titles
from domain.relations import Relation
from domain.titles import Title
from recommender.data.catalog import Catalog
from recommender.franchises import Franchises
from scripts.console import OK, console, run

PAIRS = ROOT / "evaluation" / "data" / "franchise_pairs.csv"
HELD_OUT = 305  # the last pairs of the file


class Counts(NamedTuple):
    """How labeled pairs came out."""

    found: int  # belong together, and were brought together
    false: int  # brought together, and do not belong together
    missed: int
    apart: int  # do not belong together, and were not brought together
    entries: int  # titles whose entry is right, of those that have one labeled
    wrong_entries: int

    @property
    def precision(self) -> float:
        return self.found / max(1, self.found + self.false)

    @property
    def recall(self) -> float:
        return self.found / max(1, self.found + self.missed)

    @property
    def right_entries(self) -> float:
        return self.entries / max(1, self.entries + self.wrong_entries)


def read_pairs() -> list[dict[str, str]]:
    """anime_id, name, other_id, other_name, together (1 or 0), entry_id (of anime_id; may be empty)."""
    with PAIRS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def count(catalog: Catalog, made: Franchises, pairs: Iterable[Mapping[str, str]]) -> Counts:
    """How the pairs come out of which the catalog has both titles."""
    rows = {title.anime_id: row for row, title in enumerate(catalog.titles)}
    counts = dict.fromkeys(Counts._fields, 0)
    for pair in pairs:
        row, other = rows.get(int(pair["anime_id"])), rows.get(int(pair["other_id"]))
        if row is None or other is None:
            continue
        brought, belong = bool(made.groups[row] == made.groups[other]), pair["together"] == "1"
        counts[{(1, 1): "found", (1, 0): "false", (0, 1): "missed", (0, 0): "apart"}[brought, belong]] += 1
        entry = rows.get(int(pair["entry_id"] or -1))
        if entry is not None:
            counts["entries" if made.entries[row] == entry else "wrong_entries"] += 1
    return Counts(**counts)


def main(argv: list[str] | None = None) -> int:
    """Print precision and recall, from names alone and with the relations of the database."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.parse_args(argv)
    engine = open_engine(Config.from_env().database_url)
    migrate(engine)
    with read_transaction(engine) as connection:
        catalog = Catalog(tuple(Title(**asdict(title)) for title in load_titles(connection)))
        relations = [Relation(*relation) for relation in load_relations(connection)]
    table = Table("from", "pairs", "belong together", "do not", "precision", "recall", "entries")
    pairs = read_pairs()
    for source, known in (("names", []), ("names and relations", relations)):
        made = Franchises.build(catalog, known)
        for half, some in (("tuned", pairs[:-HELD_OUT]), ("held out", pairs[-HELD_OUT:])):
            counts = count(catalog, made, some)
            shares = (counts.precision, counts.recall, counts.right_entries)
            belong, apart = counts.found + counts.missed, counts.apart + counts.false
            table.add_row(source, half, str(belong), str(apart), *(f"{share:.3f}" for share in shares))
    console.print(table)
    return OK


if __name__ == "__main__":
    run(main)
