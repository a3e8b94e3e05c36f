"""Many at once, while one model after the other is published: nobody is lost, no request fails."""

from __future__ import annotations

import random
import time

from tests.faults.checks import check_found, check_saved, wait_until
from tests.faults.conftest import Place
from tests.faults.crowd import crowd
from tests.serving.servers import build, serving


def test_nobody_is_lost_and_no_request_fails_while_models_are_published(
    place: Place, chance: random.Random
) -> None:
    published: dict[str, float] = {}
    with serving(place.environ, place.log) as server:
        with crowd(server.port, chance) as many:
            for name in ("v0002", "v0003", "v0004"):
                assert f"Published {name}" in build(place.environ, "--force")
                published[name] = time.monotonic()

                def in_service(name: str = name) -> bool:
                    return {answer.json["model_version"] for answer in server.ask_each("/readyz")} == {name}

                wait_until(in_service, f"every worker answers from {name}", 5)
        assert many.statuses() == {200}
        for told in many.told:
            due = [name for name, at in published.items() if at < told.started]
            if told.model and due:
                assert told.model >= max(due)
        check_saved(place.engine, many)
        check_found(server, many)
    with serving(place.environ, place.log) as server:
        check_found(server, many)
    import sys

    sys.stderr.write(f"{len(many.told)} {len(many.acknowledged)}\n")
    assert "Traceback" not in place.log.read_text("utf-8")
