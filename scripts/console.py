"""The console of the scripts: progress bars, and errors that end in one clear sentence."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from sqlalchemy.exc import DBAPIError

from config import ConfigError
from db.engine import connection_error_message
from db.schema import SchemaTooNewError
from ingest.files import DataFile, size_of
from ingest.report import ImportFileError
from recommender.artifacts.store import BuildInProgressError, NoModelError
from serving.builder import BuildFailedError
from serving.experiments import ExperimentsError

OK, FAILED = 0, 1

console = Console()
errors = Console(stderr=True)

_EXPECTED = (
    *(ConfigError, ImportFileError, SchemaTooNewError),
    *(BuildFailedError, ExperimentsError, NoModelError, BuildInProgressError, OSError),
)


def run(main: Callable[[list[str] | None], int]) -> None:
    """Call a script's `main` and exit with its code; expected errors become one sentence on stderr."""
    try:
        code = main(None)
    except _EXPECTED as error:
        code = fail(str(error))
    except DBAPIError as error:
        code = fail(connection_error_message(error))
    except KeyboardInterrupt:
        errors.print("interrupted; unfinished work was rolled back")
        code = 130
    sys.exit(code)


def fail(sentence: str) -> int:
    """Print why a script cannot go on, and return its exit code."""
    errors.print(f"[bold red]error:[/] {escape(sentence)}", highlight=False, soft_wrap=True)
    return FAILED


@contextmanager
def file_progress(source: DataFile, label: str) -> Iterator[Callable[[int], None]]:
    """A bar over the bytes of a file; yields a function that takes how many were read."""
    with _bar(TaskProgressColumn()) as bar:
        task = bar.add_task(label, total=max(1, size_of(source)))
        yield lambda done: bar.update(task, completed=done)


@contextmanager
def count_progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar over counted things; yields a function that takes (done, total)."""
    with _bar(MofNCompleteColumn()) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _bar(column: ProgressColumn) -> Progress:
    return Progress(
        TextColumn("{task.description:<28}", markup=False),
        BarColumn(),
        column,
        TimeRemainingColumn(),
        console=errors,
    )
