#!/usr/bin/env python3
"""Measure the quality of franchises on labeled pairs of titles, for the titles of the database.

The pairs are in evaluation/data/franchise_pairs.csv; pairs with a title outside the database are skipped.
Rules and relations were tuned on the first pairs; the last ones were held out.
"""

from __future__ import annotations

import argparse

from rich.table import Table

from config import ROOT, Config
from db.engine import open_engine, read_transaction
from db.relations import load_relations
from db.schema import migrate
from db.titles import load_titles
from evaluation.metrics.franchises import franchise_quality, read_pairs
from recommender.data.catalog import Catalog
from recommender.franchises import Franchises
from scripts.console import OK, console, run

PAIRS = ROOT / "evaluation" / "data" / "franchise_pairs.csv"
HELD_OUT = 305  # pairs at the end of the file


def main(argv: list[str] | None = None) -> int:
    """Print precision and recall, from names alone and with the relations in the database."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.parse_args(argv)
    engine = open_engine(Config.from_env().database_url)
    migrate(engine)
    with read_transaction(engine) as connection:
        catalog = Catalog(tuple(load_titles(connection)))
        relations = load_relations(connection)
    table = Table("from", "pairs", "belong together", "do not", "precision", "recall", "entries")
    pairs = read_pairs(PAIRS)
    for source, used in (("names", []), ("names and relations", relations)):
        franchises = Franchises.build(catalog, used)
        for split, part in (("tuned", pairs[:-HELD_OUT]), ("held out", pairs[-HELD_OUT:])):
            quality = franchise_quality(catalog, franchises, part)
            together = quality.true_positives + quality.false_negatives
            apart = quality.true_negatives + quality.false_positives
            figures = (quality.precision, quality.recall, quality.entry_accuracy)
            table.add_row(source, split, str(together), str(apart), *(f"{figure:.3f}" for figure in figures))
    console.print(table)
    return OK


if __name__ == "__main__":
    run(main)
