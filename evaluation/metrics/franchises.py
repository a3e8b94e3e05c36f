"""Precision and recall of franchises, and accuracy of their entry points, on labeled pairs of titles."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from recommender.data.catalog import Catalog
from recommender.franchises import Franchises


class LabeledPair(NamedTuple):
    """Two titles, and whether they belong to the same franchise."""

    anime_id: int
    name: str
    other_id: int
    other_name: str
    together: bool
    entry_id: int | None  # entry point of `anime_id`, if labeled


class FranchiseQuality(NamedTuple):
    """Counts of pairs by outcome, and of titles by the correctness of their entry point."""

    true_positives: int  # joined, and belong together
    false_positives: int  # joined, but do not belong together
    false_negatives: int  # not joined, but belong together
    true_negatives: int  # not joined, and do not belong together
    right_entries: int  # of titles with a labeled entry point
    wrong_entries: int

    @property
    def precision(self) -> float:
        return self.true_positives / max(1, self.true_positives + self.false_positives)

    @property
    def recall(self) -> float:
        return self.true_positives / max(1, self.true_positives + self.false_negatives)

    @property
    def entry_accuracy(self) -> float:
        return self.right_entries / max(1, self.right_entries + self.wrong_entries)


def read_pairs(path: Path) -> list[LabeledPair]:
    """Read labeled pairs from a CSV file with the columns of `LabeledPair`; `together` is 1 or 0."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            LabeledPair(
                anime_id=int(row["anime_id"]),
                name=row["name"],
                other_id=int(row["other_id"]),
                other_name=row["other_name"],
                together=row["together"] == "1",
                entry_id=int(row["entry_id"]) if row["entry_id"] else None,
            )
            for row in csv.DictReader(file)
        ]


def franchise_quality(
    catalog: Catalog, franchises: Franchises, pairs: Iterable[LabeledPair]
) -> FranchiseQuality:
    """Compare franchises with the labeled pairs; pairs with a title outside the catalog are skipped."""
    rows = {title.anime_id: row for row, title in enumerate(catalog.titles)}
    counts = dict.fromkeys(FranchiseQuality._fields, 0)
    for pair in pairs:
        row, other = rows.get(pair.anime_id), rows.get(pair.other_id)
        if row is None or other is None:
            continue
        joined = franchises.groups[row] == franchises.groups[other]
        outcome = "positives" if joined else "negatives"
        counts[f"{'true' if joined == pair.together else 'false'}_{outcome}"] += 1
        entry = rows.get(pair.entry_id) if pair.entry_id is not None else None
        if entry is not None:
            counts["right_entries" if franchises.entries[row] == entry else "wrong_entries"] += 1
    return FranchiseQuality(**counts)
