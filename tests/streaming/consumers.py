"""The consumers of the topic of events, to start, stop and kill: one suite holds for all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Protocol

from config import ROOT
from tests.serving.servers import settings
from tests.streaming.flink_job import FlinkJob
from tests.streaming.kafka_broker import KafkaBroker
from tests.streaming.redis_server import RedisServer


class StreamConsumer(Protocol):
    """Publishes in Redis what actors did lately. Made for one topic, started any number of times."""

    def __init__(self, kafka: KafkaBroker, topic: str, redis_server: RedisServer, folder: Path) -> None: ...

    def start(self) -> None:
        """Start it, with what it has kept of its earlier lives."""
        ...

    def kill(self) -> None:
        """Kill -9."""
        ...

    def stop(self) -> None:
        """As a process manager does."""
        ...


class PythonConsumer:
    """scripts/consume_events.py. See StreamConsumer."""

    def __init__(self, kafka: KafkaBroker, topic: str, redis_server: RedisServer, folder: Path) -> None:
        addresses = {
            "EVENT_LOG": f"kafka://{kafka.address}/{topic}",
            "RECENT_EVENTS": redis_server.url,
        }
        self._environ = settings("sqlite:///unused.db", folder, addresses)
        self._log = folder / "consumer.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "scripts/consume_events.py", "--name", "one"],
                cwd=ROOT,
                env=self._environ,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            assert self._process.wait(120) == 0, self._log.read_text("utf-8")
            self._process = None


CONSUMERS: dict[str, type[StreamConsumer]] = {"python": PythonConsumer, "flink": FlinkJob}
