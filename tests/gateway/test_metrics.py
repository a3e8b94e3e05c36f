"""Metrics that workers share: no count is lost with a worker, and there is no disk that could fill up."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, values
from prometheus_client.parser import text_string_to_metric_families

from gateway import metrics
from tests.conftest import World
from tests.faults.checks import wait_until, wait_until_ready
from tests.serving.servers import Server, serving, settings
from tests.serving.test_server import copy_of

KILLS = 8
ROUTE = "/api/v1/algorithms"


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> list[metrics.Slot]:
    """Two slots, as of two workers."""
    monkeypatch.setattr(values, "ValueClass", values.ValueClass)
    monkeypatch.setattr(metrics, "_slots", [])
    monkeypatch.setattr(metrics, "_current", metrics.Slot())
    monkeypatch.setattr(metrics, "_known", [])
    metrics.share(1)
    return metrics._slots


def samples(text: bytes) -> dict[tuple[str, ...], float]:
    """(name, label values, by the names of the labels…) -> value."""
    families = text_string_to_metric_families(text.decode())
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def scrape() -> dict[tuple[str, ...], float]:
    return samples(generate_latest(metrics.registry()))


def test_counts_are_summed_and_outlive_their_worker(shared: list[metrics.Slot]) -> None:
    here = CollectorRegistry()
    plain, labeled = Counter("plain", "x", registry=here), Counter("labeled", "x", ["kind"], registry=here)
    seconds = Histogram("seconds", "x", ["route"], buckets=(1, 2), registry=here)
    for slot in shared * 2:  # each worker is replaced once
        metrics.enter(slot)
        labeled.labels("ü " * 5).inc(2)
        seconds.labels("a").observe(1.5)
        slot.pid = 0
    found = scrape()
    assert found["plain_total",] == 0
    assert found["labeled_total", "ü " * 5] == 8
    assert [found["seconds_bucket", bound, "a"] for bound in ("1.0", "2.0", "+Inf")] == [0, 4, 4]
    assert (found["seconds_count", "a"], found["seconds_sum", "a"]) == (4, 6)
    plain.inc()
    assert scrape()["plain_total",] == 1


def test_gauges_are_of_the_worker_that_lives(shared: list[metrics.Slot]) -> None:
    gauge = Gauge("version", "x", registry=CollectorRegistry())
    slot = metrics.free_slot([])
    metrics.enter(slot)
    gauge.set(7)
    assert scrape() == {("version", str(os.getpid())): 7}
    slot.pid = 0
    assert scrape() == {}
    metrics.enter(slot)
    assert scrape() == {("version", str(os.getpid())): 0}


def test_full_memory_costs_further_metrics_only(shared: list[metrics.Slot]) -> None:
    counter = Counter("many", "x", ["kind"], registry=CollectorRegistry())
    metrics.enter(metrics.free_slot([]))
    for number in range(metrics.SLOT_BYTES // 64):
        counter.labels(f"{number}").inc()
    found = scrape()
    assert 5_000 < len(found) < metrics.SLOT_BYTES // 64
    counter.labels("0").inc()
    assert scrape() == {**found, ("many_total", "0"): 2}


def test_more_workers_than_planned_have_slots(shared: list[metrics.Slot]) -> None:
    used: list[metrics.Slot] = []
    for _ in range(5):
        used.append(metrics.free_slot(used))
    assert len(set(used)) == 5


def counted(server: Server) -> float:
    found = samples(server.ask("/metrics").body)
    return found["anime_http_request_duration_seconds_count", "GET", ROUTE, "200"]


def test_killed_workers_take_no_counts_with_them(world: World, tmp_path: Path) -> None:
    environ = settings(*copy_of(world, tmp_path), {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "missing")})
    with serving(environ, tmp_path / "log") as server:
        server.ask_each(ROUTE, times=2)
        expected = counted(server)
        assert expected == 4
        for _ in range(KILLS):
            worker = server.workers()[0]
            worker.kill()
            wait_until(lambda gone=worker: gone not in server.workers(), "it is replaced")
            wait_until_ready(server)
            assert counted(server) == expected
            server.ask(ROUTE)
            expected += 1
        assert counted(server) == expected
        mapped = {file.path for worker in server.workers() for file in worker.memory_maps()}
        assert not [path for path in mapped if "anime-metrics" in path]
        assert not (tmp_path / "missing").exists()
