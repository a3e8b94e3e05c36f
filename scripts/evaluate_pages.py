#!/usr/bin/env python3
"""Measure pages of recommendations beyond their accuracy.

Hides whole users, fits every algorithm on the others, and makes pages for the hidden users: the accuracy
that variety and novelty cost, whether reasons are true, the effect of a rating, the scores of titles without
ratings (for which it fits again). The ratings are those of the database, or of files.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from evaluation.harness import pages
from evaluation.harness.option_curves import option_curves
from evaluation.harness.queries import Queries
from evaluation.protocols.holdout import HoldoutConfig, hold_out
from evaluation.reports.pages_report import PagesReport
from evaluation.reports.provenance import Provenance
from recommender.artifacts.snapshot import Snapshot
from recommender.data.ratings_matrix import RatingsMatrix
from scripts.console import run
from scripts.evaluation_command import case_progress, files_of, fit, make_parser, read_data, run_evaluation

USERS = 1_000
PAGE, PLOT = "pages.md", "pages.svg"


def main(argv: list[str] | None = None) -> int:
    """Print the tables; with --out also write them as Markdown, and a plot."""
    return run_evaluation(make_parser(__doc__, USERS, f"{PAGE} and {PLOT}"), argv, _measure, _draw, PAGE)


def _measure(arguments: argparse.Namespace, typed: list[str]) -> PagesReport:
    seed = arguments.seed
    data = read_data(files_of(arguments))
    holdout = hold_out(data.ratings, HoldoutConfig(users=arguments.users, seed=seed))

    def fitted(train: RatingsMatrix) -> Snapshot:
        return fit(data, train, arguments.extra)[0]

    snapshot = fitted(holdout.train)
    queries = Queries(holdout.history, holdout.favorites, {})
    return PagesReport(
        provenance=Provenance.of(data.ratings, holdout, Path(__file__).name, typed),
        curves=option_curves(snapshot, queries, case_progress),
        reasons=pages.reasons(snapshot, holdout, seed, case_progress),
        ratings=pages.ratings(snapshot, holdout, seed, case_progress),
        new_titles=pages.new_titles(fitted, holdout, seed, case_progress),
    )


def _draw(report: PagesReport, path: Path) -> None:
    from evaluation.reports.plot import draw_curves  # here: matplotlib is needed only for --out

    draw_curves(report.curves, path)


if __name__ == "__main__":
    run(main)
