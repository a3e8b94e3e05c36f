#!/usr/bin/env python3
"""The cost of half-sent requests to everybody else, with gunicorn's sync workers and with ours, in one run.

Works on the folder of profiling/benchmark.py (--folder). For each kind of worker in turn: throughput by wrk;
then half-sent requests are opened (half of them stop in their headers, half in their bodies) and /healthz is
asked, alone and under the load of wrk.
"""

from __future__ import annotations

import argparse
import http.client
import socket
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from rich.console import Console

from profiling.load import load
from profiling.servers import (
    MakeRequest,
    SampleRequests,
    folder_parser,
    proportional_memory,
    server,
    settings,
)
from recommender.models.registry import DEFAULT_ALGORITHM

WORKERS = {"sync": ("--worker-class", "sync"), "ours": ()}
HEAD = b"POST /api/v1/recommendations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
HALVES = (HEAD, HEAD + b'Content-Length: 100\r\n\r\n{"ratings"')
TIMEOUT_S = 5.0
PROBES = 20

console = Console()


def main(argv: list[str] | None = None) -> int:
    """Measure and print both kinds of worker, round after round."""
    parser = folder_parser(__doc__)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--slow", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args(argv)
    for _ in range(arguments.rounds):
        for name, options in WORKERS.items():
            environ = settings(arguments.folder, arguments.database_url)
            samples = SampleRequests(environ)
            make_request = samples.for_list(DEFAULT_ALGORITHM, samples.favorites)
            port = int(environ["PORT"])
            with server(environ, *options) as process, ExitStack() as slow:
                alone = load(str(port), make_request, arguments.seconds, arguments.connections)
                memory = proportional_memory(process)
                slow.enter_context(_half_sent(port, arguments.slow))
                idle = [_health_ms(port) for _ in range(PROBES if name == "ours" else 1)]
                facts = [_describe("alone", alone), f"{memory:.0f} MB", f"/healthz {_spread(idle)}"]
                if name == "ours":  # sync workers answer nothing more
                    busy, beside = _health_beside_load(port, make_request, arguments)
                    facts += [_describe("with slow clients", beside), f"/healthz {_spread(busy)}"]
                    facts.append(f"{proportional_memory(process):.0f} MB")
            console.print(f"{name}: {'; '.join(facts)}", highlight=False)
    return 0


@contextmanager
def _half_sent(port: int, count: int) -> Iterator[None]:
    """Requests that stop half way, opened again whenever the server has closed them."""
    done = threading.Event()
    opened = threading.Semaphore(0)

    def hold(half: bytes) -> None:
        while not done.is_set():
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.sendall(half)
                opened.release()
                connection.settimeout(0.5)
                while not done.is_set():
                    try:
                        if not connection.recv(4_096):
                            break
                    except TimeoutError:
                        continue
                    except OSError:
                        break

    threads = [threading.Thread(target=hold, args=(HALVES[n % 2],)) for n in range(count)]
    for thread in threads:
        thread.start()
    for _ in threads:
        opened.acquire()
    try:
        yield
    finally:
        done.set()
        for thread in threads:
            thread.join()


def _health_ms(port: int) -> float:
    """Milliseconds until /healthz has answered; infinite where it does not in time."""
    started = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse().read()
    except OSError:
        return float("inf")
    finally:
        connection.close()
    return (time.perf_counter() - started) * 1_000


def _health_beside_load(
    port: int, make_request: MakeRequest, arguments: argparse.Namespace
) -> tuple[list[float], dict[str, float]]:
    """The times of /healthz under load, and the figures of the load."""
    found: list[float] = []
    done = threading.Event()

    def probe() -> None:
        while not done.wait(0.2):
            found.append(_health_ms(port))

    thread = threading.Thread(target=probe)
    thread.start()
    try:
        beside = load(str(port), make_request, arguments.seconds, arguments.connections)
    finally:
        done.set()
        thread.join()
    return found, beside


def _describe(when: str, result: dict[str, float]) -> str:
    rate = result["requests"] / result["seconds"]
    errors = f"{result['errors']:.0f} errors"
    return f"{when} {rate:.0f} requests/s, p50 {result['p50']:.0f} ms, p99 {result['p99']:.0f} ms, {errors}"


def _spread(times: list[float]) -> str:
    return f"median {statistics.median(times):.1f} ms, at most {max(times):.1f} ms"


if __name__ == "__main__":
    sys.exit(main())
