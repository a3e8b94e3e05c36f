"""Faults that strike a site while sessions use it, and the histories that come of them."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress

import psutil

from domain.ranges import PROFILE_IDS
from recommender.artifacts.store import ModelStore
from tests.faults.checks import saved_lists
from tests.faults.histories.history import History
from tests.faults.histories.sessions import FIRST_USER, Endpoint, Sessions
from tests.faults.histories.site import Site
from tests.faults.processes import kill

Fault = Callable[[Site, random.Random], None]


def kill_a_worker(site: Site, chance: random.Random) -> None:
    kill([chance.choice(site.server.workers())])


def kill_every_worker(site: Site, _chance: random.Random) -> None:
    kill(site.server.workers())


def kill_the_master(site: Site, _chance: random.Random) -> None:
    site.kill_master(workers_too=False)
    site.start()


def kill_the_server(site: Site, _chance: random.Random) -> None:
    site.kill_master(workers_too=True)
    site.start()


def restart(site: Site, _chance: random.Random) -> None:
    site.restart()


def build(site: Site, _chance: random.Random) -> None:
    site.build()


def kill_a_builder(site: Site, chance: random.Random) -> None:
    builder = site.start_builder()
    time.sleep(chance.uniform(0, 2))
    builder.kill()
    builder.wait()


def build_elsewhere(site: Site, chance: random.Random) -> None:
    """The model in service knows people whom the new one does not: they were erased meanwhile."""
    site.build(site.other_model_dir)
    if chance.random() < 0.5:
        kill(site.server.workers())


def switch_model_dir(site: Site, _chance: random.Random) -> None:
    site.switch_model_dir()
    site.restart()


def rebuild_from_nothing(site: Site, _chance: random.Random) -> None:
    site.rebuild_from_nothing()


def use_another_version(site: Site, chance: random.Random) -> None:
    site.use(chance.choice(ModelStore(site.model_dir).names()))


def kill_the_database(site: Site, chance: random.Random) -> None:
    site.kill_database()
    time.sleep(chance.uniform(0, 0.3))
    site.start_database()


def kill_everything(site: Site, chance: random.Random) -> None:
    builder = site.start_builder()
    time.sleep(chance.uniform(0, 2))
    for process in (builder, site.process):
        psutil.Process(process.pid).suspend()  # nobody starts anything again
    processes = [*site.server.workers(), psutil.Process(builder.pid)]
    site.kill_database()
    kill(processes)
    site.kill_master(workers_too=True)
    builder.wait()
    site.start_database()
    site.start()


# each again and again, in an order that chance decides
FAULTS: tuple[Fault, ...] = (
    kill_a_worker,
    kill_every_worker,
    kill_the_master,
    kill_the_server,
    restart,
    build,
    kill_a_builder,
    build_elsewhere,
    switch_model_dir,
    rebuild_from_nothing,
    use_another_version,
    kill_everything,
)
POSTGRES_FAULTS = (*FAULTS, kill_the_database)
OF_THE_DATABASE = {kill_everything, kill_the_database}
# these take a while and leave the workers alone: one of them may sleep through it
OF_MODELS = {build, build_elsewhere, rebuild_from_nothing, use_another_version}


def run_history(site: Site, chance: random.Random, fault_points: int) -> History:
    """Let sessions use a site while one fault after the other strikes it; look at every worker after each."""
    sessions = Sessions(Endpoint(site.port, site.key), chance)
    with site.running(), sessions.running():
        for fault in _order(site, chance, fault_points):
            time.sleep(chance.uniform(0.1, 0.4))
            asleep = fault in OF_MODELS and chance.random() < 0.5
            started = time.monotonic()
            with _one_asleep(site, sessions, chance) if asleep else nullcontext():
                fault(site, chance)
            site.wait_until_ready()
            if site.database and fault in OF_THE_DATABASE:
                sessions.history.outages.append((started, time.monotonic()))
            _look(site, sessions, chance)
            name = fault.__name__ + (" while a worker sleeps" if asleep else "")
            sys.stdout.write(f"{started:.3f} {name}: {time.monotonic() - started:.1f} s\n")
    sessions.history.stored = saved_lists(site.place.engine, range(FIRST_USER, PROFILE_IDS.stop))
    return sessions.history


def _order(site: Site, chance: random.Random, fault_points: int) -> Iterator[Fault]:
    faults = POSTGRES_FAULTS if site.database else FAULTS
    while fault_points > 0:
        yield from chance.sample(faults, len(faults))[:fault_points]
        fault_points -= len(faults)


@contextmanager
def _one_asleep(site: Site, sessions: Sessions, chance: random.Random) -> Iterator[None]:
    """One worker stands still inside. It holds no lock of the database, since no request is under way."""
    worker = chance.choice(site.server.workers())
    with sessions.paused():
        worker.suspend()
    try:
        yield
    finally:
        with suppress(psutil.NoSuchProcess):  # the fault has killed it
            worker.resume()


def _look(site: Site, sessions: Sessions, chance: random.Random) -> None:
    store = ModelStore(site.model_dir)
    newest = store.manifest(str(store.current_name()))
    with sessions.paused():
        for worker in site.server.workers():
            with site.server.only(worker):
                sessions.look(f"worker {worker.pid}", chance)
                ready = site.server.ask("/readyz").json
            if ready["model_built_at"] != newest["built_at"]:
                problem = f"worker {worker.pid} has {ready}, not the model of {newest['built_at']}"
                sessions.history.unexpected.append(problem)
