#!/usr/bin/env python3
"""Measure how good the recommendations are, beside what others would recommend.

Hides whole users, fits every algorithm on the others, and asks for recommendations in two ways:
`history` (80 % of the list with ratings) and `favourites` (five liked titles without ratings).
The ratings are those of the database, or of files. See docs/benchmarks for what is measured.
"""

from __future__ import annotations

import argparse
import os
import platform
import shlex
import sys
import time
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import psutil
from rich.markup import escape

from profiling.decorators import recording
from profiling.optional import MissingLibraryError
from profiling.peers.run import PEERS, Peer, PeerError, named
from profiling.quality.contest import Cost, Row, ask_ours, ask_peer, lead
from profiling.quality.contestants import contestants, facts_of, predictors
from profiling.quality.data import Data, Files, read
from profiling.quality.neighbours import recall_sentences
from profiling.quality.questions import Questions
from profiling.quality.report import Report
from recommender.algorithms import ALGORITHMS
from recommender.evaluation.likes import like_quality
from recommender.evaluation.protocols import Holdout, HoldoutConfig, TooFewUsersError, hold_out
from recommender.ratings import RatingsMatrix
from recommender.snapshot import ModelConfig, Snapshot
from scripts.console import FAILED, OK, console, errors, run
from serving.builder import fit_snapshot

PAGE, PICTURE = "quality.md", "quality.svg"


def main(argv: list[str] | None = None) -> int:
    """Print the tables; with --out also write them as Markdown, and a picture."""
    typed = sys.argv[1:] if argv is None else argv
    parser = _parser()
    arguments = parser.parse_args(typed)
    if (arguments.anime is None) != (arguments.ratings is None) or (
        arguments.details and not arguments.anime
    ):
        parser.error("--anime and --ratings go together, and --details with them")
    try:
        report = _measure(arguments, typed)
        for table in report.tables():
            console.print(table.rich())
        for sentence in report.findings:
            console.print(f"- {sentence}", highlight=False)
        if arguments.out:
            _write(report, arguments.out)
    except (PeerError, MissingLibraryError, TooFewUsersError) as error:
        errors.print(f"[bold red]error:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        return FAILED
    return OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--anime", type=Path, metavar="A.csv", help="measure on files, not on DATABASE_URL")
    parser.add_argument("--ratings", type=Path, metavar="R.csv[.gz]")
    parser.add_argument("--details", type=Path, metavar="D.csv")
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
    parser.add_argument("--users", type=int, default=HoldoutConfig.users, help="how many to hide")
    parser.add_argument(
        "--seed", type=int, default=HoldoutConfig.seed, help="who is hidden, and what of them"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help=f"write {PAGE} and {PICTURE} there")
    return parser


def _measure(arguments: argparse.Namespace, typed: list[str]) -> Report:
    if arguments.out:
        import profiling.quality.plot  # noqa: F401 - rather missing now than after minutes of work
    peers = named(arguments.peers)
    files = Files(arguments.anime, arguments.ratings, arguments.details) if arguments.anime else None
    data = read(files)
    holdout = hold_out(data.ratings, HoldoutConfig(users=arguments.users, seed=arguments.seed))
    errors.print(f"{len(holdout.history):,} users are hidden; fitting on {holdout.train.n_users:,} others")
    snapshot, build = _fit(data, holdout.train)
    questions = Questions.of(holdout, arguments.seed)
    ours = _ask_ours(arguments.algorithms, snapshot, questions)
    theirs = _ask_peers(peers, snapshot, questions, arguments.seed)
    findings = [lead(ours, theirs, protocol) for protocol in ("history", "favourites") if theirs]
    return Report(
        data=_data(data.ratings, holdout),
        machine=_machine(),
        command=_command(typed),
        ours=ours,
        peers=theirs,
        likes={name: like_quality(p, holdout.history) for name, p in predictors(snapshot).items()},
        build=build,
        findings=(*findings, *recall_sentences(snapshot.user_user, holdout.history, holdout.favourites)),
    )


def _fit(data: Data, train: RatingsMatrix) -> tuple[Snapshot, Cost]:
    started = time.perf_counter()
    with recording(memory=True, on_start=lambda stage: errors.print(f"… {stage}", highlight=False)) as record:
        snapshot = fit_snapshot(0, 0, data.catalog, train, ModelConfig(), relations=data.relations)
    peak = max(stage.peak_mb or 0.0 for stage in record.stages.values())
    return snapshot, Cost(time.perf_counter() - started, peak)


def _ask_ours(names: list[str], snapshot: Snapshot, questions: Questions) -> tuple[Row, ...]:
    facts = facts_of(snapshot)
    asked = contestants(snapshot, names).items()
    return tuple(ask_ours(name, recommend, questions, facts) for name, recommend in asked)


def _ask_peers(
    peers: dict[str, Peer], snapshot: Snapshot, questions: Questions, seed: int
) -> tuple[Row, ...]:
    facts, train = facts_of(snapshot), snapshot.ratings
    return tuple(ask_peer(name, peer, questions, facts, train, seed) for name, peer in peers.items())


def _data(ratings: RatingsMatrix, holdout: Holdout) -> str:
    return (
        f"{ratings.n_users:,} users, {ratings.n_anime:,} titles, {ratings.n_entries:,} ratings; "
        f"{len(holdout.history):,} whole users are hidden from every model."
    )


def _machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    python = platform.python_version()
    return f"{os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}, Python {python}."


def _command(typed: list[str]) -> str:
    """What was typed, without where on this machine the files are."""
    words = [Path(word).name if Path(word).is_absolute() else word for word in typed]
    return shlex.join(["python", "scripts/evaluate.py", *words])


def _write(report: Report, folder: Path) -> None:
    from profiling.quality.plot import draw  # here: matplotlib is asked for only where it draws

    folder.mkdir(parents=True, exist_ok=True)
    (folder / PAGE).write_text(report.markdown(PICTURE), "utf-8")
    draw(report.ours, report.peers, folder / PICTURE)
    console.print(f"Wrote {PAGE} and {PICTURE} to {folder}.", highlight=False)


if __name__ == "__main__":
    run(main)
