"""The command line that the `evaluate*.py` scripts share: arguments, data, fitting, output."""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Protocol, TypeVar

import rich.box
import rich.table
from rich.markup import escape
from sqlalchemy import Engine

from config import Config
from db.engine import open_engine, read_transaction
from db.schema import migrate
from evaluation import EvaluationFileError, UnknownExampleError
from evaluation.baselines.run import BaselineError
from evaluation.harness.harness import Cost
from evaluation.protocols.holdout import HoldoutConfig, TooFewUsersError
from evaluation.reports.table import Table
from ingest.catalog import import_anime, import_details
from ingest.curated import import_curated
from ingest.ratings import import_ratings
from profiling.decorators import measured, recording
from recommender.artifacts.snapshot import Snapshot
from recommender.data.ratings_matrix import RatingsMatrix
from recommender.fitting import fit_snapshot
from recommender.models.base import MissingLibraryError
from recommender.models.registry import ALGORITHMS, OPTIONAL, ModelConfig
from scripts.console import OK, console, count_progress, errors, fail, file_progress
from serving.builder import StoredData, load_data


@dataclass(frozen=True)
class Files:
    """A data set in the format of scripts/import_dataset.py."""

    anime: Path
    ratings: Path
    details: Path | None = None


class Report(Protocol):
    """Results that can be printed, and written as a page."""

    @property
    def findings(self) -> tuple[str, ...]:
        """Sentences."""
        ...

    def tables(self) -> list[Table]:
        """The results."""
        ...

    def markdown(self, plot: str) -> str:
        """The page; `plot` is the file name of the plot beside it."""
        ...


R = TypeVar("R", bound=Report)
REPORTED = (  # in one sentence
    *(BaselineError, EvaluationFileError, MissingLibraryError, TooFewUsersError, UnknownExampleError),
)


def make_parser(description: str | None, users: int, outputs: str | None) -> argparse.ArgumentParser:
    """A parser of the arguments that the scripts share.

    Args:
        users: default number of users who are measured.
        outputs: the files that --out writes; None: there is no such argument.
    """
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--anime", type=Path, metavar="A.csv", help="evaluate on files instead of DATABASE_URL"
    )
    parser.add_argument("--ratings", type=Path, metavar="R.csv[.gz]")
    parser.add_argument("--details", type=Path, metavar="D.csv")
    parser.add_argument("--users", type=int, default=users, help="users to measure (default: %(default)s)")
    parser.add_argument(
        "--seed", type=int, default=HoldoutConfig.seed, help="of the choice of users and of their titles"
    )
    parser.add_argument(
        "--extra",
        nargs="+",
        choices=OPTIONAL,
        default=[],
        metavar="NAME",
        help=f"optional algorithms to fit, too: {', '.join(OPTIONAL) or 'there are none'}",
    )
    if outputs:
        parser.add_argument("--out", type=Path, metavar="DIR", help=f"write {outputs} there")
    return parser


def add_algorithms(parser: argparse.ArgumentParser) -> None:
    """Add the argument that chooses the algorithms to measure; see `extra_of`."""
    parser.add_argument(
        "--algorithms", nargs="+", choices=list(ALGORITHMS), help="default: all that are fitted"
    )


def extra_of(arguments: argparse.Namespace) -> set[str]:
    """The optional algorithms to fit: those of --extra, and those of --algorithms."""
    return {*arguments.extra, *(name for name in arguments.algorithms or () if name in OPTIONAL)}


def parse(parser: argparse.ArgumentParser, typed: list[str]) -> argparse.Namespace:
    """The arguments; exits with code 2 where files are missing that go together."""
    arguments = parser.parse_args(typed)
    if (arguments.anime is None) != (arguments.ratings is None) or (
        arguments.details and not arguments.anime
    ):
        parser.error("--anime and --ratings go together, and --details with them")
    return arguments


