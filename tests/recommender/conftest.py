"""A small model, and a store with two versions of it, made once."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from recommender.artifacts.snapshot import Origin, Snapshot
from recommender.artifacts.store import ModelStore
from recommender.fitting import fit_snapshot
from recommender.models.neighbors import NeighborsConfig
from recommender.models.registry import OPTIONAL, ModelConfig
from tests.recommender.small import SMALL_GRAPH, catalog, random_lists, ratings

N_ANIME = 24
SMALL_CONFIG = ModelConfig.default(OPTIONAL).with_model(
    "user-user", search=NeighborsConfig(dims=8, candidates=50, index=SMALL_GRAPH)
)


@pytest.fixture(scope="session")
def small_model() -> Snapshot:
    """A model of 24 titles and 60 users; immutable, so shared."""
    matrix = ratings(random_lists(60, N_ANIME), N_ANIME)
    origin = Origin(revision=7, database_id="small")
    return fit_snapshot(catalog(N_ANIME), matrix, config=SMALL_CONFIG, origin=origin)


@pytest.fixture(scope="session")
def two_versions(small_model: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a store that holds v0001 and v0002, of revisions 7 and 8; not to be changed."""
    directory = tmp_path_factory.mktemp("two_versions")
    store = ModelStore(directory)
    store.publish(small_model, {})
    store.publish(replace(small_model, origin=replace(small_model.origin, revision=8)), {})
    return directory


@pytest.fixture
def store(two_versions: Path, tmp_path: Path) -> ModelStore:
    """A copy of that store, which a test may change."""
    shutil.copytree(two_versions, tmp_path / "models")
    return ModelStore(tmp_path / "models")
