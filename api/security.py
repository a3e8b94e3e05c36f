"""Who may call what."""

from __future__ import annotations

import hmac

from flask import request

from api.context import context
from api.errors import ApiError


def require_api_key() -> None:
    """Refuse the request (401) unless it brings one of the configured keys; without keys, all may pass."""
    if request.method == "OPTIONS":  # a browser asks whether it may send the key
        return
    keys = context().api_keys
    given = request.headers.get("X-API-Key", "").encode()
    # every key is compared, so that the time taken tells nothing
    if keys and not any([hmac.compare_digest(given, key.encode()) for key in keys]):  # noqa: C419
        raise ApiError(401, "This route needs an API key in the X-API-Key header.")
