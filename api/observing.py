"""Logs and timings: one line of JSON and one observation per request, never the contents of a list."""

from __future__ import annotations

import logging
import re
import secrets
import sys
import time

from flask import Flask, Response, g, has_request_context, request
from pythonjsonlogger.json import JsonFormatter

from api.context import services
from api.metrics import HTTP_REQUESTS, show_model
from serving.live import LiveVersion

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_TRACE_PARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})")
_METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"}
_TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

log = logging.getLogger("access")


def configure_logging(level: str, log_format: str) -> None:
    """Log to stderr, as lines of JSON or of text, with the request's ids where there is one."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_add_ids)
    if log_format == "json":
        fields = "%(asctime)s %(levelname)s %(name)s %(message)s"
        names = {"asctime": "time", "levelname": "level", "name": "logger"}
        handler.setFormatter(JsonFormatter(fields, rename_fields=names, json_ensure_ascii=False))
    else:
        handler.setFormatter(logging.Formatter(_TEXT))
    logging.basicConfig(level=level, handlers=[handler])
    for library in (
        "alembic",
        "httpx",
        "httpcore",
    ):  # these two log addresses, which have names of users in them
        logging.getLogger(library).setLevel(logging.WARNING)


def observe(app: Flask) -> None:
    """Time, name and report every request of this app."""
    shown: tuple[LiveVersion, str | None] | None = None

    @app.after_request
    def _model(response: Response) -> Response:
        nonlocal shown
        live = services().live
        if shown != (live.in_service, live.refused):
            shown = live.in_service, live.refused
            show_model(*shown)
        return response

    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.started = time.perf_counter()
    random = secrets.token_hex(32)  # one call of the system, cut into three
    g.span_id, g.request_id, g.trace_id, g.trace_flags = random[:16], random[16:32], random[32:], "00"
    request_id = request.headers.get("X-Request-ID", "")
    if _REQUEST_ID.fullmatch(request_id):
        g.request_id = request_id
    if parent := _TRACE_PARENT.fullmatch(request.headers.get("traceparent", "")):
        g.trace_id, g.trace_flags = parent.groups()


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.started
    method = request.method if request.method in _METHODS else "other"
    # the rule, not the path: a path may name a person
    route = request.url_rule.rule if request.url_rule else "unknown"
    HTTP_REQUESTS.labels(method, route, str(response.status_code)).observe(seconds)
    live = services().live
    response.headers["X-Request-ID"] = g.request_id
    # W3C trace context: this answer is a span of the caller's trace
    response.headers["traceparent"] = f"00-{g.trace_id}-{g.span_id}-{g.trace_flags}"
    facts = {
        "method": method,
        "route": route,
        "status": response.status_code,
        "ms": round(seconds * 1_000, 2),
        "model": live.in_service.name,
    }
    log.info("%(method)s %(route)s %(status)d %(ms)s ms", facts, extra=facts)
    return response


def _add_ids(record: logging.LogRecord) -> bool:
    if has_request_context() and "request_id" in g:
        record.request_id, record.trace_id = g.request_id, g.trace_id
    return True
