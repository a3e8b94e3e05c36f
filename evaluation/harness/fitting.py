"""Fits what is measured, and says what it took."""

from __future__ import annotations

import time

from evaluation.harness.contest import Cost
from evaluation.harness.data import Data
from profiling.decorators import recording
from recommender.artifacts.snapshot import ModelConfig, Snapshot
from recommender.data.ratings_matrix import RatingsMatrix
from scripts.console import errors
from serving.builder import fit_snapshot


def fit(data: Data, train: RatingsMatrix) -> tuple[Snapshot, Cost]:
    """Every algorithm as it is served, on the catalog of `data` and the people of `train`."""
    errors.print(f"fitting on {train.n_users:,} people, {train.n_entries:,} ratings", highlight=False)
    started = time.perf_counter()
    with recording(memory=True, on_start=lambda stage: errors.print(f"… {stage}", highlight=False)) as record:
        snapshot = fit_snapshot(0, 0, data.catalog, train, ModelConfig(), relations=data.relations)
    peak = max(stage.peak_mb or 0.0 for stage in record.stages.values())
    return snapshot, Cost(time.perf_counter() - started, peak)
