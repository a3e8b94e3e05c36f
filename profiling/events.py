#!/usr/bin/env python3
"""Events on a real server: how many a second, how soon they are seen, what they cost answers and memory.

Works on a copy of the database in the folder of profiling/benchmark.py (--folder). EVENT_LOG and
RECENT_EVENTS of the environment apply.
"""

from __future__ import annotations

import http.client
import itertools
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from rich.console import Console

from profiling.servers import (
    Ratings,
    SampleRequests,
    copy_sqlite,
    folder_parser,
    proportional_memory,
    send,
    server,
    settings,
)
from recommender.models.registry import DEFAULT_ALGORITHM

BATCH = 20  # events of a request, where throughput is measured
EVENTS_PER_S, PAGES_PER_S, PROBES_PER_S = 200, 50, 5  # of the load beside which events are looked for
CLIENTS = 4  # of each kind, of that load
CLICKS = 10  # of a session whose pages are timed
SEEN_LIMIT_S = 30

console = Console(highlight=False, soft_wrap=True)


def main(argv: list[str] | None = None) -> int:
    """Measure and print, round after round."""
    parser = folder_parser(__doc__)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batch", type=int, default=1, help="events of a request of the mixed load")
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as temporary:
        stored = arguments.database_url or settings(arguments.folder)["DATABASE_URL"]
        copied = stored if arguments.database_url else copy_sqlite(stored, Path(temporary) / "events.db")
        environ = settings(arguments.folder, copied)
        samples = SampleRequests(environ)
        bench = _Bench(int(environ["PORT"]), samples)
        for _ in range(arguments.rounds):
            with server(environ) as process:
                bench.pages(2_000)
                before = proportional_memory(process)
                console.print(bench.cost("5 favorites", samples.favorites))
                console.print(bench.cost("history of 90", samples.history))
                console.print(bench.seen(arguments.seconds, arguments.batch))
                console.print(bench.throughput(arguments.seconds, arguments.clients))
                console.print(
                    f"memory: {before:.0f} MB without events, {proportional_memory(process):.0f} after"
                )
    return 0


