"""The Flask app: wiring, nothing else."""

from __future__ import annotations

import logging

from flask import Flask
from flask_cors import CORS
from sqlalchemy.exc import DBAPIError

from api import algorithms, anime, compatible, health, popular, recommendations, users
from api.context import ApiContext, install_context
from api.errors import register_error_handlers
from api.openapi import make_app
from config import Config
from db.engine import unusable
from serving.builder import BuildFailedError
from serving.services import Services, open_services

VERSION = "0.1.0"


class StartError(RuntimeError):
    """The server cannot start; the message says why and what to do. Gunicorn prints it as it is."""


def create_app(config: Config | None = None) -> Flask:
    """Make the app, with its database open and its model loaded (or built, where there is none).

    Args:
        config: default: from the environment and `.env`.

    Raises:
        ConfigError: a setting is missing or unusable.
        StartError: the database cannot be used, or there is no model and nothing to build one from.
    """
    config = config or Config.from_env()
    logging.basicConfig(level=config.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    app = make_app(VERSION)
    app.config.update(SECRET_KEY=config.secret_key, MAX_CONTENT_LENGTH=config.max_body_bytes)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's default provider
    services = _open(config)
    key = config.secret_key.encode()
    install_context(app.extensions, ApiContext(services, key, config.api_keys, config.max_list_titles))
    register_error_handlers(app)
    for resource in (compatible, recommendations, users, anime, popular, algorithms, health):
        app.register_api(resource.blueprint)
    CORS(app, origins=list(config.cors_origins), expose_headers=["X-Unresolved-Titles"])
    return app


def _open(config: Config) -> Services:
    try:
        return open_services(
            config.database_url,
            config.model_dir,
            sync_interval_s=config.sync_interval_ms / 1000,
            overlay_max_users=config.overlay_max_users,
        )
    except BuildFailedError as error:
        raise StartError(str(error)) from None
    except DBAPIError as error:
        raise StartError(unusable(error)) from None
