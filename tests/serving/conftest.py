"""A small world on SQLite and on PostgreSQL, with a model of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from recommender.store import ModelStore, Version
from serving.builder import build_model
from tests.serving.worlds import make_world


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """An engine over a small world, of each kind of database."""
    make_world(engine)
    return engine


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    """An empty model directory."""
    return ModelStore(tmp_path / "models")


@pytest.fixture
def version(filled: Engine, store: ModelStore) -> Version:
    """The first model of the small world, published."""
    return build_model(filled, store)[0]
