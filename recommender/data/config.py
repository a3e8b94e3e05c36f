"""Fields of configurations that are kept in the manifest of a version."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


def added(default: Any) -> Any:
    """A field of a configuration that models of an earlier release lack: they are served with its default.

    It is saved only where it is not its default, so that the release before can read the rest. Where the
    default makes a build compute something else than before, RECIPE grows.

    Conversely, a class names the fields that it no longer has in RETIRED: models with them are still served.
    """
    return field(default=default, metadata={"added": True})


@dataclass(frozen=True)
class NoConfig:
    """For a model without parameters."""
