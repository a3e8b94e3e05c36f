#!/usr/bin/env python3
"""Measure how good the recommendations are, beside what others would recommend.

Hides whole users, fits every algorithm on the others, and asks for recommendations in two ways:
`history` (80 % of the list with ratings) and `favourites` (five liked titles without ratings).
The ratings are those of the database, or of files. See docs/benchmarks for what is measured.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rich.markup import escape

from profiling.optional import MissingLibraryError
from profiling.peers.run import PEERS, Peer, PeerError, named
from profiling.quality.arguments import add_arguments, files_of, parse
from profiling.quality.contest import PROTOCOLS, Row, ask_ours, ask_peer, lead
from profiling.quality.contestants import contestants, facts_of, predictors
from profiling.quality.data import read
from profiling.quality.fitting import fit
from profiling.quality.neighbours import recall_sentences
from profiling.quality.publish import keep, show
from profiling.quality.questions import Questions
from profiling.quality.report import Report
from profiling.quality.setting import Setting
from recommender.algorithms import ALGORITHMS
from recommender.evaluation.likes import like_quality
from recommender.evaluation.protocols import HoldoutConfig, TooFewUsersError, hold_out
from recommender.snapshot import Snapshot
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
        import profiling.quality.plot  # noqa: F401 - rather missing now than after minutes of work
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
        findings=(*findings, *recall_sentences(snapshot.user_user, holdout.history, holdout.favourites)),
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
    from profiling.quality.plot import draw  # here: matplotlib is asked for only where it draws

    keep(folder / PAGE, report.markdown(PICTURE), lambda path: draw(report.ours, report.peers, path))


if __name__ == "__main__":
    run(main)
