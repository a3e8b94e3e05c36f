"""Values that are computed at most once for an owner with a short life."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Cache:
    """Belongs to one request, one overlay or one build, and is dropped with it. Not for threads."""

    def __init__(self) -> None:
        self._values: dict[Hashable, Any] = {}

    def get(self, key: Hashable, compute: Callable[[], T]) -> T:
        """The value of a key, computed at the first call."""
        if key not in self._values:
            self._values[key] = compute()
        value: T = self._values[key]
        return value
