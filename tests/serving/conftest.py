"""A small world on SQLite and on PostgreSQL, with a model of it; an observer of services."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import Engine

from recommender.artifacts.store import ModelStore, Version
from tests.databases import Databases, SqliteDatabases, new_engine
from tests.serving.worlds import make_world


@pytest.fixture
def filled(databases: Databases, tmp_path: Path) -> Iterator[Engine]:
    """An engine over a small world, of each kind of database."""
    with new_engine(databases, tmp_path / "test.db", make_world) as engine:
        yield engine


@pytest.fixture
def embedded(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Engine]:
    """A small world on SQLite only, where the database makes no difference."""
    with new_engine(sqlite_databases, tmp_path / "embedded.db", make_world) as engine:
        yield engine


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    """An empty model directory."""
    return ModelStore(tmp_path / "models")


@pytest.fixture
def version(databases: Databases, filled: Engine, store: ModelStore) -> Version:
    """The first model of the small world, published."""
    databases.copy_model(make_world, store.root)
    return store.load()


@pytest.fixture
def embedded_version(sqlite_databases: SqliteDatabases, embedded: Engine, store: ModelStore) -> Version:
    """The first model of the small world on SQLite only, published."""
    sqlite_databases.copy_model(make_world, store.root)
    return store.load()


@dataclass
class Observed:
    """The names of the blocks that were observed, in their order of ending."""

    names: list[str] = field(default_factory=list)

    @contextmanager
    def block(self, name: str) -> Iterator[None]:
        yield
        self.names.append(name)
