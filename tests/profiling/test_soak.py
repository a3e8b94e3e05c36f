"""The soak: every kind of request is sent and answered, and what must not be fails it."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from profiling.servers import SampleRequests, copy_sqlite, server, settings
from profiling.soak import Memory, Soak, run
from profiling.soak_load import MixedLoad
from tests.conftest import World

GREW = ["memory grew by more than 5 MB after the warm-up"]
KEY = "9f0c2f5e71b84d6aa3e7c1d2b4f60718"


def soaked(growth_mb: float = 0, *, kind: str = "anonymous", **statuses: int) -> Soak:
    """A soak of a minute in which memory of a kind grew at the same rate throughout."""
    memory = [(float(second), Memory(**{kind: 200 + growth_mb * second / 60})) for second in range(60)]
    return Soak(60, memory=memory, statuses=Counter(dict.fromkeys(statuses.items(), 1)))


@pytest.mark.parametrize(
    ("soak", "failures"),
    [
        (soaked(), []),
        (soaked(6, save=200, hostile=0, import_=404), []),  # 6 MB in all, 4 of them after the warm-up
        (soaked(9), GREW),
        (soaked(9, kind="files"), GREW),
        (soaked(9, kind="libraries"), GREW),
        (soaked(9, kind="pss"), []),  # another program that mapped the same libraries has ended
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
    answered: dict[str, set[int]] = {}
    deadline = time.monotonic() + 120
    with server(environ) as process:
        while len(answered) < 14 or not {200, 201, 204} <= set.union(*answered.values()):
            assert time.monotonic() < deadline, answered
            soak = run(process, int(environ["PORT"]), load, 2, world.model_dir)
            for kind, status in soak.statuses:
                answered.setdefault(kind, set()).add(status)
            assert soak.lost_workers == 0
            assert len(soak.memory) > 1
            for _, memory in soak.memory:
                assert memory.anonymous + memory.files < memory.pss < memory.total
                assert memory.anonymous > 10
                assert 0 < memory.files < 10
    assert {status for statuses in answered.values() for status in statuses if status >= 500} == set()
    assert answered["hostile"] <= {0, 200, 400, 401, 404, 405, 413, 414, 415, 422}
