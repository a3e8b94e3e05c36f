"""The Flink job as a process, to kill and start again, and the programs among its own tests."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from config import ROOT
from tests.streaming.jars import build_flink_job
from tests.streaming.kafka_broker import KafkaBroker
from tests.streaming.redis_server import RedisServer

JOB = ROOT / "events" / "flink"


class FlinkJob:
    """events/flink, and its checkpoints. See StreamConsumer."""

    checkpoint_seconds = 1

    def __init__(self, kafka: KafkaBroker, topic: str, redis_server: RedisServer, folder: Path) -> None:
        self._log = folder / "flink.log"
        self._environ = {
            **os.environ,
            "EVENT_LOG": f"kafka://{kafka.address}/{topic}",
            "RECENT_EVENTS": redis_server.url,
            "CHECKPOINTS": str(folder / "checkpoints"),
            "JAVA_FLAGS": "-XX:TieredStopAtLevel=1",  # it runs for seconds
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        build_flink_job()
        checkpoints = f"CHECKPOINT_SECONDS={self.checkpoint_seconds}"
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                ["sh", str(JOB / "run.sh"), checkpoints],
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
            self._process.wait(120)
            self._process = None


def run_java(name: str, stdin: bytes) -> bytes:
    """The output of a program among the job's tests."""
    build_flink_job()
    target = JOB / "target"
    path = f"{target}/classes:{target}/test-classes:{target}/lib/*:{target}/flink/*"
    command = ["java", "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", path, name]
    return subprocess.run(command, input=stdin, stdout=subprocess.PIPE, check=True).stdout