def files_of(arguments: argparse.Namespace) -> Files | None:
    """The files named; None for the database."""
    return Files(arguments.anime, arguments.ratings, arguments.details) if arguments.anime else None


def run_evaluation(
    parser: argparse.ArgumentParser,
    argv: list[str] | None,
    measure: Callable[[argparse.Namespace, list[str]], R],
    draw: Callable[[R, Path], None],
    page: str,
) -> int:
    """Measure and print the tables; with --out also write a Markdown page and its plot.

    Args:
        measure: (arguments, as they were typed) -> the report.
        draw: writes the plot of a report.
        page: file name of the page; the plot has the same stem.
    """
    typed = sys.argv[1:] if argv is None else argv
    arguments = parse(parser, typed)
    try:
        if arguments.out:
            importlib.import_module("evaluation.reports.plot")  # may fail: not after minutes of work
        report = measure(arguments, typed)
    except REPORTED as error:
        return fail(str(error))
    for table in report.tables():
        console.print(_rendered(table))
    for finding in report.findings:
        console.print(f"- {finding}", highlight=False)
    if arguments.out:
        path = arguments.out / page
        plot = path.with_suffix(".svg")
        arguments.out.mkdir(parents=True, exist_ok=True)
        path.write_text(report.markdown(plot.name), "utf-8")
        draw(report, plot)
        console.print(f"Wrote {path.name} and {plot.name} to {arguments.out}.", highlight=False)
    return OK


def read_data(files: Files | None) -> StoredData:
    """The data set of `files`, or of DATABASE_URL without them."""
    if files is None:
        engine = open_engine(Config.from_env().database_url)
        migrate(engine)
        return _load(engine)
    with tempfile.TemporaryDirectory(prefix="evaluate-") as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'data.db'}")
        migrate(engine)
        _import(engine, files)
        data = _load(engine)
        engine.dispose()
        return data


def fit(data: StoredData, train: RatingsMatrix, extra: Iterable[str]) -> tuple[Snapshot, Cost]:
    """Fit every model as the server has it, on the catalog of `data` and the ratings of `train`.

    Args:
        extra: the optional algorithms to fit, too.
    """
    errors.print(f"fitting on {train.n_users:,} users, {train.n_entries:,} ratings", highlight=False)
    config, started = ModelConfig.default(extra), time.perf_counter()
    with recording(memory=True, on_start=announce) as record:
        snapshot = fit_snapshot(data.catalog, train, data.relations, config=config, run=measured)
    peak = max(stage.peak_mb or 0.0 for stage in record.stages.values())
    return snapshot, Cost(time.perf_counter() - started, peak)


def announce(stage: str) -> None:
    """Print that a stage starts."""
    errors.print(f"… {stage}", highlight=False)


@contextmanager
def case_progress(label: str, total: int) -> Iterator[Callable[[], None]]:
    """A progress bar over cases. See evaluation.harness.harness.Progress."""
    numbers = count(1)
    with count_progress(label) as progress:
        yield lambda: progress(next(numbers), total)


def _import(engine: Engine, files: Files) -> None:
    """As scripts/import_dataset.py does."""
    _import_file(engine, import_anime, files.anime)
    if files.details:
        _import_file(engine, import_details, files.details)
    import_curated(engine)
    _import_file(engine, import_ratings, files.ratings)


def _import_file(engine: Engine, importer: Callable[..., object], path: Path) -> None:
    with file_progress(path, path.name) as progress:
        importer(engine, path, progress)


def _load(engine: Engine) -> StoredData:
    with count_progress("reading ratings") as progress, read_transaction(engine) as connection:
        return load_data(connection, progress)


def _rendered(table: Table) -> rich.table.Table:
    title, note = escape(table.title), escape(table.note)
    rendered = rich.table.Table(*table.header, title=title, caption=note, box=rich.box.SIMPLE)
    for row in table.rows:
        rendered.add_row(*map(escape, row))
    return rendered
