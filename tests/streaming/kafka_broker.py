"""A real Kafka of one node, to kill, freeze and start again on the same data."""

from __future__ import annotations

import base64
import socket
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.faults.checks import wait_until
from tests.serving.servers import LOCALHOST, free_port
from tests.streaming.jars import jars_of

READY_S = 240  # a busy machine; alone it takes 4
MEMORY = ("-Xms160m", "-Xmx160m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
SETTINGS = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
log.dirs={folder}/data
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
num.recovery.threads.per.data.dir=1
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
log.segment.bytes=16777216
log.cleaner.dedupe.buffer.size=4194304
log.cleaner.io.buffer.size=262144
"""


class KafkaBroker:
    """A broker and its data; `start` it first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = controller = free_port()
        while controller == self._port:
            controller = free_port()
        self._settings = folder / "server.properties"
        self._process: subprocess.Popen[bytes] | None = None
        settings = SETTINGS.format(port=self._port, controller=controller, folder=folder)
        self._settings.write_text(settings, "utf-8")
        self._jars = f"{jars_of('kafka')}/*"
        cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        tool = ("kafka.tools.StorageTool", "format", "-t", cluster_id, "-c", str(self._settings))
        command = ["java", "-Xmx64m", *MEMORY[2:], "-cp", self._jars, *tool]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    @property
    def address(self) -> str:
        """`host:port`, the same after every start."""
        return f"{LOCALHOST}:{self._port}"

    @property
    def log(self) -> Path:
        return self._folder / "log"

    def start(self, *, wait: bool = True) -> None:
        """On the data that are there; returns when it answers."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                ["java", *MEMORY, "-cp", self._jars, "kafka.Kafka", str(self._settings)],
                cwd=self._folder,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        if wait:
            wait_until(self._answers, f"Kafka listens, see {self.log}", READY_S)

    def kill(self) -> None:
        """As a power cut of the process: kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @contextmanager
    def killed(self) -> Iterator[None]:
        """It is dead inside, and answers again afterwards."""
        self.kill()
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It accepts connections inside, and answers nothing, as behind a cut network."""
        assert self._process is not None
        process = psutil.Process(self._process.pid)
        process.suspend()
        try:
            yield
        finally:
            process.resume()

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text("utf-8")[-2_000:]
        with socket.socket() as probe:
            return probe.connect_ex((LOCALHOST, self._port)) == 0
