"""The real app over a small world, in which the best known titles are adult ones."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from api.context import context
from app import create_app
from config import Config
from serving.errors import UnknownUserError
from tests.conftest import SECRET, World
from tests.databases import Databases, SqliteDatabases
from tests.serving.worlds import make_world


@pytest.fixture(scope="module")
def shared_client(world: World, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A client of the real app, for tests that do not mind what the others of their file have asked."""
    database = tmp_path_factory.mktemp("shared") / "anime.db"
    shutil.copy(world.database, database)
    config = Config(
        database_url=f"sqlite:///{database}",
        secret_key=SECRET,
        model_dir=world.model_dir,
        sync_interval_ms=0,
    )
    return create_app(config).test_client()


@pytest.fixture(scope="module")
def shared_small_client(
    sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FlaskClient]:
    """The same over the small world."""
    with small_world(sqlite_databases, tmp_path_factory.mktemp("shared_small")) as config:
        yield create_app(config).test_client()


@pytest.fixture
def small_config(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Config]:
    """Settings of a server over the small world of tests/serving/worlds.py, on SQLite."""
    with small_world(sqlite_databases, tmp_path) as config:
        yield config


@pytest.fixture
def small_client(small_config: Config) -> FlaskClient:
    """A client of the real app over the small world."""
    return create_app(small_config).test_client()


@pytest.fixture
def each_config(databases: Databases, tmp_path: Path) -> Iterator[Config]:
    """Settings of a server over the small world, on each kind of database."""
    with small_world(databases, tmp_path) as config:
        yield config


@pytest.fixture
def each_app(each_config: Config) -> Flask:
    """The real app over the small world, of each kind of database."""
    return create_app(each_config)


@contextmanager
def small_world(databases: Databases, folder: Path) -> Iterator[Config]:
    """A small world and its model; the settings to serve it."""
    with databases.new(folder / "small.db", make_world) as url:
        databases.copy_model(make_world, folder / "models")
        yield Config(database_url=url, secret_key=SECRET, model_dir=folder / "models", anonymity_floor=0)


def engine_of(app: Flask) -> Engine:
    """The engine that an app works with."""
    with app.app_context():
        return context().services.engine


def saved(app: Flask, user_id: int) -> dict[int, int]:
    """Anime id -> rating of a user's saved ratings, 0 for unrated; empty for an unknown user."""
    with app.app_context():
        users = context().services.users
    try:
        return {title.anime_id: title.rating for title in users.saved_titles(user_id)}
    except UnknownUserError:
        return {}
