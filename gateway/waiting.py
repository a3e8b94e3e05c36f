"""Waiting for other servers in the middle of a request, while the worker answers others.

A worker answers one request at a time. Each is answered in a greenlet, so that a handler that waits can be
left where it is, and gone on with when what it waits for is there.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from greenlet import GreenletExit, getcurrent, greenlet

MAX_WAITING = 32  # requests of one worker; each has a thread and a few kilobytes of stack

T = TypeVar("T")


class TooManyWaitingError(Exception):
    """As many requests as may are waiting for other servers."""


class Answering(greenlet):
    """The answering of one request, which may wait for other servers."""

    waiting = 0  # requests of this process

    def proceed(self) -> Future[Any] | None:
        """Go on until it is done (None), or waits for what it returns; raises what the answering raises."""
        outcome = self.switch()
        return outcome if isinstance(outcome, Future) else None

    def leave(self, future: Future[Any]) -> None:
        """Let the worker go on with others until it proceeds with this one; called from inside."""
        if self.parent is not None:
            self.parent.switch(future)

    def abandon(self) -> None:
        """End it where it waits, as the client is gone."""
        self.throw(GreenletExit)


def wait_for(work: Callable[[], T]) -> T:
    """The result of `work`, during which the worker answers other requests.

    Args:
        work: runs in a thread of its own, so it uses nothing that other requests use.

    Raises:
        TooManyWaitingError; and what `work` raises.
    """
    current = getcurrent()
    if not isinstance(current, Answering):
        return work()  # no gateway, as in tests and scripts
    if Answering.waiting >= MAX_WAITING:
        raise TooManyWaitingError
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # whatever it is, it is raised where it is waited for
            future.set_exception(error)

    Answering.waiting += 1
    try:
        # not a pool: its threads would hold up the end of the process
        threading.Thread(target=run, name="waiting", daemon=True).start()
        current.leave(future)
        return future.result()
    finally:
        Answering.waiting -= 1
