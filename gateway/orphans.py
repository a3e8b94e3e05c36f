"""Workers whose master was killed: a new master waits until they have noticed and left the port."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from config import ConfigError

WAIT_S = 10.0  # they finish the request that they are computing
WORKER_NAME = "anime-worker"  # what `ps` and `top` call them; at most 15 characters
_PROC = Path("/proc")
_LISTENS = "0A"


def name_worker() -> None:
    """Give this process the name by which a later master knows it."""
    with suppress(OSError):  # elsewhere than on Linux
        (_PROC / "self" / "comm").write_text(WORKER_NAME)


def wait_for_orphans(port: int) -> None:
    """Wait while only workers without a master listen on the port.

    Raises:
        ConfigError: they do not go.
    """
    deadline = time.monotonic() + WAIT_S
    while orphans := _orphans(port):
        if time.monotonic() > deadline:
            pids = " ".join(map(str, orphans))
            problem = f"{port} is kept by workers whose master is gone"
            raise ConfigError("PORT", problem, f"Stop them: kill -9 {pids}")
        time.sleep(0.1)


def _orphans(port: int) -> list[int]:
    """The processes that listen on the port, if all of them are workers: a master listens, too."""
    found = sorted(_listeners(port))
    names = set()
    for pid in found:
        with suppress(OSError):
            names.add((_PROC / str(pid) / "comm").read_text().strip())
    return found if names == {WORKER_NAME} else []


def _listeners(port: int) -> Iterator[int]:
    """The processes that listen on the port and that this one may look into."""
    sockets = set()
    for table in ("tcp", "tcp6"):
        with suppress(OSError):
            for line in (_PROC / "net" / table).read_text().splitlines()[1:]:
                _, local, _, state, *_, inode = line.split()[:10]
                if state == _LISTENS and int(local.rpartition(":")[2], 16) == port:
                    sockets.add(f"socket:[{inode}]")
    for process in _PROC.glob("[0-9]*") if sockets else ():
        with suppress(OSError):
            if any(_target(file) in sockets for file in (process / "fd").iterdir()):
                yield int(process.name)


def _target(link: Path) -> str:
    with suppress(OSError):
        return str(link.readlink())
    return ""
