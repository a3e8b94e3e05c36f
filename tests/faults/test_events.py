"""Events while workers are killed and disks are full: those accepted are in the log, and pages go on."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import Engine, select

from db.models import StoredEvent
from serving.events import utc_now
from tests.faults.conftest import Place, new_place
from tests.faults.crowd import titles_of
from tests.faults.disk import MEGABYTE, filled, small_disk
from tests.faults.test_killed import kill_a_worker
from tests.serving.servers import Answer, Server, serving

SENDERS, WORKER_KILLS = 4, 4
PAGE = "/api/v1/recommendations"


def batch(chance: random.Random) -> list[dict[str, object]]:
    session = str(uuid4())
    return [
        {
            "event_id": str(uuid4()),
            "kind": "click",
            "anime_id": chance.choice(titles_of(0)),
            "happened_at": f"{utc_now().isoformat()}Z",
            "session_id": session,
        }
        for _ in range(chance.randint(1, 20))
    ]


def send(server: Server, events: list[dict[str, object]]) -> Answer | None:
    """None: no answer came."""
    try:
        return server.ask("/api/v1/events", {"events": events})
    except (HTTPException, OSError):
        return None


@contextmanager
def sending(server: Server, chance: random.Random) -> Iterator[set[UUID]]:
    """Events are sent inside, some of them twice; the ids of those accepted."""
    accepted: set[UUID] = set()
    over = threading.Event()

    def one(seed: int) -> None:
        own = random.Random(seed)  # noqa: S311 - not a secret
        while not over.is_set():
            events = batch(own)
            for _ in range(own.choice((1, 1, 2))):
                answer = send(server, own.sample(events, len(events)))
                if answer is not None:
                    assert answer.status == 202, answer.body
                    assert answer.json["refused"] == []
                    accepted.update(UUID(str(event["event_id"])) for event in events)

    with ThreadPoolExecutor(SENDERS) as pool:
        senders = [pool.submit(one, chance.getrandbits(32)) for _ in range(SENDERS)]
        try:
            yield accepted
        finally:
            over.set()
        for sender in senders:
            sender.result()


def stored(engine: Engine) -> set[UUID]:
    with engine.connect() as connection:
        return set(connection.execute(select(StoredEvent.event_id)).scalars())


def test_accepted_event_survives_the_kill_of_the_worker(place: Place, chance: random.Random) -> None:
    with serving(place.environ, place.log) as server, sending(server, chance) as accepted:
        for _ in range(4):
            before = len(accepted)
            while len(accepted) < before + 40:
                pass
            kill_a_worker(server, chance)
    assert accepted <= stored(place.engine)


def test_full_disk_refuses_events_and_loses_none(tmp_path: Path, chance: random.Random) -> None:
    with (
        small_disk(8 * MEGABYTE) as disk,
        new_place(f"sqlite:///{disk / 'anime.db'}", tmp_path) as place,
        serving(place.environ, place.log) as server,
    ):
        first, accepted = batch(chance), 0
        assert server.ask("/api/v1/events", {"events": first}).status == 202
        with filled(disk):
            answers = [server.ask("/api/v1/events", {"events": batch(chance)}) for _ in range(200)]
            full = [answer for answer in answers if answer.status != 202]
            assert {answer.status for answer in full} == {503}
            assert all(answer.headers["Retry-After"] for answer in full)
            accepted = sum(answer.json["accepted"] for answer in answers if answer.status == 202)
            leaning = {"ratings": [{"anime_id": titles_of(0)[0]}], "session_id": first[0]["session_id"]}
            assert server.ask(PAGE, leaning).status == 200
        assert server.ask("/api/v1/events", {"events": batch(chance)}).status == 202
        assert {UUID(str(event["event_id"])) for event in first} <= stored(place.engine)
        assert len(stored(place.engine)) > len(first) + accepted
