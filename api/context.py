"""The services and settings of the app that handles a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app

from api.keys import ApiKeys
from serving.services import Services

_KEY = "anime_recommendations"


@dataclass(frozen=True)
class ApiContext:
    """Made by `create_app`, the same for every request."""

    services: Services
    secret_key: bytes
    api_keys: ApiKeys
    max_list_titles: int
    max_upload_bytes: int
    metrics_dir: str  # of the metrics of several workers; empty: this process is the only one
    remote_covers: bool  # whether answers name covers on the hosts of others


def context() -> ApiContext:
    """The context of the app that handles this request."""
    return cast(ApiContext, current_app.extensions[_KEY])


def services() -> Services:
    """The use cases behind the app that handles this request."""
    return context().services


def install_context(extensions: dict[str, object], value: ApiContext) -> None:
    """Put the context where `context()` finds it."""
    extensions[_KEY] = value
