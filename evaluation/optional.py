"""Libraries that only measurements need, and that may be missing."""

from __future__ import annotations


class MissingLibraryError(Exception):
    """A library is not installed where it is needed; the message says what installs it."""

    def __init__(self, library: str, command: str) -> None:
        super().__init__(f"{library} is not installed; install it with: {command}")
