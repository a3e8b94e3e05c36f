"""Access by key and by token, and security headers."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from flask import Response, request
from flask.typing import ResponseReturnValue

from api.context import context, secret_key
from api.errors import ApiError
from api.keys import Scope, profile_token
from domain.hosts import COVER_HOSTS
from domain.ranges import is_profile

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PERSONAL = "no-store"  # Cache-Control of answers that depend on a user
KEY_OR_NONE: list[dict[str, list[str]]] = [{}, {"api_key": []}]  # where `may_write` is asked
OWN_PROFILE: list[dict[str, list[str]]] = [{}, {"profile_token": []}]  # where `own_profile` is asked
_OF_A_USER = re.compile("/users/|/profiles/")
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
CONTENT_POLICY = "Content-Security-Policy"
STRICT_TRANSPORT = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")


@cache
def web_policy(remote_covers: bool) -> str:
    """Content-Security-Policy of the web app: everything from this server, except covers."""
    images = " ".join(("'self'", *(COVER_HOSTS if remote_covers else ())))
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; "
        f"img-src {images}; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def submitted_key() -> str:
    """The key of the request, in X-API-Key or as a bearer token."""
    return _bearer() or request.headers.get("X-API-Key", "")


def require_scope(scope: Scope, user_id: int | None = None) -> None:
    """Refuse the request unless it has a key of this scope. Without configured keys all may pass, except to a
    profile, which belongs to whoever holds its token.

    Args:
        scope: what is needed.
        user_id: whose list it is about, where it is about one.

    Raises:
        ApiError: 401 without a known key, 403 with one that opens less.
    """
    keys = context().api_keys
    if not keys:
        if user_id is not None and is_profile(user_id):
            raise ApiError(401, f"{user_id} is a profile: use /api/v1/profiles/{user_id} with its token.")
        return
    found = keys.scope_of(submitted_key())
    if found is None:
        raise ApiError(401, "This route needs an API key in the X-API-Key header.")
    if found < scope:
        name = scope.name.lower()
        raise ApiError(
            403, f"This route needs an API key of the scope {name}; yours is {found.name.lower()}."
        )


def may_write() -> bool:
    """True if the caller may use and change saved lists: anybody unless keys are configured, then with a key.

    Raises:
        ApiError: 401 for a key that is not known, 403 for one that opens less.
    """
    if context().api_keys and not submitted_key():
        return False
    require_scope(Scope.WRITE)
    return True


def is_trusted() -> bool:
    """True if the caller may know what tells people apart: anybody unless keys are configured."""
    keys = context().api_keys
    return not keys or keys.scope_of(submitted_key()) is not None


def requires(scope: Scope) -> Callable[[], ResponseReturnValue | None]:
    """For `before_request` of a blueprint: every route of it needs this scope."""

    def check() -> ResponseReturnValue | None:
        if request.method != "OPTIONS":  # a browser asks whether it may send the key
            require_scope(scope, (request.view_args or {}).get("user_id"))
        return None

    return check


def require_token() -> None:
    """For `before_request` of a blueprint: a request that names a profile needs its token.

    Raises:
        ApiError: 401, the same whether or not there is such a profile.
    """
    user_id = (request.view_args or {}).get("user_id")
    if user_id is None or request.method == "OPTIONS":
        return
    if not _has_token_of(user_id):
        raise ApiError(401, "This profile needs its token: Authorization: Bearer, then what POST answered.")


def own_profile(profile_id: int | None) -> int | None:
    """The profile, if the request has its token; else None, whether or not there is such a profile."""
    return profile_id if profile_id is not None and _has_token_of(profile_id) else None


def require_metrics_key() -> None:
    """Metrics are open, as scrapers expect, unless a key of the scope admin is configured."""
    if context().api_keys.offers(Scope.ADMIN):
        require_scope(Scope.ADMIN)


def add_security_headers(response: Response) -> Response:
    """Forbid running or framing an answer, unless it has a policy of its own, and caching a personal one."""
    more = []
    if CONTENT_POLICY not in response.headers:
        more.append((CONTENT_POLICY, DOCS_POLICY if request.path.startswith("/docs") else DATA_POLICY))
    if request.method not in ("GET", "HEAD") or _OF_A_USER.search(request.path):
        more.append(("Cache-Control", PERSONAL))
    response.headers.extend([*HEADERS, *more])
    return response


def keep_to_https(app: WSGIApplication) -> WSGIApplication:
    """Send Strict-Transport-Security with every answer over https, files included."""

    def secured(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["wsgi.url_scheme"] != "https":
            return app(environ, start_response)

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            return start_response(status, [*headers, STRICT_TRANSPORT], *more)

        return app(environ, start)

    return secured


def _has_token_of(user_id: int) -> bool:
    expected = profile_token(secret_key(), user_id)
    return hmac.compare_digest(_bearer().encode(), expected.encode())


def _bearer() -> str:
    sent = request.authorization
    return sent.token or "" if sent is not None and sent.type == "bearer" else ""
