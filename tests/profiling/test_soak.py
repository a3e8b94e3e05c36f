"""The soak: every kind of request is sent and answered, and what must not be fails it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from profiling.servers import SampleRequests, copy_sqlite, server, settings
from profiling.soak import Soak, run
from profiling.soak_load import MixedLoad
from tests.conftest import World

KEY = "9f0c2f5e71b84d6aa3e7c1d2b4f60718"


def soaked(growth_mb: float = 0, **statuses: int) -> Soak:
    """A soak of a minute in which memory grew at the same rate throughout."""
    memory = [(float(second), 200 + growth_mb * second / 60) for second in range(60)]
    return Soak(60, memory=memory, statuses=Counter(dict.fromkeys(statuses.items(), 1)))


@pytest.mark.parametrize(
    ("soak", "failures"),
    [
        (soaked(), []),
        (soaked(6, save=200, hostile=0, import_=404), []),  # 6 MB in all, 4 of them after the warm-up
        (soaked(9), ["memory grew by more than 5 MB after the warm-up"]),
        (soaked(save=503), ["1 x save answered 503"]),
        (soaked(hostile=500), ["1 x hostile answered 500"]),
        (soaked(erase=0), ["1 x erase answered nothing"]),
    ],
)
def test_soak_fails_on_errors_and_on_growing_memory(soak: Soak, failures: list[str]) -> None:
    assert soak.failures == failures


def test_short_soak_sends_every_kind_without_a_5xx(world: World, tmp_path: Path) -> None:
    environ = settings(tmp_path, copy_sqlite(f"sqlite:///{world.database}", tmp_path / "soak.db"))
    environ |= {"MODEL_DIR": str(world.model_dir), "API_KEYS": f"admin:{KEY}"}
    load = MixedLoad(SampleRequests(environ), KEY, seed=7)
    with server(environ) as process:
        soak = run(process, int(environ["PORT"]), load, 4)
    answered: dict[str, set[int]] = {}
    for kind, status in soak.statuses:
        answered.setdefault(kind, set()).add(status)
    assert {(kind, status) for kind, status in soak.statuses if status >= 500} == set()
    assert soak.lost_workers == 0
    assert answered["hostile"] <= {0, 200, 400, 401, 404, 405, 413, 414, 415, 422}
    assert {200, 201, 204} <= set.union(*answered.values())
    assert len(answered) >= 14
    assert len(soak.memory) > 1
    assert all(megabytes > 10 for _, megabytes in soak.memory)
