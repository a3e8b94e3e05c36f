"""fit_models and fit_snapshot: every model in order, each stage run by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from recommender.artifacts.snapshot import Origin
from recommender.fitting import fit_snapshot
from recommender.franchises import Franchises
from recommender.models.registry import SPECS
from recommender.training.fit import fit_models
from recommender.training.queries import training_data
from tests.recommender.conftest import SMALL_CONFIG
from tests.recommender.small import catalog, random_lists, ratings

N_ANIME = 12
TITLES, MATRIX = catalog(N_ANIME), ratings(random_lists(20, N_ANIME), N_ANIME)


class Recorder:
    """Runs stages and writes down their names."""

    def __init__(self) -> None:
        self.stages: list[str] = []

    def __call__(self, stage: str, work: Callable[[], Any]) -> Any:
        self.stages.append(stage)
        return work()


def test_fit_models_fits_every_model_in_order() -> None:
    run = Recorder()
    models = fit_models(
        training_data(TITLES, Franchises.singletons(len(TITLES)), MATRIX, SMALL_CONFIG.training),
        SMALL_CONFIG,
        run,
    )
    assert run.stages == [f"fit {spec.name}" for spec in SMALL_CONFIG.specs]
    assert set(models) == {spec.model for spec in SPECS}


def test_fit_snapshot_runs_every_stage_by_name() -> None:
    run, origin = Recorder(), Origin(revision=3, database_id="here", generated_users=2)
    snapshot = fit_snapshot(TITLES, MATRIX, config=SMALL_CONFIG, origin=origin, run=run)
    fits = [f"fit {spec.name}" for spec in SMALL_CONFIG.specs]
    assert run.stages == ["find franchises", "draw training queries", *fits, "index titles"]
    assert (snapshot.config, snapshot.origin) == (SMALL_CONFIG, origin)
