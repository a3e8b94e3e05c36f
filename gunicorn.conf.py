"""Gunicorn: `gunicorn -c gunicorn.conf.py 'app:create_app()'`, or `make serve`."""

import gc
import os
import sys

# one BLAS thread a worker: the workers are the parallelism. Set before numpy is imported.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

from config import Config, ConfigError

try:
    _config = Config.from_env()
except ConfigError as error:
    sys.exit(f"error: {error}")
bind = f"0.0.0.0:{_config.port}"
workers = _config.web_concurrency
worker_class = "sync"
preload_app = True  # the model is loaded once and shared
timeout = 30
max_requests = 100_000
max_requests_jitter = 10_000
control_socket_disable = True
accesslog = None
loglevel = _config.log_level.lower()


def when_ready(_server: object) -> None:
    """Keep the collector from touching, and so copying, the pages that workers share."""
    gc.collect()
    gc.freeze()
