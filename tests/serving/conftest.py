"""A small world on SQLite and on PostgreSQL, with a model of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db.engine import open_engine
from recommender.artifacts.store import ModelStore, Version
from serving.builder import build_model
from tests.serving.worlds import make_world


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """An engine over a small world, of each kind of database."""
    make_world(engine)
    return engine


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Engine]:
    """A small world on SQLite only, where the database makes no difference."""
    engine = open_engine(f"sqlite:///{tmp_path / 'embedded.db'}")
    make_world(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    """An empty model directory."""
    return ModelStore(tmp_path / "models")


@pytest.fixture
def version(filled: Engine, store: ModelStore) -> Version:
    """The first model of the small world, published."""
    return build_model(filled, store)[0]


@pytest.fixture
def embedded_version(embedded: Engine, store: ModelStore) -> Version:
    """The first model of the small world on SQLite only, published."""
    return build_model(embedded, store)[0]
