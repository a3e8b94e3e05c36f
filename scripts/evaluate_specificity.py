#!/usr/bin/env python3
"""Measure whether recommendations are specific: true to a list, and not popular titles for everybody.

Hides whole users, fits every algorithm on the others, and makes pages as the server does: for hidden users,
and, with files of what people themselves call similar, for titles and for lists of one theme.

PAIRS.csv has the columns mal_id_a,mal_id_b,votes: so many people recommend b to those who like a.
THEMES.json is {"themes": {name: {"members": [ids]}}, "hand_lists": [{"theme": name, "ids": [ids]}, ...]}.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from threadpoolctl import threadpool_limits

from evaluation.harness.specificity import PeopleQuality, Specificity
from evaluation.protocols.holdout import PROTOCOLS, Case, HoldoutConfig, favorites_by_count, hold_out
from evaluation.protocols.similar_titles import read_pairs
from evaluation.protocols.themes import read_themes
from evaluation.reports.examples import example_tables, find_examples
from evaluation.reports.provenance import Provenance
from evaluation.reports.specificity_report import SpecificityReport
from recommender.models.registry import DEFAULT_ALGORITHM
from recommender.pipeline.options import PageOptions
from scripts.console import run
from scripts.evaluation_command import (
    add_algorithms,
    case_progress,
    extra_of,
    files_of,
    fit,
    make_parser,
    read_data,
    run_evaluation,
)

USERS = 1_000
PAGE, PLOT = "specificity.md", "specificity.svg"
NICHE = (0.5, 1.0)  # values of the option at which the default algorithm is measured, too

T = TypeVar("T")


def main(argv: list[str] | None = None) -> int:
    """Print the tables; with --out also write them as Markdown, and a plot."""
    return run_evaluation(_parser(), argv, _measure, _draw, PAGE)


def _parser() -> argparse.ArgumentParser:
    parser = make_parser(__doc__, USERS, f"{PAGE} and {PLOT}")
    parser.add_argument("--pairs", type=Path, metavar="PAIRS.csv", help="pairs that people recommend")
    parser.add_argument("--themes", type=Path, metavar="THEMES.json", help="themes and lists of their titles")
    add_algorithms(parser)
    parser.add_argument(
        "--examples",
        nargs="+",
        metavar="THEME|ID",
        default=[],
        help="also show the page for the first list of a theme, or for a title with its similar titles",
    )
    return parser


def _measure(arguments: argparse.Namespace, typed: list[str]) -> SpecificityReport:
    pairs = read_pairs(arguments.pairs) if arguments.pairs else None
    themes = read_themes(arguments.themes) if arguments.themes else None
    data = read_data(files_of(arguments))
    examples = find_examples(arguments.examples, themes, data.catalog)
    holdout = hold_out(data.ratings, HoldoutConfig(users=arguments.users, seed=arguments.seed))
    snapshot, _ = fit(data, holdout.train, extra_of(arguments))
    threadpool_limits(1, "blas")  # as in a worker of the server: products this small only wait for threads
    measured = Specificity(snapshot, pairs, themes, arguments.seed, case_progress)
    algorithms = arguments.algorithms or list(snapshot.algorithms)
    one_favorite = favorites_by_count(holdout, (1,), arguments.users, arguments.seed)[1]

    def people(cases: Sequence[Case]) -> dict[str, PeopleQuality]:
        return dict(_with_niche(algorithms, lambda name, options: measured.people(name, cases, options)))

    return SpecificityReport(
        provenance=Provenance.of(data.ratings, holdout, Path(__file__).name, typed),
        similar=_found((name, measured.similar_titles(name)) for name in algorithms),
        themes=_found(_with_niche(algorithms, measured.theme_lists)),
        one_title={name: measured.one_title(name, one_favorite) for name in algorithms},
        people={protocol: people(holdout.cases(protocol)) for protocol in PROTOCOLS},
        examples=example_tables(measured, algorithms[0], examples),
    )


def _with_niche(algorithms: list[str], measure: Callable[[str, PageOptions], T]) -> Iterable[tuple[str, T]]:
    """Each algorithm as by default, and the default one also with more of the option `niche`."""
    for name in algorithms:
        yield name, measure(name, PageOptions())
        for niche in NICHE if name == DEFAULT_ALGORITHM else ():
            yield f"{name}, niche {niche:g}", measure(name, PageOptions(niche=niche))


def _found(results: Iterable[tuple[str, T | None]]) -> dict[str, T]:
    return {name: result for name, result in results if result is not None}


def _draw(report: SpecificityReport, path: Path) -> None:
    from evaluation.reports.plot import draw_panels  # here: matplotlib is needed only for --out

    draw_panels(report.panels, path)


if __name__ == "__main__":
    run(main)
