#!/usr/bin/env python3
"""Measure how good the recommendations are, beside what others would recommend.

Hides whole users, fits every algorithm on the others, and asks for recommendations in two ways:
`history` (80 % of the list with ratings) and `favorites` (five liked titles without ratings).
The ratings are those of the database, or of files. See docs/benchmarks for what is measured.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.markup import escape

from evaluation.baselines.run import PEERS, Peer, PeerError, named
from evaluation.harness.arguments import add_arguments, files_of, parse
from evaluation.harness.candidates import contestants, facts_of, predictors
from evaluation.harness.contest import PROTOCOLS, Row, ask_ours, ask_peer, lead
from evaluation.harness.data import read
from evaluation.harness.fitting import fit
from evaluation.harness.neighbors import recall_sentences
from evaluation.harness.questions import Questions
from evaluation.harness.setting import Setting
from evaluation.metrics.likes import like_quality
from evaluation.optional import MissingLibraryError
from evaluation.protocols.holdout import HoldoutConfig, TooFewUsersError, hold_out
from evaluation.reports.publish import keep, show
from evaluation.reports.report import Report
from recommender.artifacts.snapshot import Snapshot
from recommender.models.registry import ALGORITHMS
from scripts.console import FAILED, OK, errors, run

PAGE, PICTURE = "quality.md", "quality.svg"


def main(argv: list[str] | None = None) -> int:
    """Print the tables; with --out also write them as Markdown, and a picture."""
    typed = sys.argv[1:] if argv is None else argv
    arguments = parse(_parser(), typed)
    try:
        report = _measure(arguments, typed)
        show(report.tables(), report.findings)
        if arguments.out:
            _keep(report, arguments.out)
    except (PeerError, MissingLibraryError, TooFewUsersError) as error:
        errors.print(f"[bold red]error:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        return FAILED
    return OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser, HoldoutConfig.users, f"{PAGE} and {PICTURE}")
    parser.add_argument(
        "--algorithms", nargs="+", choices=list(ALGORITHMS), default=list(ALGORITHMS), help="default: all"
    )
    parser.add_argument(
        "--peers",
        nargs="+",
        metavar="NAME",
        default=[],
        help=f"also run these: all, {', '.join(PEERS)}, or how some of them begin (default: none)",
    )
    return parser


def _measure(arguments: argparse.Namespace, typed: list[str]) -> Report:
    if arguments.out:
        import evaluation.reports.plot  # noqa: F401 - rather missing now than after minutes of work
    peers = named(arguments.peers)
    data = read(files_of(arguments))
    holdout = hold_out(data.ratings, HoldoutConfig(users=arguments.users, seed=arguments.seed))
    snapshot, build = fit(data, holdout.train)
    questions = Questions.of(holdout, arguments.seed)
    ours = _ask_ours(arguments.algorithms, snapshot, questions)
    theirs = _ask_peers(peers, snapshot, questions, arguments.seed)
    findings = [lead(ours, theirs, protocol) for protocol in PROTOCOLS if theirs]
    return Report(
        setting=Setting.of(data.ratings, holdout, Path(__file__).name, typed),
        ours=ours,
        peers=theirs,
        likes={name: like_quality(p, holdout.history) for name, p in predictors(snapshot).items()},
        build=build,
        findings=(*findings, *recall_sentences(snapshot.user_user, holdout.history, holdout.favorites)),
    )


def _ask_ours(names: list[str], snapshot: Snapshot, questions: Questions) -> tuple[Row, ...]:
    facts = facts_of(snapshot)
    asked = contestants(snapshot, names).items()
    return tuple(ask_ours(name, recommend, questions, facts) for name, recommend in asked)


def _ask_peers(
    peers: dict[str, Peer], snapshot: Snapshot, questions: Questions, seed: int
) -> tuple[Row, ...]:
    facts, train = facts_of(snapshot), snapshot.ratings
    return tuple(ask_peer(name, peer, questions, facts, train, seed) for name, peer in peers.items())


def _keep(report: Report, folder: Path) -> None:
    from evaluation.reports.plot import draw  # here: matplotlib is asked for only where it draws

    keep(folder / PAGE, report.markdown(PICTURE), lambda path: draw(report.ours, report.peers, path))


if __name__ == "__main__":
    run(main)
