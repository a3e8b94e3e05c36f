"""The port that the server is to listen on: free, or why not."""

from __future__ import annotations

import errno
import socket

from config import HOSTS, ConfigError


def require_free_port(host: str, port: int) -> None:
    """Check that the server can listen there, as gunicorn would.

    Raises:
        ConfigError: it cannot: another program does, or the system forbids it.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                problem = f"is {host}, which is no address of this machine"
                raise ConfigError("HOST", problem, HOSTS) from None
            problem = f"{port} cannot be opened: {error.strerror}"
            if error.errno == errno.EADDRINUSE:
                problem = f"{port} is taken, on many machines by another service"
            another = port + 1 if port < 65_535 else port - 1
            raise ConfigError("PORT", problem, f"Choose another: PORT={another} make run") from None
