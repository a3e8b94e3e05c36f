#!/usr/bin/env python3
"""Measure the accuracy of recommendations, beside models of other libraries.

Hides whole users, fits every algorithm on the others, and recommends to the hidden users in two ways:
`history` (80 % of the list with ratings) and `favorites` (five liked titles without ratings).
The ratings are those of the database, or of files. See docs/benchmarks for the metrics.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from evaluation.baselines.run import BASELINES, Baseline, select_baselines
from evaluation.harness.candidates import candidates, predictors, title_facts
from evaluation.harness.harness import Result, compare_best, evaluate_baseline, evaluate_candidate
from evaluation.harness.neighbor_recall import recall_sentences
from evaluation.harness.queries import Queries
from evaluation.metrics.likes import like_quality
from evaluation.protocols.holdout import PROTOCOLS, HoldoutConfig, hold_out
from evaluation.reports.provenance import Provenance
from evaluation.reports.report import Report
from recommender.artifacts.snapshot import Snapshot
from scripts.console import run
from scripts.evaluation_command import (
    add_algorithms,
    announce,
    case_progress,
    extra_of,
    files_of,
    fit,
    make_parser,
    read_data,
    run_evaluation,
)

PAGE, PLOT = "quality.md", "quality.svg"


def main(argv: list[str] | None = None) -> int:
    """Print the tables; with --out also write them as Markdown, and a plot."""
    return run_evaluation(_parser(), argv, _measure, _draw, PAGE)


def _parser() -> argparse.ArgumentParser:
    parser = make_parser(__doc__, HoldoutConfig.users, f"{PAGE} and {PLOT}")
    add_algorithms(parser)
    parser.add_argument(
        "--baselines",
        nargs="+",
        metavar="NAME",
        default=[],
        help=f"also run these: all, {', '.join(BASELINES)}, or the start of a name (default: none)",
    )
    return parser


def _measure(arguments: argparse.Namespace, typed: list[str]) -> Report:
    selected = select_baselines(arguments.baselines)
    data = read_data(files_of(arguments))
    holdout = hold_out(data.ratings, HoldoutConfig(users=arguments.users, seed=arguments.seed))
    snapshot, build = fit(data, holdout.train, extra_of(arguments))
    queries = Queries.of(holdout, arguments.seed)
    ours = _evaluate_candidates(arguments.algorithms or list(snapshot.algorithms), snapshot, queries)
    theirs = _evaluate_baselines(selected, snapshot, queries, arguments.seed)
    comparisons = [compare_best(ours, theirs, protocol) for protocol in PROTOCOLS if theirs]
    return Report(
        provenance=Provenance.of(data.ratings, holdout, Path(__file__).name, typed),
        candidates=ours,
        baselines=theirs,
        likes={name: like_quality(p, holdout.history) for name, p in predictors(snapshot).items()},
        build=build,
        findings=(*comparisons, *recall_sentences(snapshot, holdout)),
    )


def _evaluate_candidates(algorithms: list[str], snapshot: Snapshot, queries: Queries) -> tuple[Result, ...]:
    facts = title_facts(snapshot)
    return tuple(
        evaluate_candidate(name, recommend, queries, facts, case_progress)
        for name, recommend in candidates(snapshot, algorithms).items()
    )


def _evaluate_baselines(
    selected: dict[str, Baseline], snapshot: Snapshot, queries: Queries, seed: int
) -> tuple[Result, ...]:
    facts, train = title_facts(snapshot), snapshot.ratings
    results = []
    for name, baseline in selected.items():
        announce(name)
        results.append(evaluate_baseline(name, baseline, queries, facts, train, seed))
    return tuple(results)


def _draw(report: Report, path: Path) -> None:
    from evaluation.reports.plot import draw  # here: matplotlib is needed only for --out

    draw(report.candidates, report.baselines, path)


if __name__ == "__main__":
    run(main)
