"""The services and settings of the app that handles a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, cast

from flask import current_app

from api.keys import ApiKeys
from serving.services import Services

_KEY = "anime_recommendations"


class ApiSettings(Protocol):
    """The settings that handlers need; `config.Config` has them, and says what each does."""

    @property
    def secret_key(self) -> str: ...
    @property
    def max_list_titles(self) -> int: ...
    @property
    def max_upload_bytes(self) -> int: ...
    @property
    def event_retention_days(self) -> int: ...
    @property
    def remote_covers(self) -> bool: ...
    @property
    def gars_routes(self) -> bool: ...


@dataclass(frozen=True)
class ApiContext:
    """Made by `create_app`, the same for every request."""

    services: Services
    settings: ApiSettings
    api_keys: ApiKeys


def context() -> ApiContext:
    """The context of the app that handles this request."""
    return cast(ApiContext, current_app.extensions[_KEY])


def settings() -> ApiSettings:
    """The settings of the app that handles this request."""
    return context().settings


def secret_key() -> bytes:
    """Signs what the server hands out."""
    return context().settings.secret_key.encode()


def services() -> Services:
    """The use cases behind the app that handles this request."""
    return context().services


def install_context(extensions: dict[str, object], value: ApiContext) -> None:
    """Put the context where `context()` finds it."""
    extensions[_KEY] = value
