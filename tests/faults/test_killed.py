"""kill -9, at points that chance picks: of workers under load, of builders at work."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from contextlib import suppress
from itertools import islice

from config import ROOT
from recommender.artifacts.store import ModelStore
from tests.faults.checks import check_found, check_saved, wait_until_ready
from tests.faults.conftest import Place
from tests.faults.crowd import crowd
from tests.serving.servers import Server, build, serving

WORKER_KILLS, BUILDER_KILLS = 8, 5
STAGES, FILES = 13, 80  # of a build, at least


def kill_a_worker(server: Server, chance: random.Random) -> None:
    time.sleep(chance.uniform(0.05, 0.4))
    worker = chance.choice(server.workers())
    worker.kill()
    worker.wait(10)  # until gunicorn has noticed


def test_acknowledged_user_survives_the_kill_of_the_worker(place: Place, chance: random.Random) -> None:
    with serving(place.environ, place.log) as server:
        with crowd(server.port, chance) as many:
            for _ in range(WORKER_KILLS):
                kill_a_worker(server, chance)
            wait_until_ready(server)
        assert many.statuses <= {0, 200}  # 0: the connection broke
        check_saved(place.engine, many)
        check_found(server, many)
    assert "Traceback" not in place.log.read_text("utf-8")


def kill_a_builder(place: Place, chance: random.Random) -> str:
    """Start a build and kill it when it begins a stage, or has written so many files; say when."""
    command = [sys.executable, "scripts/build_index.py", "--no-memory", "--force"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=place.environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr
    if chance.random() < 0.5:
        when = f"stage {(stage := chance.randrange(STAGES))}"
        stages = (line for line in process.stderr if line.startswith("…"))
        next(islice(stages, stage, None))
    else:
        when = f"{(files := chance.randrange(FILES))} files"
        while process.poll() is None and files_written(place.store) < files:
            time.sleep(0.001)
    process.kill()
    process.stderr.close()
    process.wait()
    return f"killed at {when}: exit code {process.returncode}\n"


def files_written(store: ModelStore) -> int:
    """The number of files written so far of a version in progress."""
    with suppress(FileNotFoundError):  # renamed or removed meanwhile
        return sum(len(list(folder.iterdir())) for folder in store.directory.glob("tmp-*"))
    return 0


def test_killed_builder_leaves_a_whole_model_and_can_rebuild(place: Place, chance: random.Random) -> None:
    store = place.store
    for _ in range(BUILDER_KILLS):
        sys.stdout.write(kill_a_builder(place, chance))
        name = store.current_name()
        assert name is not None
        store.load_version(name)
    assert "Published" in build(place.environ, "--force")
    assert {path.name for path in store.directory.iterdir()} == {"CURRENT", *store.names()}
    assert store.load().name == store.current_name() == store.names()[0]
