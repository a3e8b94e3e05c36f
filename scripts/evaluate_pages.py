#!/usr/bin/env python3
"""Measure what people see, beyond whether they like it.

Hides whole users, fits every algorithm on the others, and asks `hybrid` for pages: what variety and
novelty cost, whether reasons are true, what a rating does, how titles without ratings are found (for
which it fits again). The ratings are those of the database, or of files.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.markup import escape

from evaluation.harness import pages
from evaluation.harness.arguments import add_arguments, files_of, parse
from evaluation.harness.data import read
from evaluation.harness.fitting import fit
from evaluation.harness.knobs import curves
from evaluation.harness.questions import Questions
from evaluation.harness.setting import Setting
from evaluation.optional import MissingLibraryError
from evaluation.protocols.holdout import HoldoutConfig, TooFewUsersError, hold_out
from evaluation.reports.pages_report import PagesReport
from evaluation.reports.publish import keep, show
from scripts.console import FAILED, OK, errors, run

USERS = 1_000
PAGE, PICTURE = "pages.md", "pages.svg"


def main(argv: list[str] | None = None) -> int:
    """Print the tables; with --out also write them as Markdown, and a picture."""
    typed = sys.argv[1:] if argv is None else argv
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser, USERS, f"{PAGE} and {PICTURE}")
    arguments = parse(parser, typed)
    try:
        report = _measure(arguments, typed)
        show(report.tables(), ())
        if arguments.out:
            _keep(report, arguments.out)
    except (MissingLibraryError, TooFewUsersError) as error:
        errors.print(f"[bold red]error:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        return FAILED
    return OK


def _measure(arguments: argparse.Namespace, typed: list[str]) -> PagesReport:
    if arguments.out:
        import evaluation.reports.plot  # noqa: F401 - rather missing now than after minutes of work
    seed = arguments.seed
    data = read(files_of(arguments))
    holdout = hold_out(data.ratings, HoldoutConfig(users=arguments.users, seed=seed))
    snapshot, _ = fit(data, holdout.train)
    return PagesReport(
        setting=Setting.of(data.ratings, holdout, Path(__file__).name, typed),
        curves=curves(snapshot, Questions(holdout.history, holdout.favorites, {})),
        reasons=pages.reasons(snapshot, holdout, seed),
        ratings=pages.ratings(snapshot, holdout, seed),
        new_titles=pages.new_titles(data, holdout, seed),
    )


def _keep(report: PagesReport, folder: Path) -> None:
    from evaluation.reports.plot import draw_curves  # here: matplotlib is asked for only where it draws

    keep(folder / PAGE, report.markdown(PICTURE), lambda path: draw_curves(report.curves, path))


if __name__ == "__main__":
    run(main)
