"""A bar for what is measured case by case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from scripts.console import count_progress


@contextmanager
def steps(label: str, total: int) -> Iterator[Callable[[], None]]:
    """Yields the function to call after each of `total` cases."""
    numbers = count(1)
    with count_progress(label) as progress:
        yield lambda: progress(next(numbers), total)
