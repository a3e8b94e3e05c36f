"""What every measurement of quality is told on the command line: the data, who is hidden, where to write."""

from __future__ import annotations

import argparse
from pathlib import Path

from evaluation.harness.data import Files
from evaluation.protocols.holdout import HoldoutConfig


def add_arguments(parser: argparse.ArgumentParser, users: int, made: str) -> None:
    """Args:
    users: how many people are hidden unless told.
    made: what --out writes.
    """
    parser.add_argument("--anime", type=Path, metavar="A.csv", help="measure on files, not on DATABASE_URL")
    parser.add_argument("--ratings", type=Path, metavar="R.csv[.gz]")
    parser.add_argument("--details", type=Path, metavar="D.csv")
    parser.add_argument("--users", type=int, default=users, help="how many to hide (default: %(default)s)")
    parser.add_argument(
        "--seed", type=int, default=HoldoutConfig.seed, help="who is hidden, and what of them"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help=f"write {made} there")


def parse(parser: argparse.ArgumentParser, typed: list[str]) -> argparse.Namespace:
    """What was typed; ends the program where the files do not go together."""
    arguments = parser.parse_args(typed)
    if (arguments.anime is None) != (arguments.ratings is None) or (
        arguments.details and not arguments.anime
    ):
        parser.error("--anime and --ratings go together, and --details with them")
    return arguments


def files_of(arguments: argparse.Namespace) -> Files | None:
    """None for the database."""
    return Files(arguments.anime, arguments.ratings, arguments.details) if arguments.anime else None