class _Bench:
    """The measurements of one server."""

    def __init__(self, port: int, samples: SampleRequests) -> None:
        self._port, self._samples = port, samples
        self._random = random.Random(7)  # noqa: S311 - chooses titles, nothing secret
        self._popular = [title.anime_id for title in samples.titles[:1_000]]

    def pages(self, count: int) -> None:
        """Pages without events."""
        lists = self._samples.favorites, self._samples.history
        for number in range(count):
            send(self._port, self._samples.for_list(DEFAULT_ALGORITHM, lists[number % 2])())

    def cost(self, what: str, ratings: Callable[[], Ratings], pages: int = 300) -> str:
        """Pages with and without a session in turn, over one connection."""
        times: dict[bool, list[float]] = {False: [], True: []}
        with _connection(self._port) as connection:
            for _ in range(pages):
                session, body = uuid4(), {"ratings": ratings()}
                self._wait(connection, session, CLICKS)
                for leaning in self._random.sample((False, True), 2):
                    of_session = {"session_id": str(session)} if leaning else {}
                    started = time.perf_counter()
                    _answer(connection, "/api/v1/recommendations", body | of_session)
                    times[leaning].append((time.perf_counter() - started) * 1_000)
        without, with_session = statistics.median(times[False]), statistics.median(times[True])
        return (
            f"{what}: p50 {without:.2f} ms; with a session of {CLICKS} clicks {with_session:.2f} ms, "
            f"{with_session / without:.2f} times as long"
        )

    def seen(self, seconds: int, batch: int) -> str:
        """From the answer to an event until a page has changed by it, beside the load."""
        answers: list[float] = []
        late = itertools.count()
        with ThreadPoolExecutor(2 * CLIENTS) as pool, _connection(self._port) as connection:
            load = [
                (EVENTS_PER_S / batch / CLIENTS, self._some_events, batch, []),
                (PAGES_PER_S / CLIENTS, self._page, 1, answers),
            ]
            clients = [
                pool.submit(self._paced, per_s, seconds, ask, size, times, late)
                for per_s, ask, size, times in load * CLIENTS
            ]
            waits = [self._wait(connection, uuid4()) for _ in _ticks(PROBES_PER_S, seconds)]
            for client in clients:
                client.result()
        return (
            f"a page has changed after {_spread(waits)}, beside {EVENTS_PER_S} events/s in requests of "
            f"{batch} and {PAGES_PER_S} pages/s ({_spread(answers)}; {next(late)} requests were late)"
        )

    def throughput(self, seconds: int, clients: int) -> str:
        """Events in large requests, as fast as they are taken in."""
        until = time.monotonic() + seconds

        def one(_: int) -> int:
            accepted = 0
            with _connection(self._port) as connection:
                while time.monotonic() < until:
                    accepted += self._some_events(connection, BATCH)["accepted"]
            return accepted

        started = time.monotonic()
        with ThreadPoolExecutor(clients) as pool:
            accepted = sum(pool.map(one, range(clients)))
        rate = accepted / (time.monotonic() - started)
        return f"{rate:,.0f} events/s in requests of {BATCH}, {clients} clients"

    def _paced(
        self,
        per_s: float,
        seconds: int,
        ask: Callable[[http.client.HTTPConnection, int], Any],
        batch: int,
        times: list[float],
        late: Iterator[int],
    ) -> None:
        """Ask so often; those that begin over a second late are counted."""
        with _connection(self._port) as connection:
            for behind in _ticks(per_s, seconds):
                started = time.perf_counter()
                ask(connection, batch)
                times.append((time.perf_counter() - started) * 1_000)
                if behind > 1:
                    next(late)

    def _some_events(self, connection: http.client.HTTPConnection, batch: int) -> Any:
        session = uuid4()
        kinds = self._random.choices(("impression", "click", "view"), (6, 3, 1), k=batch)
        return _answer(
            connection, "/api/v1/events", {"events": [self._event(session, kind) for kind in kinds]}
        )

    def _page(self, connection: http.client.HTTPConnection, _: int) -> Any:
        return _answer(connection, "/api/v1/recommendations", {"ratings": self._samples.favorites()})

    def _event(self, session: UUID, kind: str) -> dict[str, Any]:
        return {
            "event_id": str(uuid4()),
            "kind": kind,
            "anime_id": self._random.choice(self._popular),
            "happened_at": datetime.now(UTC).isoformat(),
            "session_id": str(session),
        }

    def _wait(self, connection: http.client.HTTPConnection, session: UUID, clicks: int = 0) -> float:
        """Dismiss the first title of a page, and click some; milliseconds until the page is without it."""
        page = {"ratings": self._samples.favorites(), "limit": 1}
        dismissed = _answer(connection, "/api/v1/recommendations", page)["items"][0]["anime_id"]
        events = [self._event(session, "click") for _ in range(clicks)]
        events.append(self._event(session, "dismiss") | {"anime_id": dismissed})
        _answer(connection, "/api/v1/events", {"events": events})
        started = time.perf_counter()
        while time.perf_counter() - started < SEEN_LIMIT_S:
            found = _answer(connection, "/api/v1/recommendations", page | {"session_id": str(session)})
            if found["items"][0]["anime_id"] != dismissed:
                return (time.perf_counter() - started) * 1_000
            time.sleep(0.002)
        raise SystemExit(f"an accepted event was not seen within {SEEN_LIMIT_S} s")


def _ticks(per_s: float, seconds: int) -> Iterator[float]:
    """At an even pace, how many seconds each tick is late."""
    begun = time.monotonic()
    for number in range(int(per_s * seconds)):
        due = begun + number / per_s
        time.sleep(max(due - time.monotonic(), 0))
        yield max(time.monotonic() - due, 0)


def _answer(connection: http.client.HTTPConnection, path: str, body: dict[str, Any]) -> Any:
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    response = connection.getresponse()
    text = response.read()
    if response.status not in (200, 202):
        raise SystemExit(f"{path} answered {response.status}: {text[:300]!r}")
    return json.loads(text)


@contextmanager
def _connection(port: int) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        yield connection
    finally:
        connection.close()


def _spread(times: list[float]) -> str:
    p50, p99 = statistics.median(times), sorted(times)[int(len(times) * 0.99)]
    return f"p50 {p50:.1f} ms, p99 {p99:.1f} ms"


if __name__ == "__main__":
    sys.exit(main())
