"""Fixtures of all tests: real databases, a small real world of data, the real app."""

from __future__ import annotations

import os
import random
import secrets
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from sqlalchemy import Engine, insert, select, update

from app import create_app
from config import Config
from db.engine import open_engine, write_transaction
from db.models import Anime, AnimeOffer
from db.schema import migrate
from domain.titles import AGE_RATINGS, AIRING_STATUSES, SEASON_NAMES
from ingest.catalog import import_anime
from ingest.ratings import import_ratings
from recommender.artifacts.snapshot import Snapshot
from recommender.artifacts.store import ModelStore
from recommender.models.registry import OPTIONAL, ModelConfig
from scripts import generate_ratings
from serving.builder import build_model
from tests.databases import Databases, PostgresDatabases, SqliteDatabases, new_engine, postgres_server
from tests.sharing import made_once

SECRET = "only-for-the-tests-of-this-project"
TITLES, PEOPLE = 300, 250
WORLD_CONFIG = ModelConfig.default(OPTIONAL)  # the world has every algorithm
# how long one example takes is also up to what the other workers do meanwhile
settings.register_profile("shared machine", deadline=None)
settings.load_profile("shared machine")


@dataclass(frozen=True)
class World:
    """A small generated world, built once: its files, a SQLite database made of them, a model of that."""

    anime_csv: Path
    ratings_csv: Path
    database: Path
    model_dir: Path


@pytest.fixture
def chance() -> random.Random:
    """Chance. A failed test shows its seed; FAULT_SEED=that repeats it."""
    seed = os.environ.get("FAULT_SEED") or secrets.token_hex(4)
    sys.stdout.write(f"FAULT_SEED={seed}\n")
    return random.Random(seed)  # noqa: S311 - not a secret


@pytest.fixture(scope="session")
def postgres_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresDatabases]:
    """Databases of a real PostgreSQL, started for this run."""
    with postgres_server(tmp_path_factory) as server:
        databases = PostgresDatabases(tmp_path_factory.mktemp("postgres"), server.get_uri())
        databases.run("ALTER SYSTEM SET fsync = off")  # nothing in it needs to outlive the run
        databases.run("SELECT pg_reload_conf()")
        yield databases


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    """SQLite databases."""
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Databases of each kind: the test runs once on both."""
    name = {"sqlite": "sqlite_databases", "postgresql": "postgres_databases"}[request.param]
    made: Databases = request.getfixturevalue(name)
    return made


@pytest.fixture
def postgres_url(postgres_databases: PostgresDatabases) -> Iterator[str]:
    """A new, empty PostgreSQL database."""
    with postgres_databases.new() as url:
        yield url


@pytest.fixture
def database_url(databases: Databases, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    with databases.new(tmp_path / "test.db") as url:
        yield url


@pytest.fixture
def engine(databases: Databases, tmp_path: Path) -> Iterator[Engine]:
    """An engine over an empty database at the newest schema, of each kind."""
    with new_engine(databases, tmp_path / "test.db", migrate) as engine:
        yield engine


@pytest.fixture
def sqlite_engine(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Engine]:
    """An engine over an empty SQLite database (`test.db`), for tests where the kind cannot matter."""
    with new_engine(sqlite_databases, tmp_path / "test.db", migrate) as engine:
        yield engine


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """300 titles of the demo catalog, 250 generated people."""
    return world_in(made_once(tmp_path_factory, "world", lambda folder: generate_world(world_in(folder))))


def world_in(folder: Path) -> World:
    """Where the files of a world are."""
    return World(folder / "anime.csv", folder / "ratings.csv", folder / "world.db", folder / "models")


def generate_world(made: World) -> None:
    """Make the files, the database of them and the model of that."""
    generate_ratings.main(
        [
            *("--users", str(PEOPLE), "--anime", str(TITLES)),
            *("--out", str(made.ratings_csv), "--anime-out", str(made.anime_csv)),
        ]
    )
    engine = open_engine(f"sqlite:///{made.database}")
    migrate(engine)
    import_anime(engine, made.anime_csv)
    add_details(engine)
    import_ratings(engine, made.ratings_csv, generated=True)
    build_model(engine, ModelStore(made.model_dir), config=WORLD_CONFIG)
    with engine.connect() as connection:  # one file is then the whole database
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()


def add_details(engine: Engine) -> None:
    """Give every title what else may be known of one."""
    titles = Anime.__table__
    with write_transaction(engine) as connection:
        for number, anime_id in enumerate(connection.execute(select(titles.c.anime_id)).scalars().all()):
            connection.execute(
                update(titles)
                .where(titles.c.anime_id == anime_id)
                .values(
                    season_year=2000 + number % 20,
                    season=SEASON_NAMES[number % 4],
                    studios=[f"Studio {number % 7}"],
                    source=("Manga", "Original")[number % 2],
                    airing_status=AIRING_STATUSES[number % 3],
                    age_rating=AGE_RATINGS[number % 5],
                    duration_minutes=3 + number % 30,
                )
            )
            offer = {"source": "test", "service": f"Service {number % 3}", "url": "https://example.org/"}
            connection.execute(insert(AnimeOffer).values(anime_id=anime_id, **offer))


@pytest.fixture(scope="session")
def snapshot(world: World) -> Snapshot:
    """The world's model; immutable, so shared."""
    return ModelStore(world.model_dir).load().snapshot


@pytest.fixture
def config(world: World, tmp_path: Path) -> Config:
    """Settings of a server over a copy of the world, which the test may change as it likes."""
    database = tmp_path / "anime.db"
    shutil.copy(world.database, database)
    shutil.copytree(world.model_dir, tmp_path / "models")
    return Config(
        database_url=f"sqlite:///{database}",
        secret_key=SECRET,
        model_dir=tmp_path / "models",
        extra_algorithms=OPTIONAL,
        sync_interval_ms=0,
    )


@pytest.fixture
def app(config: Config) -> Flask:
    """The real app over a copy of the world."""
    return create_app(config)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the real app."""
    return app.test_client()


@pytest.fixture
def guarded_client(config: Config) -> FlaskClient:
    """A client of an app that has an API key configured: `the-key`."""
    return create_app(config.model_copy(update={"api_keys": ("the-key",)})).test_client()
