"""A master that is killed: its workers leave the port, and the next master waits for that."""

from __future__ import annotations

import time
from pathlib import Path

import psutil
import pytest

from config import ConfigError
from gateway import orphans
from gateway.orphans import wait_for_orphans
from tests.conftest import World
from tests.faults.checks import wait_until
from tests.serving import servers
from tests.serving.servers import serving, settings
from tests.serving.test_server import copy_of


def left(process: psutil.Process) -> bool:
    """True for one that has ended, asked for by its parent or not."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_next_master_takes_over_from_a_killed_one(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = settings(*copy_of(world, tmp_path))
    with serving(environ, tmp_path / "log") as killed:
        workers = killed.workers()
        wait_for_orphans(killed.port)  # there are none
        for worker in workers:
            worker.suspend()
        master = psutil.Process(killed.pid)
        master.kill()
        wait_until(lambda: left(master), "it listens no more")
        monkeypatch.setattr(orphans, "WAIT_S", 0.3)
        with pytest.raises(ConfigError) as error:
            wait_for_orphans(killed.port)
        pids = " ".join(str(pid) for pid in sorted(worker.pid for worker in workers))
        assert str(error.value) == (
            f"PORT {killed.port} is kept by workers whose master is gone. Stop them: kill -9 {pids}"
        )
        for worker in workers:
            worker.resume()
        monkeypatch.setattr(servers, "free_port", lambda: killed.port)
        with serving(environ, tmp_path / "log") as server:
            assert server.port == killed.port
            assert server.ask("/healthz").status == 200
            assert not {worker.pid for worker in workers} & {worker.pid for worker in server.workers()}
        wait_until(lambda: all(left(worker) for worker in workers), "they have gone")


def test_workers_notice_soon_that_their_master_is_gone(world: World, tmp_path: Path) -> None:
    with serving(settings(*copy_of(world, tmp_path)), tmp_path / "log") as killed:
        workers = killed.workers()
        psutil.Process(killed.pid).kill()
        started = time.monotonic()
        wait_until(lambda: all(left(worker) for worker in workers), "they have gone")
        assert time.monotonic() - started < 10  # gunicorn's sync workers: 15 s
