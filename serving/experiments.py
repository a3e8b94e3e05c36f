"""Experiments of a running server: what they make of a page, that it was shown, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine

from db.engine import read_transaction
from db.exposures import (
    StoredVariant,
    load_exposed_units,
    load_exposures_of,
    load_outcomes,
    newest_page,
)
from domain.events import Actor
from domain.experiments import Exposure, Unit
from domain.ranges import is_profile
from experiments.assignment import variant_of
from experiments.declaration import Choices, Experiment, ExperimentsError, Variant, load_experiments
from experiments.log import ExposureWriter
from experiments.results import MEASURES, Figure, Results, results_of
from recommender.models.registry import ALGORITHMS
from recommender.pipeline.sides import RANK_SIDES, RECALL_SIDES
from serving.errors import UnknownExperimentError
from serving.events import utc_now
from serving.trials import NO_TRIAL, Trial

__all__ = [
    "Experiment",
    "ExperimentResults",
    "ExperimentService",
    "ExperimentsError",
    "Figure",
    "Results",
    "declared_experiments",
]


def declared_experiments(path: str, retention_days: int) -> tuple[Experiment, ...]:
    """Those of a file; none without a path. Raises ExperimentsError."""
    choices = Choices(tuple(ALGORITHMS), RECALL_SIDES, RANK_SIDES)
    return load_experiments(Path(path), choices, retention_days) if path else ()


@dataclass(frozen=True)
class ExperimentResults:
    """Looks experiments up, and evaluates them.

    Attributes:
        clock: naive UTC.
    """

    experiments: Sequence[Experiment]
    engine: Engine
    clock: Callable[[], datetime] = utc_now

    def one(self, name: str) -> Results:
        """The outcome of an experiment so far; raises UnknownExperimentError."""
        found = next((one for one in self.experiments if one.name == name), None)
        if found is None:
            raise UnknownExperimentError(name, [one.name for one in self.experiments])
        with read_transaction(self.engine) as connection:
            units = load_exposed_units(connection, name)
            outcomes = load_outcomes(connection, name, MEASURES)
        return results_of(found, units, outcomes, self.clock())


@dataclass(frozen=True)
class ExperimentService:
    """Assigns people to variants, and logs the pages that they get.

    Attributes:
        clock: naive UTC.
    """

    experiments: Sequence[Experiment]
    writer: ExposureWriter
    results: ExperimentResults
    clock: Callable[[], datetime] = utc_now

    def missing(self, built: Collection[str]) -> dict[str, set[str]]:
        """Experiment -> the algorithms of its variants that a model does not have: nobody is in it."""
        lacking = {one.name: _algorithms(*one.variants) - set(built) for one in self.experiments}
        return {name: algorithms for name, algorithms in lacking.items() if algorithms}

    def trial(self, actor: Actor, algorithm: str, built: Collection[str], *, with_list: bool) -> Trial:
        """The part of today's experiments in a page.

        A request is in an experiment if each of its variants could answer it, so that those who get one
        variant are like those who get another.

        Args:
            built: the algorithms of the model in service.
            with_list: the request has a list that is not empty.
        """
        if not self.experiments:
            return NO_TRIAL
        today, trial = self.clock().date(), NO_TRIAL
        for experiment in self.experiments:
            unit_id = _unit_id(experiment.unit, actor)
            if (
                unit_id is not None
                and experiment.runs_on(today)
                and experiment.takes(algorithm)
                and all(_can_answer(variant, built, with_list) for variant in experiment.variants)
                and (variant := variant_of(experiment, str(unit_id))) is not None
            ):
                trial = trial.joined_by(experiment, variant, unit_id)
        return trial

    def expose(self, trial: Trial, recommendation_id: str) -> None:
        """Log a page that somebody gets. Returns at once, and never fails."""
        if not trial.units:
            return
        now = self.clock()
        self.writer.add(
            Exposure(
                experiment.name,
                recommendation_id,
                trial.variants[experiment.name],
                now,
                session_id=unit_id if isinstance(unit_id, UUID) else None,
                user_id=unit_id if isinstance(unit_id, int) else None,
                teams=trial.teams if experiment.interleave else None,
            )
            for experiment, unit_id in trial.units
        )

    def stored(self, user_id: int) -> list[StoredVariant]:
        """Every exposure of a user, newest first."""
        self.writer.flush()
        with read_transaction(self.results.engine) as connection:
            return load_exposures_of(connection, user_id)

    def newest_page(self, session_id: UUID) -> str | None:
        """The id of the newest page that a session got in an experiment."""
        self.writer.flush()
        with read_transaction(self.results.engine) as connection:
            return newest_page(connection, session_id)


def _unit_id(unit: Unit, actor: Actor) -> UUID | int | None:
    """The id that an experiment knows somebody by; None: they have no such unit."""
    if unit is Unit.SESSION:
        return actor.session_id
    if actor.user_id is None or is_profile(actor.user_id) is not (unit is Unit.PROFILE):
        return None
    return actor.user_id


def _algorithms(*variants: Variant) -> set[str]:
    """Those that variants name."""
    return {
        side for one in variants for side in (one.recall, one.rank) if side is not None and side in ALGORITHMS
    }


def _can_answer(variant: Variant, built: Collection[str], with_list: bool) -> bool:
    """True if the model has the algorithms of a variant, and they have what they need."""
    named = _algorithms(variant)
    return named <= set(built) and (with_list or not any(ALGORITHMS[name].needs_list for name in named))
