"""Where the people and titles come from: the database, or files imported into one that is thrown away."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from config import Config
from db.engine import open_engine, read_transaction
from db.relations import load_relations
from db.schema import migrate
from domain.relations import Relation
from ingest.catalog import import_anime, import_details
from ingest.curated import import_curated
from ingest.ratings import import_ratings
from recommender.data.catalog import Catalog
from recommender.data.ratings_matrix import RatingsMatrix
from scripts.console import count_progress, file_progress
from serving.builder import read_catalog, read_ratings


@dataclass(frozen=True)
class Files:
    """A data set in the format that scripts/import_dataset.py takes."""

    anime: Path
    ratings: Path
    details: Path | None = None


@dataclass(frozen=True, eq=False)
class Data:
    """All that models are fitted on and measured by."""

    catalog: Catalog
    ratings: RatingsMatrix
    relations: tuple[Relation, ...]


def read(files: Files | None) -> Data:
    """The data set of `files`, or of DATABASE_URL without them."""
    if files is None:
        engine = open_engine(Config.from_env().database_url)
        migrate(engine)
        return _read(engine)
    with tempfile.TemporaryDirectory(prefix="evaluate-") as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'data.db'}")
        migrate(engine)
        _import(engine, files)
        found = _read(engine)
        engine.dispose()
        return found


def _import(engine: Engine, files: Files) -> None:
    """As scripts/import_dataset.py does."""
    steps: list[tuple[Callable[..., object], Path | None]] = [
        (import_anime, files.anime),
        (import_details, files.details),
        (import_ratings, files.ratings),
    ]
    for importer, path in steps:
        if path is not None:
            with file_progress(path, path.name) as progress:
                importer(engine, path, progress)
    import_curated(engine)


def _read(engine: Engine) -> Data:
    with count_progress("reading ratings") as progress, read_transaction(engine) as connection:
        catalog = read_catalog(connection)
        relations = tuple(load_relations(connection))
        return Data(catalog, read_ratings(connection, catalog, progress), relations)
