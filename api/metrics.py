"""Prometheus metrics. With several workers, `GET /metrics` sums them up."""

from __future__ import annotations

from contextlib import AbstractContextManager

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram
from prometheus_client import generate_latest as written
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from api.context import services
from api.errors import Problem
from api.security import require_metrics_key
from gateway.metrics import registry
from serving.live import LiveVersion

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

HTTP_REQUESTS = Histogram(
    "anime_http_request_duration_seconds",
    "Time to answer a request",
    ("method", "route", "status"),
    buckets=SECONDS,
)
RECOMMENDATIONS = Histogram(
    "anime_recommendation_duration_seconds",
    "Time to rank titles, without reading and writing JSON",
    ("algorithm",),
    buckets=SECONDS,
)
INSERTS = Histogram(
    "anime_insert_duration_seconds",
    "Time until a submitted list is saved and findable in this worker",
    buckets=SECONDS,
)
# of each worker, so that one which lags behind can be seen
MODEL_VERSION = Gauge("anime_model_version", "Number of the model version in service")
MODEL_BUILT = Gauge(
    "anime_model_built_timestamp_seconds",
    "When the model in service was built",
)
MODEL_REFUSED = Gauge("anime_model_refused", "1 while a published version cannot be used")
OVERLAY_USERS = Gauge("anime_overlay_users", "People who are newer than the model")
SOURCE_IMPORTED = Gauge(
    "anime_catalog_source_imported_timestamp_seconds",
    "When a source of the catalog was last imported, or found to be unchanged",
    ("source",),
)
DATABASE_ERRORS = Counter("anime_database_errors_total", "Errors of the database", ("kind",))
EVENTS = Counter("anime_events_total", "Events that were sent", ("outcome",))
RATE_LIMITED = Counter("anime_rate_limited_total", "Requests refused with 429")

blueprint = APIBlueprint("metrics", __name__, abp_tags=[Tag(name="health")])


@blueprint.get(
    "/metrics",
    operation_id="getMetrics",
    summary="Read metrics for Prometheus",
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "OK"},
        401: Problem,
        403: Problem,
    },
)
def get_metrics() -> Response:
    """The metrics of all workers together, in the text format of Prometheus. Needs an API key with the scope
    `admin` if one is configured."""
    require_metrics_key()
    for imported in services().sources.imported():
        SOURCE_IMPORTED.labels(imported.source.name).set(imported.imported_at.timestamp())
    return Response(written(registry()), content_type=CONTENT_TYPE_LATEST)


def count_database_errors(engine: Engine) -> None:
    """Count every error that this engine's driver raises, by its class."""

    def count(error: ExceptionContext) -> None:
        DATABASE_ERRORS.labels(type(error.original_exception).__name__).inc()

    event.listen(engine, "handle_error", count)


def time_ranking(algorithm: str) -> AbstractContextManager[object]:
    """Times one ranking."""
    return RECOMMENDATIONS.labels(algorithm).time()


def show_model(version: LiveVersion, refused: str | None) -> None:
    """Set the gauges of the model that this worker answers from."""
    MODEL_VERSION.set(int(version.name[1:]))
    MODEL_BUILT.set(version.built_timestamp)
    MODEL_REFUSED.set(refused is not None)
    OVERLAY_USERS.set(len(version.overlay))
