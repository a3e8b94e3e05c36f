"""Somebody else holds the lock that every write needs: writes wait a while, then it is 503; reads go on."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from db.engine import write_transaction
from db.revisions import take_revision
from sqlalchemy import text
from tests.faults.checks import saved_lists
from tests.faults.conftest import Place
from tests.faults.crowd import NEWCOMERS, WATCHERS, person, titles_of
from tests.serving.servers import serving

LATE, NEXT = NEWCOMERS[0], NEWCOMERS[1]
LIST = dict.fromkeys(titles_of(0), 9)
SIMILAR = f"/api/v1/users/{WATCHERS}/similar?n=100"


def test_a_database_locked_for_long_is_503_for_who_writes_and_nothing_for_who_reads(place: Place) -> None:
    with serving(place.environ, place.log) as server, ThreadPoolExecutor() as pool:
        with write_transaction(place.engine) as connection:
            take_revision(connection)
            started = time.monotonic()
            writing = pool.submit(server.ask, "/users/recommendations", person(NEXT, LIST))
            while not writing.done():
                assert server.ask(SIMILAR).status == 200
                assert server.ask("/readyz").status == 200
            print(time.monotonic() - started)
        answer = writing.result()
        assert (answer.status, answer.headers["Content-Type"]) == (503, "application/problem+json")
        assert answer.headers["Retry-After"] == "5"
        assert saved_lists(place.engine) == {}
        assert server.ask("/users/recommendations", person(NEXT, LIST)).status == 200
    assert saved_lists(place.engine) == {NEXT: LIST}
