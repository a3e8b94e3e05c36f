"""Experiments of the tests."""

from __future__ import annotations

from typing import Any

from experiments.declaration import Choices, Experiment

CHOICES = Choices(
    algorithms=("hybrid", "popular"), recall=("all", "hybrid", "popular"), rank=("model", "shuffled")
)
VARIANTS = [{"name": "model", "rank": "model"}, {"name": "shuffled", "rank": "shuffled"}]


def declared(**changes: Any) -> dict[str, Any]:
    """An experiment as the file has it."""
    made = {"name": "rank", "unit": "session", "variants": VARIANTS, "from": "2026-12-01", "to": "2026-12-14"}
    return made | changes


def experiment(**changes: Any) -> Experiment:
    """The same, read."""
    return Experiment.model_validate(declared(**changes), context=CHOICES)
