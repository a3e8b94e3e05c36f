"""A real Cassandra of one node, to kill and start again on the same data."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

from tests.faults.checks import wait_until
from tests.serving.servers import LOCALHOST, free_port
from tests.streaming.jars import jars_of

READY_S = 240  # a busy machine; alone it takes 9
MEMORY = ("-Xms256m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
SETTINGS = """
cluster_name: tests
num_tokens: 1
partitioner: org.apache.cassandra.dht.Murmur3Partitioner
listen_address: 127.0.0.1
rpc_address: 127.0.0.1
native_transport_port: {port}
storage_port: {storage}
endpoint_snitch: SimpleSnitch
commitlog_sync: batch
seed_provider:
  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
    parameters:
      - seeds: 127.0.0.1:{storage}
"""
LOGGING = """
<configuration>
  <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%level %msg%n</pattern></encoder>
  </appender>
  <root level="WARN"><appender-ref ref="OUT"/></root>
</configuration>
"""
# what Cassandra uses of the JDK's own parts: its conf/jvm17-server.options
OPENED = (
    *(
        "java.base/java.io",
        "java.base/java.lang",
        "java.base/java.lang.module",
        "java.base/java.lang.reflect",
    ),
    *("java.base/java.math", "java.base/java.net", "java.base/java.nio", "java.base/java.nio.charset"),
    *("java.base/java.util", "java.base/java.util.concurrent", "java.base/java.util.concurrent.atomic"),
    *("java.base/jdk.internal.loader", "java.base/jdk.internal.math", "java.base/jdk.internal.module"),
    *("java.base/jdk.internal.misc", "java.base/jdk.internal.ref", "java.base/jdk.internal.reflect"),
    *("java.base/jdk.internal.util", "java.base/jdk.internal.util.jar", "java.base/jdk.internal.vm"),
    *("java.base/sun.nio.ch", "java.management.rmi/com.sun.jmx.remote.internal.rmi", "java.sql/java.sql"),
    *("java.rmi/sun.rmi.registry", "java.rmi/sun.rmi.server", "java.rmi/sun.rmi.transport.tcp"),
    *("java.management/com.sun.jmx.remote.security", "jdk.management/com.sun.management.internal"),
)


class CassandraServer:
    """A node and its data; `start` it first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = storage = free_port()
        while storage == self.port:
            storage = free_port()
        (folder / "cassandra.yaml").write_text(SETTINGS.format(port=self.port, storage=storage), "utf-8")
        (folder / "logback.xml").write_text(LOGGING, "utf-8")
        self._jars = jars_of("cassandra")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self._folder / "log"

    def start(self, *, wait: bool = True) -> None:
        """On the data that are there; returns when it answers."""
        opened = [f"--add-{what}={part}=ALL-UNNAMED" for part in OPENED for what in ("opens", "exports")]
        properties = {
            "logback.configurationFile": self._folder / "logback.xml",
            "cassandra.config": (self._folder / "cassandra.yaml").as_uri(),
            "cassandra.storagedir": self._folder / "data",
            "cassandra.ring_delay_ms": 1,
            "cassandra.skip_wait_for_gossip_to_settle": 0,
            "cassandra-foreground": "yes",
        }
        command = [
            *("java", *MEMORY, f"-javaagent:{next(self._jars.glob('jamm-*.jar'))}", *opened),
            *(f"-D{name}={value}" for name, value in properties.items()),
            *("-cp", f"{self._jars}/*", "org.apache.cassandra.service.CassandraDaemon"),
        ]
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                command, cwd=self._folder, stdout=output, stderr=subprocess.STDOUT
            )
        if wait:
            wait_until(self._answers, f"Cassandra listens, see {self.log}", READY_S)

    def kill(self) -> None:
        """As a power cut of the process: kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text("utf-8")[-2_000:]
        with socket.socket() as probe:
            return probe.connect_ex((LOCALHOST, self.port)) == 0
