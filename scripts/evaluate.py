#!/usr/bin/env python3
"""Measure how good the recommendations are, on the ratings of the database.

Hides whole users, fits every algorithm on the others, and asks for recommendations in two ways:
`history` (80 % of the list with ratings) and `favourites` (five liked titles without ratings).
See docs/benchmarks/quality.md for what is measured.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from rich.table import Table

from config import Config
from db.engine import open_engine, read_transaction
from db.schema import migrate
from profiling.decorators import recording
from recommender.catalog import Catalog
from recommender.evaluation.metrics import Quality, Recommend, measure
from recommender.evaluation.protocols import Case, Holdout, HoldoutConfig, hold_out
from recommender.query import Recommender
from recommender.ratings import RatingsMatrix
from recommender.snapshot import ModelConfig, Snapshot
from scripts.console import OK, console, count_progress, errors, run
from serving.builder import fit_snapshot, read_catalogue, read_ratings

RECALL_CASES = 300


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    history: Quality
    favourites: Quality


def main(argv: list[str] | None = None) -> int:
    """Print the table; with --out also write it as Markdown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--algorithms", nargs="*", help="default: all")
    parser.add_argument("--users", type=int, default=HoldoutConfig.users, help="how many to hide")
    parser.add_argument("--seed", type=int, default=HoldoutConfig.seed)
    parser.add_argument("--out", type=Path, metavar="FILE.md", help="write the table there")
    arguments = parser.parse_args(argv)
    catalog, ratings = _read()
    holdout = hold_out(ratings, HoldoutConfig(users=arguments.users, seed=arguments.seed))
    errors.print(f"{len(holdout.history):,} users are hidden; fitting on {holdout.train.n_users:,} others")
    with recording(on_start=lambda stage: errors.print(f"… {stage}", highlight=False)):
        snapshot = fit_snapshot(0, 0, catalog, holdout.train, ModelConfig())
    names = arguments.algorithms or list(snapshot.algorithms)
    if unknown := set(names) - set(snapshot.algorithms):
        parser.error(f"{', '.join(sorted(unknown))}: known are {', '.join(snapshot.algorithms)}")
    rows = [_evaluate(name, _of(snapshot.algorithms[name]), holdout) for name in names]
    _print(rows)
    recalls = _recalls(snapshot, holdout)
    for sentence in recalls:
        console.print(sentence)
    if arguments.out:
        arguments.out.write_text(_markdown(rows, recalls, ratings, holdout, sys.argv[1:]), "utf-8")
        console.print(f"Wrote {arguments.out}.")
    return OK


def neighbour_recall(snapshot: Snapshot, cases: Sequence[Case], *, forced: bool, k: int = 200) -> float:
    """Share of the exact k nearest people that are found, as served or through the index in every case."""
    model, shares = snapshot.user_user, []
    for case in cases[:RECALL_CASES]:
        exact = model.exact_neighbours(case.query, k)
        found = model.indexed_neighbours(case.query, k) if forced else model.neighbours(case.query, k)
        shares.append(len(np.intersect1d(exact.user_ids, found.user_ids)) / max(1, len(exact.user_ids)))
    return float(np.mean(shares))


def _recalls(snapshot: Snapshot, holdout: Holdout) -> list[str]:
    sentences = []
    for how, forced in (("as served", False), ("through the index alone", True)):
        history = neighbour_recall(snapshot, holdout.history, forced=forced)
        favourites = neighbour_recall(snapshot, holdout.favourites, forced=forced)
        sentences.append(
            f"Of the exact 200 nearest people, {how}: {history:.3f} found for history, {favourites:.3f} for "
            f"favourites, {(history + favourites) / 2:.3f} on average."
        )
    return sentences


def _read() -> tuple[Catalog, RatingsMatrix]:
    engine = open_engine(Config.from_env().database_url)
    migrate(engine)
    with count_progress("reading ratings") as progress, read_transaction(engine) as connection:
        catalog = read_catalogue(connection)
        return catalog, read_ratings(connection, catalog, progress)


def _of(recommender: Recommender) -> Recommend:
    return lambda query, k: recommender.recommend(query, k).anime_rows


def _evaluate(name: str, recommend: Recommend, holdout: Holdout) -> Row:
    train = holdout.train
    total = len(holdout.history) + len(holdout.favourites)
    with count_progress(name) as progress:
        done = 0

        def step() -> None:
            nonlocal done
            done += 1
            progress(done, total)

        history = measure(recommend, holdout.history, train.likes, train.n_users, time.perf_counter, step)
        favourites = measure(
            recommend, holdout.favourites, train.likes, train.n_users, time.perf_counter, step
        )
    return Row(name, history, favourites)


_COLUMNS: dict[str, Callable[[Quality], str]] = {
    "NDCG@10": lambda q: str(q.ndcg),
    "Recall@20": lambda q: str(q.recall),
    "HR@10": lambda q: f"{q.hit_rate.value:.3f}",
    "coverage@10": lambda q: f"{q.coverage:.1%}",
    "mean likes": lambda q: f"{q.popularity:,.0f}",
    "novelty": lambda q: f"{q.novelty:.2f}",
    "ms": lambda q: f"{q.milliseconds:.1f}",
}


def _cells(rows: list[Row]) -> list[list[str]]:
    return [
        [row.name, protocol, *(show(quality) for show in _COLUMNS.values())]
        for protocol in ("history", "favourites")
        for row in rows
        for quality in (getattr(row, protocol),)
    ]


def _print(rows: list[Row]) -> None:
    table = Table("algorithm", "protocol", *_COLUMNS)
    for cells in _cells(rows):
        table.add_row(*cells)
    console.print(table)


def _markdown(
    rows: list[Row], recalls: list[str], ratings: RatingsMatrix, holdout: Holdout, arguments: list[str]
) -> str:
    header = ["algorithm", "protocol", *_COLUMNS]
    lines = [f"| {' | '.join(cells)} |" for cells in (header, ["---"] * len(header), *_cells(rows))]
    return "\n".join(
        [
            f"{ratings.n_users:,} users, {ratings.n_entries:,} ratings; "
            f"{len(holdout.history):,} users hidden.",
            f"`scripts/evaluate.py {' '.join(arguments)}` on {os.cpu_count()} cores, "
            f"Python {platform.python_version()}.",
            "",
            *lines,
            "",
            *recalls,
            "",
        ]
    )


if __name__ == "__main__":
    run(main)
