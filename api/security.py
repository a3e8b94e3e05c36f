"""Who may call what, and what browsers may do with an answer."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, request
from flask.typing import ResponseReturnValue

from api.context import context
from api.errors import ApiError
from api.keys import Scope

PERSONAL = "no-store"  # Cache-Control of answers that depend on a person
HEADERS = [
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
]
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
# the page that shows the OpenAPI document runs scripts of its own, and one inline
DOCS_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; font-src 'self'; frame-ancestors 'none'"
)


def given_key() -> str:
    """The key that the caller sent: in X-API-Key, or as a bearer token."""
    bearer = request.authorization
    if bearer is not None and bearer.type == "bearer" and bearer.token:
        return bearer.token
    return request.headers.get("X-API-Key", "")


def require_scope(scope: Scope) -> None:
    """Refuse the request unless it brings a key of this scope; without configured keys, all may pass.

    Raises:
        ApiError: 401 without a known key, 403 with one that opens less.
    """
    keys = context().api_keys
    if not keys:
        return
    found = keys.scope_of(given_key())
    if found is None:
        raise ApiError(401, "This route needs an API key in the X-API-Key header.")
    if found < scope:
        name = scope.name.lower()
        raise ApiError(
            403, f"This route needs an API key of the scope {name}; yours is {found.name.lower()}."
        )


def requires(scope: Scope) -> Callable[[], ResponseReturnValue | None]:
    """For `before_request` of a blueprint: every route of it needs this scope."""

    def check() -> ResponseReturnValue | None:
        if request.method != "OPTIONS":  # a browser asks whether it may send the key
            require_scope(scope)
        return None

    return check


def require_metrics_key() -> None:
    """Metrics are open, as scrapers expect, unless a key of the scope admin is configured."""
    if context().api_keys.offers(Scope.ADMIN):
        require_scope(Scope.ADMIN)


def add_security_headers(response: Response) -> Response:
    """Answers are data: nothing in them is to be run, framed, or kept where it is personal."""
    more = [("Content-Security-Policy", DOCS_POLICY if request.path.startswith("/docs") else DATA_POLICY)]
    if request.is_secure:
        more.append(("Strict-Transport-Security", "max-age=31536000; includeSubDomains"))
    if request.method != "GET" or "/users/" in request.path:
        more.append(("Cache-Control", PERSONAL))
    response.headers.extend([*HEADERS, *more])
    return response
