"""The Flask app: wiring, nothing else."""

from __future__ import annotations

import logging

from flask import Flask
from flask_cors import CORS

from api import metrics
from api.clients import believe_proxies
from api.context import ApiContext, install_context
from api.errors import register_error_handlers
from api.gars import gars
from api.keys import ApiKeys
from api.limits import RateLimits, limit_rates
from api.observing import configure_logging, observe
from api.openapi import ApiApp, blueprints, make_app
from api.security import add_security_headers, keep_to_https
from api.web import serve_web
from config import Config
from gateway.waiting import wait_for
from serving.builder import BuildFailedError
from serving.errors import DatabaseUnavailableError
from serving.experiments import ExperimentsError
from serving.services import Observers, Services, open_services

VERSION = "0.1.0"
EXPOSED = [  # headers that a page of another origin may read
    *("X-Unresolved-Titles", "X-Request-ID", "Retry-After"),
    *("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"),
]


log = logging.getLogger(__name__)


class StartError(RuntimeError):
    """The server cannot start; the message says why and what to do. Gunicorn prints it as it is."""


def make_api() -> ApiApp:
    """Every route of the API, documented, with nothing opened behind them yet."""
    app = make_app(VERSION)
    for blueprint in blueprints():
        app.register_api(blueprint)
    return app


def create_app(config: Config | None = None) -> Flask:
    """Make the app, with its database open and its model loaded (or built, where there is none).

    Args:
        config: default: from the environment and `.env`.

    Raises:
        ConfigError: a setting is missing or cannot be used, or others could write without a key.
        StartError: the database or the file of experiments cannot be used, or there is no model and nothing
            to build one from.
    """
    config = config or Config.from_env()
    config.require_api_keys()
    configure_logging(config.log_level, config.log_format)
    for caution in config.cautions:
        log.warning(caution)
    app = make_api()
    app.config.update(MAX_CONTENT_LENGTH=config.max_body_bytes)  # no SECRET_KEY: there are no sessions
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's default provider
    if config.gars_routes:
        app.register_api(gars)
    services = _open(config)
    metrics.count_database_errors(services.engine)
    install_context(
        app.extensions,
        ApiContext(services, config, ApiKeys.parse(config.api_keys)),
    )
    observe(app)
    register_error_handlers(app)
    serve_web(app, config.web_dir, remote_covers=config.remote_covers)
    if config.rate_limit_enabled:
        limits = RateLimits(config.rate_limit, config.rate_limit_writes, config.rate_limit_storage)
        limit_rates(app, limits)
    app.after_request(add_security_headers)
    if config.cors_origins:
        CORS(app, origins=list(config.cors_origins), expose_headers=EXPOSED)
    answer = believe_proxies(keep_to_https(app.wsgi_app), config.trusted_proxies)
    app.wsgi_app = answer  # type: ignore[method-assign, assignment]
    return app


def _open(config: Config) -> Services:
    try:
        return open_services(config, Observers(metrics.time_ranking, metrics.INSERTS.time), wait_for)
    except (BuildFailedError, DatabaseUnavailableError, ExperimentsError) as error:
        raise StartError(str(error)) from None
