"""Many at once, while one model after the other is published: nobody is lost, no request fails."""

from __future__ import annotations

import random
import time
from functools import partial

from tests.faults.checks import check_found, check_saved, versions_in_service, wait_until
from tests.faults.conftest import Place
from tests.faults.crowd import FIRST_TITLE, SAVING, crowd, person
from tests.serving.servers import WORKERS, Server, build, serving


def test_publishing_under_load_loses_no_user_and_no_request(place: Place, chance: random.Random) -> None:
    published: dict[str, float] = {}
    with serving(place.environ, place.log) as server:
        with crowd(server.port, chance) as many:
            for number in (2, 3):
                assert f"Published v000{number}" in build(place.environ, "--force")
                published[f"v000{number}"] = time.monotonic()
                everywhere = [number] * WORKERS
                wait_until(partial(serve, server, everywhere), f"every worker answers from {number}", 5)
        assert many.statuses == {200}
        for told in many.told:
            due = [name for name, at in published.items() if at < told.started]
            assert told.model is None or told.model >= max(due, default="")
        check_saved(place.engine, many)
        check_found(server, many)
        again = person(min(many.acknowledged), {FIRST_TITLE: 9})
        assert len({answer.body for answer in server.ask_each(SAVING, again)}) == 1
    assert "Traceback" not in place.log.read_text("utf-8")


def serve(server: Server, versions: list[int]) -> bool:
    """True where the workers answer from these versions."""
    return versions_in_service(server) == versions
