"""Gunicorn: `gunicorn -c gunicorn.conf.py 'app:create_app()'`, or `make serve`."""

import gc
import json
import os
import signal
import sys
from typing import Any

# one BLAS thread a worker: the workers are the parallelism. Set before numpy is imported.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import gunicorn.util

from config import Config, ConfigError
from gateway import metrics
from gateway.client import Outbox
from gateway.orphans import name_worker, wait_for_orphans
from gateway.ports import require_free_port
from gateway.worker import GatewayWorker

try:
    _config = Config.from_env()
    _config.require_api_keys()
except ConfigError as error:
    sys.exit(f"error: {error}")
bind = _config.bind
forwarder_headers = ""  # no header may set SCRIPT_NAME or PATH_INFO
secure_scheme_headers = {}  # api/clients.py decides which proxies to believe
workers = _config.web_concurrency
metrics.share(workers)
# of each worker; from then on the oldest is dropped for a new one
worker_connections = 500
preload_app = True  # the model is loaded once and shared
sendfile = False  # responses are collected before they are sent
limit_request_line = 8190  # bytes of an address; longer ones are refused with 414
timeout = 30
max_requests = 100_000
max_requests_jitter = 10_000
control_socket_disable = True
accesslog = None
loglevel = _config.log_level.lower()


class ConfiguredWorker(GatewayWorker):
    """The worker, with the settings."""

    client_timeout_s = _config.client_timeout_s
    max_body_bytes = max(_config.max_body_bytes, _config.max_upload_bytes)


worker_class = ConfiguredWorker


# the kinds of api/problems.py that happen before the app sees a request; the API cannot be imported here
PROBLEM_KINDS = {
    400: ("bad-request", "Bad request"),
    413: ("too-large", "The request is too large"),
    414: ("address-too-long", "The address is too long"),
}


def _write_problem(client: Outbox, status: int, reason: str, message: str) -> None:
    """Problem details in the place of gunicorn's HTML, for what is refused before the app sees it."""
    slug, title = PROBLEM_KINDS.get(status, ("other", reason))
    problem = {
        "type": f"/docs/problems#{slug}",
        "title": title,
        "status": status,
        "detail": message,
        "error": message,
    }
    body = json.dumps(problem).encode()
    head = (
        f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    client.sendall(head.encode("latin-1") + body)


gunicorn.util.write_error = _write_problem


def on_starting(server: Any) -> None:
    """Stop at once where the port is taken: gunicorn would try again and again, and name no setting.

    Workers of a master that was killed do not count: they are about to go.
    """
    inherited = {"GUNICORN_FD", "LISTEN_FDS"} & os.environ.keys()  # listening already, for another master
    addresses = [] if inherited else [one for one in server.cfg.address if isinstance(one, tuple)]
    try:
        for host, port in addresses:
            _config.require_listening_on(host)
            wait_for_orphans(port)
            require_free_port(host, port)
    except ConfigError as error:
        sys.exit(f"error: {error}")


def when_ready(_server: object) -> None:
    """Keep the collector from touching, and so copying, the pages that workers share."""
    gc.collect()
    gc.freeze()


# a worker that has just been forked would lose the signal, and be waited for until it is killed
_STOP = {signal.SIGTERM}
os.register_at_fork(after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP))


def pre_fork(server: Any, worker: Any) -> None:
    """Give the worker a place for its metrics."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOP)
    worker.metrics = metrics.free_slot([other.metrics for other in server.WORKERS.values()])


def post_fork(_server: object, worker: Any) -> None:
    """Name the process, stop when told to, and count in the place of the worker."""
    signal.signal(signal.SIGTERM, worker.handle_exit)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP)
    name_worker()
    metrics.enter(worker.metrics)


def post_worker_init(worker: Any) -> None:
    """Before the first request, also of a worker that takes the place of another."""
    worker.wsgi.extensions["anime_recommendations"].services.enter_worker()


def child_exit(_server: object, worker: Any) -> None:
    """Drop the gauges of a worker that is gone, and keep its counters."""
    worker.metrics.pid = 0
