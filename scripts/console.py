"""What the scripts share: a console, progress bars, and errors that end in one clear sentence."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from sqlalchemy.exc import OperationalError

from config import ConfigError
from db.imports.report import ImportFileError
from recommender.store import BuildInProgressError, NoModelError
from serving.builder import BuildFailedError

OK, FAILED = 0, 1

console = Console()
errors = Console(stderr=True)

_EXPECTED = (ConfigError, ImportFileError, BuildFailedError, NoModelError, BuildInProgressError, OSError)


def run(main: Callable[[list[str] | None], int]) -> None:
    """Call a script's `main` and exit with its code; expected errors become one sentence on stderr."""
    try:
        code = main(None)
    except _EXPECTED as error:
        errors.print(f"[bold red]error:[/] {error}", highlight=False, soft_wrap=True)
        code = FAILED
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        errors.print(
            f"[bold red]error:[/] the database cannot be reached or used: {reason}. Check DATABASE_URL.",
            highlight=False,
            soft_wrap=True,
        )
        code = FAILED
    except KeyboardInterrupt:
        errors.print("interrupted; nothing was changed")
        code = 130
    sys.exit(code)


@contextmanager
def file_progress(path: Path, label: str) -> Iterator[Callable[[int], None]]:
    """A bar over the bytes of a file; yields the function to tell how many were read."""
    with _bar(TaskProgressColumn()) as bar:
        task = bar.add_task(label, total=max(1, path.stat().st_size if path.is_file() else 1))
        yield lambda done: bar.update(task, completed=done)


@contextmanager
def count_progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar over counted things; yields the function to tell (done, total)."""
    with _bar(MofNCompleteColumn()) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _bar(column: ProgressColumn) -> Progress:
    return Progress(
        TextColumn("{task.description:<28}"), BarColumn(), column, TimeRemainingColumn(), console=errors
    )
