"""The fit loop over the registry."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from recommender.models.base import Models
from recommender.models.registry import ModelConfig
from recommender.models.training_data import TrainingData

T = TypeVar("T")
# runs one stage of a build under its name: what measures time and memory comes from outside
Run = Callable[[str, Callable[[], Any]], Any]


def run_plainly(_stage: str, work: Callable[[], T]) -> T:
    """Runs a stage and measures nothing."""
    return work()


def fit_models(data: TrainingData, config: ModelConfig, run: Run = run_plainly) -> Models:
    """Fit every model of the configuration, each after those it requires.

    Raises:
        MissingLibraryError: one of them needs a library that is not installed.
    """
    models = Models()
    for spec in config.specs:
        work = partial(spec.model.fit, data, models, config.models[spec.name])
        models = models.with_model(run(f"fit {spec.name}", work))
    return models
