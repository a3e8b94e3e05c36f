"""The services of a running server, in one frozen object that is made once, at start."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from db.engine import connection_error_message, open_engine, read_transaction, set_read_timeout
from db.revisions import current_revision, database_id
from db.schema import SchemaTooNewError, migrate
from events.stores import EventStores, Wait, open_stores
from experiments.declaration import Experiment
from experiments.log import ExposureWriter, SqlExposureLog
from ingest.sites.registry import NO_SITES, list_sites
from ingest.sites.site import ListSite
from recommender.artifacts.store import ModelStore, NoModelError, Version
from recommender.data.anonymity import AnonymityFloor
from recommender.models.registry import ModelConfig
from serving.builder import BuildFailedError, BuildSettings, model_config
from serving.catalog import CatalogService
from serving.errors import DatabaseUnavailableError
from serving.events import EventService
from serving.experiments import ExperimentResults, ExperimentService, declared_experiments
from serving.imports import ImportService
from serving.live import LiveModel, LiveVersion
from serving.recommendations import RecommendationService
from serving.sources import CatalogSources
from serving.taste import TasteService
from serving.users import UserService

LOCK_TIMEOUT_S = 5.0  # for a lock in the database: well below gunicorn's timeout, which kills the worker

log = logging.getLogger(__name__)


def _observe_nothing(_name: str) -> AbstractContextManager[object]:
    return nullcontext()


@dataclass(frozen=True)
class Observers:
    """Context managers around what services do, to time it; by default nothing is timed."""

    ranking: Callable[[str], AbstractContextManager[object]] = _observe_nothing  # by algorithm
    save: Callable[[], AbstractContextManager[object]] = nullcontext


@dataclass(frozen=True)
class Services:
    """The use cases of a running server, over one database and one live model."""

    engine: Engine
    live: LiveModel
    recommendations: RecommendationService
    users: UserService
    catalog: CatalogService
    sources: CatalogSources
    taste: TasteService
    imports: ImportService
    events: EventService
    experiments: ExperimentService

    @classmethod
    def over(
        cls,
        engine: Engine,
        live: LiveModel,
        max_list_titles: int,
        observers: Observers | None = None,
        sites: Mapping[str, ListSite] = NO_SITES,
        event_retention: timedelta = timedelta(days=30),
        experiments: Sequence[Experiment] = (),
        stores: EventStores | None = None,
    ) -> Services:
        observers = observers or Observers()
        log, recent = stores or open_stores(engine)
        users = UserService(engine, live, max_list_titles, observers.save, log.erase_user)
        events = EventService(log, recent, live, event_retention)
        trials = ExperimentService(
            experiments,
            ExposureWriter(SqlExposureLog(engine)),
            ExperimentResults(experiments, engine),
        )
        return cls(
            engine=engine,
            live=live,
            recommendations=RecommendationService(
                live, users, events, trials, max_list_titles=max_list_titles, observe=observers.ranking
            ),
            users=users,
            catalog=CatalogService(live, engine),
            sources=CatalogSources(engine),
            taste=TasteService(live, max_list_titles),
            imports=ImportService(users, sites),
            events=events,
            experiments=trials,
        )

    def verified_model(self) -> LiveVersion:
        """The live version, once the database has answered; raises sqlalchemy.exc.DBAPIError."""
        live = self.live.current()
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        return live

    def enter_worker(self) -> None:
        """Prepare a forked worker for its first request.

        It never waits forever for the database, and begins with the newest version and the users of now
        instead of those the server started with.
        """
        set_read_timeout(self.engine)
        self.live.current()
        self.events.log.connect()


class ServingSettings(BuildSettings, Protocol):
    """The settings that services need; `config.Config` has them, and says what each does."""

    @property
    def database_url(self) -> str: ...
    @property
    def model_dir(self) -> Path: ...
    @property
    def max_list_titles(self) -> int: ...
    @property
    def overlay_max_users(self) -> int: ...
    @property
    def sync_interval_ms(self) -> int: ...
    @property
    def anonymity_floor(self) -> int: ...
    @property
    def event_retention_days(self) -> int: ...
    @property
    def event_log(self) -> str: ...
    @property
    def recent_events(self) -> str: ...
    @property
    def experiments(self) -> str: ...
    @property
    def list_sites(self) -> Collection[str]: ...
    @property
    def mal_client_id(self) -> str: ...


def open_services(
    settings: ServingSettings, observers: Observers | None = None, wait: Wait | None = None
) -> Services:
    """Open the database, migrate its schema, and load the model, or build one if none is usable.

    Args:
        wait: calls what waits for Kafka; by default it is waited for in place.

    Raises:
        DatabaseUnavailableError: it cannot be reached or used.
        BuildFailedError: there is no usable model and none could be built, such as from an empty database.
        ExperimentsError: the file of the experiments cannot be used.
    """
    experiments = declared_experiments(settings.experiments, settings.event_retention_days)
    engine = open_engine(settings.database_url, lock_timeout_s=LOCK_TIMEOUT_S)
    store = ModelStore(settings.model_dir)
    try:
        migrate(engine)
        version = _load_or_build(engine, store, model_config(settings))
    except DBAPIError as error:
        raise DatabaseUnavailableError(connection_error_message(error)) from error
    except SchemaTooNewError as error:
        raise DatabaseUnavailableError(str(error)) from error
    live = LiveModel(
        store,
        engine,
        version,
        interval_s=settings.sync_interval_ms / 1_000,
        overlay_max_users=settings.overlay_max_users,
        floor=AnonymityFloor(settings.anonymity_floor),
    )
    live.current()  # who is in the model is compared with the database once, for all workers
    engine.dispose()  # a fork after this inherits no open connection
    sites = list_sites(settings.list_sites, settings.mal_client_id)
    retention = timedelta(days=settings.event_retention_days)
    stores = open_stores(engine, settings.event_log, settings.recent_events, retention, wait)
    services = Services.over(
        engine, live, settings.max_list_titles, observers, sites, retention, experiments, stores
    )
    for name, algorithms in services.experiments.missing(version.snapshot.algorithms).items():
        log.warning("nobody is in the experiment %s: the model lacks %s", name, ", ".join(sorted(algorithms)))
    return services


def _load_or_build(engine: Engine, store: ModelStore, config: ModelConfig) -> Version:
    store.sweep_if_idle()
    try:
        version = store.load()
        with read_transaction(engine) as connection:
            database, newest = database_id(connection), current_revision(connection)
        # a restored backup is behind the model that was built before it
        if version.snapshot.origin.database_id == database and version.snapshot.origin.revision <= newest:
            if missing := config.algorithms.keys() - version.snapshot.algorithms.keys():
                log.warning("%s does not have %s: build a model", version.name, ", ".join(sorted(missing)))
            return version
        log.warning("building a model: %s was built from another database or a later state", version.name)
    except NoModelError as error:
        log.warning("building a model: %s", error)
    _build_in_subprocess(engine, store, config)
    return store.load()


def _build_in_subprocess(engine: Engine, store: ModelStore, config: ModelConfig) -> None:
    """Build in a process of its own: it needs scikit-learn and several times the memory of serving."""
    order = {
        "database_url": engine.url.render_as_string(hide_password=False),  # on stdin: arguments are public
        "model_dir": str(store.root.absolute()),
        "models": config.to_dict(),
    }
    outcome = subprocess.run(
        [sys.executable, "-m", "serving.builder"],
        input=json.dumps(order),
        cwd=Path.cwd(),
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if outcome.returncode:
        raise BuildFailedError(outcome.stdout.strip() or f"exit code {outcome.returncode}")
