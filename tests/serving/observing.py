"""An observer of services that keeps what it was told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Observed:
    """The names of the blocks that were observed, in their order of ending."""

    names: list[str] = field(default_factory=list)

    @contextmanager
    def block(self, name: str) -> Iterator[None]:
        yield
        self.names.append(name)
