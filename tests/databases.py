"""Databases for tests to change. What many of them begin with is made once and copied."""

from __future__ import annotations

import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import sqlalchemy
from sqlalchemy import Engine, NullPool

from db.engine import open_engine

Fill = Callable[[Engine], object]  # is given an engine over an empty database


class Databases(ABC):
    """Makes databases of one kind."""

    def __init__(self) -> None:
        self._templates: dict[Fill, str] = {}

    @abstractmethod
    def new(self, path: Path, fill: Fill | None = None) -> AbstractContextManager[str]:
        """The address of a database, at `path` if it is a file: empty, or a copy of what `fill` has made."""

    def _template(self, fill: Fill) -> str:
        """Name of a database that was filled once and that nobody is connected to."""
        if fill not in self._templates:
            name, url = self._create_template(len(self._templates))
            engine = open_engine(url)
            fill(engine)
            engine.dispose()
            self._templates[fill] = name
        return self._templates[fill]

    @abstractmethod
    def _create_template(self, number: int) -> tuple[str, str]:
        """Name and address."""


class SqliteDatabases(Databases):
    """Files; the templates are in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    @contextmanager
    def new(self, path: Path, fill: Fill | None = None) -> Iterator[str]:
        if fill:
            shutil.copy(self._template(fill), path)
        yield f"sqlite:///{path}"

    def _create_template(self, number: int) -> tuple[str, str]:
        path = self._folder / f"template_{number}.db"
        return str(path), f"sqlite:///{path}"


class PostgresDatabases(Databases):
    """Databases of a server, one at a time; dropped afterwards."""

    def __init__(self, server: str) -> None:
        super().__init__()
        self._server = sqlalchemy.make_url(server)
        driver = self._server.set(drivername="postgresql+psycopg2")
        self._admin = sqlalchemy.create_engine(driver, isolation_level="AUTOCOMMIT", poolclass=NullPool)

    @contextmanager
    def new(self, path: Path | None = None, fill: Fill | None = None) -> Iterator[str]:
        del path
        template = self._template(fill) if fill else "template1"
        self.run("DROP DATABASE IF EXISTS test_database WITH (FORCE)")
        self.run(f"CREATE DATABASE test_database TEMPLATE {template}")
        yield self._url("test_database")
        self.run("DROP DATABASE test_database WITH (FORCE)")

    def run(self, statement: str) -> None:
        """Run a statement beside all databases."""
        with self._admin.connect() as connection:
            connection.exec_driver_sql(statement)

    def _create_template(self, number: int) -> tuple[str, str]:
        name = f"template_{number}"
        self.run(f"CREATE DATABASE {name}")
        return name, self._url(name)

    def _url(self, database: str) -> str:
        return self._server.set(database=database).render_as_string(hide_password=False)


@contextmanager
def new_engine(databases: Databases, path: Path, fill: Fill) -> Iterator[Engine]:
    """An engine over a new database."""
    with databases.new(path, fill) as url:
        engine = open_engine(url)
        yield engine
        engine.dispose()
