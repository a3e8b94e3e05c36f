"""The times at which a site was asked, and may be asked again, shared by the worker processes of a server."""

from __future__ import annotations

import fcntl
import mmap
import os
import tempfile
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MINUTE_S = 60.0
_NEVER = float("-inf")


class Turns:
    """Turns to send a request, in seconds of `time.monotonic`, which is one clock for all processes.

    Processes share them that are forked after they were made. The lock is the kernel's, so that whoever is
    killed while holding it leaves it free.
    """

    def __init__(self, per_minute: int | None = None) -> None:
        """Begin with nothing sent.

        Args:
            per_minute: how many requests may be sent within a minute; None: any number.
        """
        self.per_minute = per_minute
        # until when nobody asks, then when each of the last requests was sent
        self._times = memoryview(mmap.mmap(-1, 8 * (1 + (per_minute or 0)))).cast("d")
        for place in range(len(self._times)):
            self._times[place] = _NEVER
        self._file, name = tempfile.mkstemp(prefix="turns-")
        Path(name).unlink()
        weakref.finalize(self, os.close, self._file)
        self._threads = threading.Lock()

    def take(self, now: float) -> float:
        """Seconds until a request may be sent; 0: now, and it counts."""
        with self._alone():
            if now < self._times[0]:
                return self._times[0] - now
            if self.per_minute is not None:
                oldest = min(range(1, len(self._times)), key=self._times.__getitem__)
                if now < self._times[oldest] + MINUTE_S:
                    return self._times[oldest] + MINUTE_S - now
                self._times[oldest] = now
            return 0.0

    def pause(self, until: float) -> None:
        """Send nothing for a while, whoever asks."""
        with self._alone():
            self._times[0] = max(self._times[0], until)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._threads:  # of one process, which the lock of the file does not keep apart
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)
