#!/usr/bin/env python3
"""Measure what recommendations make of clicks: how soon they are as good as for named favorites.

Hides whole users, fits the models on the others, and lets the hidden ones click titles that they like, one by
one, among others by chance; and lets people with long lists click titles of a genre that they do not have.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from threadpoolctl import threadpool_limits

from evaluation.harness.sessions import SessionQuality
from evaluation.protocols.holdout import HoldoutConfig, hold_out
from evaluation.protocols.sessions import SessionsConfig
from evaluation.reports.provenance import Provenance
from evaluation.reports.session_report import SessionReport
from recommender.models.registry import DEFAULT_ALGORITHM
from scripts.console import run
from scripts.evaluation_command import (
    case_progress,
    files_of,
    fit,
    make_parser,
    read_data,
    run_evaluation,
)

USERS = 1_000
PAGE, PLOT = "sessions.md", "sessions.svg"


def main(argv: list[str] | None = None) -> int:
    """Print the tables; with --out also write them as Markdown, and a plot."""
    return run_evaluation(make_parser(__doc__, USERS, f"{PAGE} and {PLOT}"), argv, _measure, _draw, PAGE)


def _measure(arguments: argparse.Namespace, typed: list[str]) -> SessionReport:
    data = read_data(files_of(arguments))
    holdout = hold_out(data.ratings, HoldoutConfig(users=arguments.users, seed=arguments.seed))
    snapshot, _ = fit(data, holdout.train, arguments.extra)
    threadpool_limits(1, "blas")  # as in a worker of the server
    config = SessionsConfig()
    quality = SessionQuality(snapshot, DEFAULT_ALGORITHM, config, progress=case_progress)
    return SessionReport(
        provenance=Provenance.of(data.ratings, holdout, Path(__file__).name, typed),
        config=config,
        named=quality.named(holdout.history),
        after={
            (noise, clicks): quality.after(holdout.history, clicks, noise)
            for noise in config.noise
            for clicks in config.clicks
        },
        turned=quality.turned(holdout.history),
    )


def _draw(report: SessionReport, path: Path) -> None:
    from evaluation.reports.plot import draw_panels  # here: matplotlib is needed only for --out

    draw_panels(report.panels, path)


if __name__ == "__main__":
    run(main)
