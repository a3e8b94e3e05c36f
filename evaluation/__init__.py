"""Quality of recommendations: held-out users, two protocols, metrics with confidence intervals, baselines."""

from __future__ import annotations

from pathlib import Path


class EvaluationFileError(Exception):
    """A file that results are compared with is not in its format; nothing of it is used."""

    def __init__(self, path: Path, place: str, problem: str) -> None:
        super().__init__(f"{path.name}, {place}: {problem}")


class UnknownExampleError(Exception):
    """An example page is requested of a theme or a title that is not known."""
