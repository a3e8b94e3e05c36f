"""kill -9, at points that chance picks: of workers under load, of builders at work."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from contextlib import suppress

import psutil

from config import ROOT
from recommender.store import ModelStore
from tests.faults.checks import check_found, check_saved, wait_until_ready
from tests.faults.conftest import Place
from tests.faults.crowd import crowd
from tests.serving.servers import Server, build, serving

WORKER_KILLS, BUILDER_KILLS = 8, 6


def kill_a_worker(server: Server, chance: random.Random) -> None:
    time.sleep(chance.uniform(0.05, 0.5))
    with suppress(psutil.NoSuchProcess, IndexError):
        chance.choice(server.workers()).kill()


def test_whoever_was_acknowledged_survives_the_kill_of_the_worker_that_said_so(
    place: Place, chance: random.Random
) -> None:
    with serving(place.environ, place.log) as server:
        with crowd(server.port, chance) as many:
            for _ in range(WORKER_KILLS):
                kill_a_worker(server, chance)
            wait_until_ready(server)
        assert many.statuses == {0, 200}, "broken connections, and nothing else"
        check_saved(place.engine, many)
        check_found(server, many)
    assert "Traceback" not in place.log.read_text("utf-8")


def files_written(store: ModelStore) -> int:
    with suppress(FileNotFoundError):  # renamed or removed meanwhile
        return sum(len(list(folder.iterdir())) for folder in store.directory.glob("tmp-*"))
    return 0


def kill_a_builder(place: Place, store: ModelStore, chance: random.Random, usual_s: float) -> str:
    """Start a build and kill it, by the clock or when it has written so many files."""
    command = [sys.executable, "scripts/build_index.py", "--no-memory", "--force"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=place.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    started, seconds, files = time.monotonic(), chance.uniform(0, 1.2 * usual_s), chance.randrange(40)
    by_clock = chance.random() < 0.5
    while process.poll() is None:
        if time.monotonic() - started > seconds if by_clock else files_written(store) > files:
            process.kill()
        time.sleep(0.001)
    point = f"{seconds:.2f} s" if by_clock else f"{files} files"
    return f"{point}: exit code {process.returncode}"


def test_whenever_a_builder_is_killed_the_published_model_is_whole_and_the_next_build_works(
    place: Place, chance: random.Random
) -> None:
    store = place.store
    started = time.monotonic()
    build(place.environ, "--force")
    usual_s = time.monotonic() - started
    for _ in range(BUILDER_KILLS):
        point = kill_a_builder(place, store, chance, usual_s)
        sys.stdout.write(f"{point}\n")
        name = store.current_name()
        assert name is not None, point
        store.load_version(name)
    assert "Published" in build(place.environ, "--force")
    left = {path.name for path in store.directory.iterdir()}
    assert left == {"CURRENT", ".lock", *store.names()}
    assert store.load().name == store.current_name() == store.names()[0]
