"""Power cuts: SQLite keeps every acknowledged write, and the model directory a whole version."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from domain.ranges import PROFILE_IDS
from recommender.artifacts.store import ModelStore
from tests.databases import engine_over
from tests.faults.checks import saved_lists, wait_until
from tests.faults.conftest import Place, new_place
from tests.faults.histories.checker import problems
from tests.faults.histories.history import History, Outcome, Write
from tests.faults.histories.sessions import FIRST_USER, Endpoint, Sessions
from tests.faults.histories.site import Site
from tests.faults.power.conftest import Recording
from tests.faults.power.disk import Disk
from tests.faults.processes import kill
from tests.serving.servers import build

CUTS_OF_A_DATABASE, CUTS_OF_A_STORE, WRITES, VERSIONS = 200, 60, 150, 2
COUNTING = """
import os, sqlite3, sys
folder, record, synchronous = sys.argv[1:]
database = sqlite3.connect(f"{folder}/numbers.db", isolation_level=None)
database.execute("PRAGMA journal_mode=WAL")
database.execute(f"PRAGMA synchronous={synchronous}")
database.execute("CREATE TABLE IF NOT EXISTS numbers (number INTEGER)")
for number in range(1, 101):
    database.execute("INSERT INTO numbers VALUES (?)", [number])
    print(os.stat(record).st_size)
"""


def until(cut: int, history: History) -> History:
    """The writes that had begun when the power failed; those that had no answer yet may be lost."""
    begun = [write for write in history.writes if write.started < cut]
    return History(
        [write if write.ended <= cut else replace(write, outcome=_unanswered(write)) for write in begun]
    )


def _unanswered(write: Write) -> Outcome:
    return Outcome.REFUSED if write.outcome is Outcome.REFUSED else Outcome.UNKNOWN


def use(place: Place, recording: Recording, chance: random.Random) -> History:
    """Let sessions use a server whose changes are recorded, and kill its workers once meanwhile."""
    place.environ.update(recording.environ)
    site = Site(place, None)
    sessions = Sessions(Endpoint(site.port, site.key, recording.now), chance)
    with site.running(), sessions.running():
        wait_until(lambda: len(sessions.history.writes) > WRITES, "there are many writes", 60)
        kill(site.server.workers())
        wait_until(lambda: len(sessions.history.writes) > 2 * WRITES, "there are twice as many", 60)
    return sessions.history


def count_lost(recording: Recording, chance: random.Random, synchronous: str) -> int:
    """In how many of many power cuts a database with this setting loses a number that it had committed."""
    disk = Disk(recording.folder)
    command = [sys.executable, "-c", COUNTING, str(recording.folder), str(recording.record), synchronous]
    environ = {**os.environ, **recording.environ}
    output = subprocess.run(command, env=environ, check=True, capture_output=True, text=True).stdout
    committed = [int(line) for line in output.split()]
    lost = 0
    for cut, left in recording.power_cuts(disk, CUTS_OF_A_DATABASE, chance):
        numbers = sum(acknowledged <= cut for acknowledged in committed)
        lost += bool(numbers) and newest_number(left / "numbers.db") < numbers
    return lost


def newest_number(path: Path) -> int:
    """The last number that is left; 0 for none, or where the file is no database any more."""
    with closing(sqlite3.connect(path)) as database:
        try:
            return int(database.execute("SELECT max(number) FROM numbers").fetchone()[0] or 0)
        except sqlite3.DatabaseError:
            return 0


def test_power_cut_shows_whether_sqlite_syncs(recording: Recording, chance: random.Random) -> None:
    assert count_lost(recording, chance, "FULL") == 0
    recording.record.unlink()
    recording.record.touch()
    for file in recording.folder.iterdir():
        file.unlink()
    assert count_lost(recording, chance, "OFF") > CUTS_OF_A_DATABASE / 10


def test_power_cut_loses_no_acknowledged_write(
    recording: Recording, tmp_path: Path, chance: random.Random
) -> None:
    with new_place(f"sqlite:///{recording.folder / 'anime.db'}", tmp_path) as place:
        disk = Disk(recording.folder)
        history = use(place, recording, chance)
    for cut, left in recording.power_cuts(disk, CUTS_OF_A_DATABASE, chance):
        begun = until(cut, history)
        with engine_over(f"sqlite:///{left / 'anime.db'}") as engine:
            begun.stored = saved_lists(engine, range(FIRST_USER, PROFILE_IDS.stop))
            with engine.connect() as connection:
                assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert problems(begun) == [], f"the power failed at {cut}"


def test_power_cut_leaves_a_whole_model(
    recording: Recording, sqlite_place: Place, chance: random.Random
) -> None:
    store = ModelStore(recording.folder / "models")
    environ = {**sqlite_place.environ, **recording.environ, "MODEL_DIR": str(store.root)}
    disk, published = Disk(recording.folder), dict[int, str]()
    for _ in range(VERSIONS):
        build(environ, "--force")
        published[recording.now()] = str(store.current_name())
    for cut, left in recording.power_cuts(disk, CUTS_OF_A_STORE, chance):
        newest = [name for position, name in published.items() if position <= cut]
        name = ModelStore(left / "models").current_name()
        assert name is not None or not newest, f"the power failed at {cut}: nothing is left of {newest}"
        if name:
            assert name >= max(newest, default=""), f"the power failed at {cut}"
            ModelStore(left / "models").load_version(name)
