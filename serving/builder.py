"""Builds of models: from the database to a published version."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from db.engine import connection_error_message, driver_message, open_engine, read_transaction
from db.relations import load_relations
from db.revisions import current_revision, database_id
from db.titles import load_details, load_titles
from db.users import count_generated_users, count_ratings, forget_erasures, stream_ratings
from domain.relations import Relation
from profiling.decorators import measured
from recommender.artifacts.snapshot import RECIPE, ModelFormatError, Origin
from recommender.artifacts.store import BuildInProgressError, ModelStore, Version
from recommender.data.catalog import Catalog
from recommender.data.ratings_matrix import RatingsMatrix
from recommender.fitting import fit_snapshot
from recommender.models.base import MissingLibraryError
from recommender.models.registry import ModelConfig

Progress = Callable[[int, int], None]  # ratings read so far, ratings in all

log = logging.getLogger(__name__)


class BuildFailedError(Exception):
    """No model could be built; the message says why and what to do."""


class EmptyDatabaseError(BuildFailedError):
    """There is nothing to build from."""

    def __init__(self) -> None:
        super().__init__(
            "the database has no titles; import some first: "
            "python scripts/import_dataset.py --anime anime.csv --ratings rating.csv"
        )


class BuildSettings(Protocol):
    """The settings that decide what is built; `config.Config` has them."""

    @property
    def model_titles(self) -> int: ...
    @property
    def extra_algorithms(self) -> tuple[str, ...]: ...


def model_config(settings: BuildSettings) -> ModelConfig:
    """The configuration of the models that the settings ask for."""
    config = ModelConfig.default(settings.extra_algorithms)
    return config.with_model("item-item", titles=settings.model_titles)


def build_model(
    engine: Engine,
    store: ModelStore,
    *,
    config: ModelConfig | None = None,
    force: bool = False,
    wait_s: float = 600.0,
    progress: Progress | None = None,
) -> tuple[Version, bool]:
    """Build from what the database holds and publish it, unless the current version is up to date.

    Args:
        engine: the database, at the newest schema.
        store: where versions live; one builder at a time holds its lock.
        config: of the models; default: the tuned one, without optional models.
        force: build even when nothing changed.
        wait_s: how long to wait for another builder.
        progress: told how many ratings were read.

    Returns:
        the current version, and whether it was built by this call.

    Raises:
        EmptyDatabaseError: no titles. BuildFailedError: an optional model needs a library that is missing.
        BuildInProgressError: another builder took longer than `wait_s`.
    """
    config = config or ModelConfig.default()
    with store.lock(wait_s):
        store.sweep()
        with read_transaction(engine) as connection:
            origin = Origin(
                current_revision(connection), database_id(connection), count_generated_users(connection)
            )
            current = None if force else _up_to_date(store, origin, config)
            if current is not None:
                return current, False
            data = load_data(connection, progress)
        try:
            snapshot = fit_snapshot(
                data.catalog, data.ratings, data.relations, config=config, origin=origin, run=measured
            )
        except MissingLibraryError as error:
            raise BuildFailedError(str(error)) from error
        del data
        built_at = datetime.now(UTC).isoformat(timespec="seconds")
        version = measured("publish", lambda: store.publish(snapshot, {"built_at": built_at}))
        try:
            forget_erasures(engine, store.oldest_revision())
        except DBAPIError as error:  # the model is published, and the next build forgets them
            log.warning("erased users are not forgotten yet: %s", driver_message(error))
        return version, True


@dataclass(frozen=True, eq=False)
class StoredData:
    """All that a database holds for a build."""

    catalog: Catalog
    ratings: RatingsMatrix
    relations: tuple[Relation, ...]


def load_data(connection: Connection, progress: Progress | None = None) -> StoredData:
    """Read titles, relations and ratings.

    Args:
        progress: told how many ratings were read.

    Raises:
        EmptyDatabaseError: there are no titles.
    """
    catalog = measured("read catalog", lambda: _read_catalog(connection))
    relations = tuple(load_relations(connection))
    ratings = measured("read ratings", lambda: _read_ratings(connection, catalog, progress))
    return StoredData(catalog, ratings, relations)


def _up_to_date(store: ModelStore, origin: Origin, config: ModelConfig) -> Version | None:
    name = store.current_name()
    if name is None:
        return None
    try:
        version = store.load_version(name)
    except ModelFormatError as error:
        log.warning("model %s is rebuilt: %s", name, error)
        return None
    found = version.snapshot.origin
    same = version.snapshot.config == config and version.manifest.get("recipe") == RECIPE
    unchanged = (found.database_id, found.revision) == (origin.database_id, origin.revision)
    return version if same and unchanged else None


def _read_catalog(connection: Connection) -> Catalog:
    """Every title of the database; raises EmptyDatabaseError where there is none."""
    titles = load_titles(connection)
    if not titles:
        raise EmptyDatabaseError
    return Catalog(tuple(titles), tuple(load_details(connection)))


def _read_ratings(connection: Connection, catalog: Catalog, progress: Progress | None) -> RatingsMatrix:
    """Every rating of a title of the catalog."""
    total = count_ratings(connection) if progress else 0
    done = 0

    def columns() -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]]:
        nonlocal done
        for part in stream_ratings(connection):
            done += len(part.ratings)
            if progress:
                progress(done, total)
            yield part.user_ids, part.anime_ids, part.ratings

    return RatingsMatrix.from_columns(columns(), catalog.vocabulary)


def _main() -> int:
    """Build as ordered by a JSON object on stdin; on failure, one line on stdout says why."""
    order = json.load(sys.stdin)
    try:
        build_model(
            open_engine(order["database_url"]),
            ModelStore(Path(order["model_dir"])),
            config=ModelConfig.from_dict(order["models"]),
        )
    except (BuildFailedError, BuildInProgressError, OSError) as error:
        sys.stdout.write(f"{error}\n")
        return 1
    except DBAPIError as error:
        sys.stdout.write(f"{connection_error_message(error)}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main())
