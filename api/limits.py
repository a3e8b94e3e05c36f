"""Rate limits of a client, over all routes and over those that save."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar, cast

from flask import Flask, Response, request
from flask.typing import RouteCallable
from flask_limiter import Limiter, RateLimitExceeded

from api.clients import network_of
from api.context import context
from api.errors import problem
from api.metrics import RATE_LIMITED
from api.openapi import UNLIMITED
from api.security import submitted_key
from domain.keys import digest_of

Route = TypeVar("Route", bound=Callable[..., object])
_SAVES = "saves"  # a mark on a route's function; the wrapper that flask-openapi3 registers keeps it


@dataclass(frozen=True)
class RateLimits:
    """Numbers of requests, such as 300/minute, and where they are counted, such as redis://host/0."""

    every: str
    saving: str
    storage: str


def saves(route: Route) -> Route:
    """Mark a route that saves or erases something: its requests count towards the tighter limit, too."""
    setattr(route, _SAVES, True)
    return route


def limit_rates(app: Flask, limits: RateLimits) -> None:
    """Answer 429 to a client that asks too often. Call it when all routes are registered.

    While Redis is away each worker counts for itself.
    """
    shared = limits.storage.startswith("redis")
    limiter = Limiter(
        _client,
        app=app,
        application_limits=[limits.every],
        storage_uri=limits.storage,
        storage_options={"socket_connect_timeout": 1, "socket_timeout": 1} if shared else {},
        in_memory_fallback=[limits.every] if shared else [],
        in_memory_fallback_enabled=shared,
        key_prefix="anime",
    )

    @app.after_request
    def _tell(response: Response) -> Response:
        """As in the IETF's draft of RateLimit header fields: seconds until there is room again."""
        current = limiter.current_limit
        if current is not None:
            seconds = max(0, math.ceil(current.reset_at - time.time()))
            response.headers["RateLimit-Limit"] = str(current.limit.amount)
            response.headers["RateLimit-Remaining"] = str(max(0, current.remaining))
            response.headers["RateLimit-Reset"] = str(seconds)
            if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
                response.headers["Retry-After"] = str(max(1, seconds))
        return response

    @app.errorhandler(RateLimitExceeded)
    def _too_many(error: RateLimitExceeded) -> Response:
        RATE_LIMITED.inc()
        return problem(429, f"Too many requests: at most {error.description}. See Retry-After.")

    saving = limiter.shared_limit(limits.saving, scope="saving", override_defaults=False)
    for endpoint, view in tuple(app.view_functions.items()):
        if hasattr(view, _SAVES):
            app.view_functions[endpoint] = cast(RouteCallable, saving(view))
    for rule in app.url_map.iter_rules():
        if rule.rule in UNLIMITED:
            limiter.exempt(app.view_functions[rule.endpoint])


def _client() -> str:
    """The hash of a valid key, else the address or its network."""
    key = submitted_key()
    if key and context().api_keys.scope_of(key) is not None:
        return digest_of(key)[:16]
    return network_of(request.remote_addr or "")
