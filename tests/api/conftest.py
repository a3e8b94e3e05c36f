"""The real app over a small world, in which the best known titles are adult ones."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from api.context import context
from app import create_app
from config import Config
from db.engine import open_engine
from recommender.artifacts.store import ModelStore
from serving.builder import build_model
from serving.errors import UnknownUserError
from tests.conftest import SECRET, World
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
def shared_small_client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """The same over the small world."""
    folder = tmp_path_factory.mktemp("shared_small")
    return create_app(config_of(f"sqlite:///{folder / 'small.db'}", folder)).test_client()


@pytest.fixture
def small_config(tmp_path: Path) -> Config:
    """Settings of a server over the small world of tests/serving/worlds.py, on SQLite."""
    return config_of(f"sqlite:///{tmp_path / 'small.db'}", tmp_path)


@pytest.fixture
def small_client(small_config: Config) -> FlaskClient:
    """A client of the real app over the small world."""
    return create_app(small_config).test_client()


@pytest.fixture
def each_app(database_url: str, tmp_path: Path) -> Flask:
    """The real app over the small world, of each kind of database."""
    return create_app(config_of(database_url, tmp_path))


def config_of(database_url: str, folder: Path) -> Config:
    """Make the small world and its model; the settings to serve it."""
    engine = open_engine(database_url)
    make_world(engine)
    build_model(engine, ModelStore(folder / "models"))
    engine.dispose()
    return Config(
        database_url=database_url, secret_key=SECRET, model_dir=folder / "models", sync_interval_ms=0
    )


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
