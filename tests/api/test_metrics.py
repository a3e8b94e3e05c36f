"""Metrics of one process; tests/serving/test_server.py has two."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from app import create_app
from config import Config
from tests.api.conftest import engine_of


def samples(client: FlaskClient) -> dict[tuple[str, ...], float]:
    """(name, label values…) -> value."""
    response = client.get("/metrics")
    assert (response.status_code, response.mimetype) == (200, "text/plain")
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def grown(client: FlaskClient, name: tuple[str, ...], ask: object) -> float:
    before = samples(client).get(name, 0.0)
    ask()  # type: ignore[operator]
    return samples(client)[name] - before


def test_requests_are_counted_by_route_not_by_path(small_client: FlaskClient) -> None:
    name = ("anime_http_request_duration_seconds_count", "GET", "/api/v1/users/<int:user_id>/similar", "404")
    assert grown(small_client, name, lambda: small_client.get("/api/v1/users/424242/similar")) == 1
    unknown = ("anime_http_request_duration_seconds_count", "GET", "unknown", "404")
    assert grown(small_client, unknown, lambda: small_client.get("/what/ever")) == 1
    other = ("anime_http_request_duration_seconds_count", "other", "unknown", "404")
    assert grown(small_client, other, lambda: small_client.open("/x", method="BREW")) == 1
    assert not [key for key in samples(small_client) if "424242" in "".join(key)]


def test_recommendations_are_timed_by_algorithm(small_client: FlaskClient) -> None:
    body = {"ratings": [{"anime_id": 106}], "algorithm": "item-item"}
    name = ("anime_recommendation_duration_seconds_count", "item-item")
    assert grown(small_client, name, lambda: small_client.post("/api/v1/recommendations", json=body)) == 1


def test_new_user_is_timed_and_counted(small_client: FlaskClient) -> None:
    body = {"user_id": 901, "anime_list": [{"anime_id": 106}]}
    name = ("anime_insert_duration_seconds_count",)
    assert grown(small_client, name, lambda: small_client.post("/users/recommendations", json=body)) == 1
    assert samples(small_client)["anime_overlay_users",] == 1


def test_events_are_counted_by_outcome(small_client: FlaskClient) -> None:
    event = {"event_id": str(uuid4()), "kind": "click", "session_id": str(uuid4()), "anime_id": 106}
    event["happened_at"] = datetime.now(UTC).isoformat()
    unknown = event | {"event_id": str(uuid4()), "anime_id": 999_999}
    for sent, outcome in ((event, "accepted"), (event, "known"), (unknown, "refused")):
        name = ("anime_events_total", outcome)
        body = {"events": [sent]}
        assert grown(small_client, name, lambda: small_client.post("/api/v1/events", json=body)) == 1  # noqa: B023


def test_metrics_show_the_model_in_service(small_client: FlaskClient) -> None:
    small_client.get("/healthz")
    found = samples(small_client)
    assert found["anime_model_version",] == 1
    assert found["anime_model_refused",] == 0
    assert found["anime_model_built_timestamp_seconds",] > 1.6e9


def test_metrics_show_when_sources_were_imported(config: Config) -> None:
    found = samples(create_app(config).test_client())
    assert found["anime_catalog_source_imported_timestamp_seconds", "data-set"] > 1.6e9


def test_database_errors_are_counted(each_app: Flask) -> None:
    client = each_app.test_client()
    engine = engine_of(each_app)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE ratings")

    def total() -> float:
        return sum(value for key, value in samples(client).items() if key[0] == "anime_database_errors_total")

    before = total()
    assert client.get("/api/v1/users/1/recommendations").status_code == 503
    assert total() > before


def test_rate_limited_requests_are_counted(config: Config) -> None:
    client = create_app(
        config.model_copy(update={"rate_limit_enabled": True, "rate_limit": "1/hour"})
    ).test_client()
    client.get("/api/v1/algorithms")
    name = ("anime_rate_limited_total",)
    assert grown(client, name, lambda: client.get("/api/v1/algorithms")) == 1
