"""`@timeit_decorator` and `@memory_profiler_decorator`: they measure only inside `recording()`."""

from __future__ import annotations

import functools
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


@dataclass
class Stage:
    """The cost of one decorated call."""

    name: str
    seconds: float | None = None
    peak_mb: float | None = None  # resident memory of the process at its highest during the call


@dataclass
class Recording:
    """The stages measured so far, in the order in which they ended."""

    memory: bool = False
    on_start: Callable[[str], None] | None = None
    stages: dict[str, Stage] = field(default_factory=dict)

    def stage(self, name: str) -> Stage:
        return self.stages.setdefault(name, Stage(name))


_active: ContextVar[Recording | None] = ContextVar("recording", default=None)


@contextmanager
def recording(*, memory: bool = False, on_start: Callable[[str], None] | None = None) -> Iterator[Recording]:
    """Switch the decorators on for the calls made inside.

    Args:
        memory: also sample resident memory (the `memory-profiler` package, in a process beside this one).
        on_start: told the name of each stage when it begins.
    """
    record = Recording(memory, on_start)
    token = _active.set(record)
    try:
        yield record
    finally:
        _active.reset(token)


def timeit_decorator(function: Callable[P, R]) -> Callable[P, R]:
    """Record how long each call takes, in seconds; off, it costs one look at a variable."""

    @functools.wraps(function)
    def timed(*args: P.args, **kwargs: P.kwargs) -> R:
        record = _active.get()
        if record is None:
            return function(*args, **kwargs)
        if record.on_start is not None:
            record.on_start(_name(function))
        started = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            record.stage(_name(function)).seconds = time.perf_counter() - started

    return timed


def memory_profiler_decorator(function: Callable[P, R]) -> Callable[P, R]:
    """Record the peak resident memory during each call, in MB; off, it costs one look at a variable."""

    @functools.wraps(function)
    def profiled(*args: P.args, **kwargs: P.kwargs) -> R:
        record = _active.get()
        if record is None or not record.memory:
            return function(*args, **kwargs)
        from memory_profiler import memory_usage

        # memory_usage ends every child of this process when the function raises, so it never sees that
        def guarded() -> tuple[R | None, Exception | None]:
            try:
                return function(*args, **kwargs), None
            except Exception as error:
                return None, error

        with warnings.catch_warnings():
            # JAX warns of every fork; the child that samples memory does without it
            warnings.filterwarnings("ignore", r"os\.fork\(\) was called", RuntimeWarning)
            peak, (result, error) = memory_usage(
                (guarded, (), {}), interval=0.02, max_usage=True, retval=True, max_iterations=1
            )
        record.stage(_name(function)).peak_mb = peak
        if error is not None:
            raise error
        outcome: R = result
        return outcome

    return profiled


def measured(name: str, work: Callable[[], R]) -> R:
    """Run one stage under a name, with both decorators."""

    def stage() -> R:
        return work()

    stage.__name__ = name.replace(" ", "_")
    return timeit_decorator(memory_profiler_decorator(stage))()


def _name(function: Callable[..., object]) -> str:
    return function.__name__.removeprefix("_").replace("_", " ")
