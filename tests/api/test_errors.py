"""Every error is a problem document; with the database away the server says so, or does without it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.problems import KINDS, OF_ERROR, OF_STATUS, PATH
from serving.errors import (
    ExternalAnswerError,
    ExternalSiteBusyError,
    ExternalSiteUnavailableError,
    ServiceError,
)
from tests.api.conftest import engine_of
from tests.serving.worlds import ACTION, STRANGER, database_away

NEWCOMER: dict[str, Any] = {"user_id": STRANGER, "anime_list": [{"anime_id": key} for key in ACTION]}
NEEDS_THE_DATABASE = [
    "/readyz",
    "/api/v1/users/1/recommendations",
    "/api/v1/users/1/similar",
    "/api/v1/users/424242/similar",
]
DOES_WITHOUT_IT = [
    "/healthz",
    "/api/anime-suggestions?query=story",
    "/api/v1/anime",
    "/api/v1/anime?query=story",
    "/api/v1/anime/106",
    "/api/v1/anime/106/similar",
    "/api/v1/popular",
    "/api/v1/algorithms",
    "/api/v1/catalog",
    "/api/v1/openapi.json",
    "/docs/swagger",
]


def check_problem(response: TestResponse, status: int) -> dict[str, Any]:
    """A problem document of that status, without anything from inside the server."""
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    problem: dict[str, Any] = response.get_json()
    assert {"type", "title", "status", "detail", "error"} <= set(problem)
    assert problem["type"] in {kind.address for kind in KINDS}
    assert problem["status"] == status
    assert problem["error"] == problem["detail"] != ""
    assert not any(
        word in response.text for word in ("Traceback", "sqlalchemy", "psycopg", 'File \\"', "<html")
    )
    return problem


@pytest.mark.parametrize(
    "path",
    [
        "/nope",
        "/api",
        "/api/v1",
        "/api/v1/",
        "/api/v1/anime/",
        "/api/v1/anime/x",
        "/api/v2/anime",
        "/%00",
    ],
)
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_unknown_path_is_404(shared_client: FlaskClient, method: str, path: str) -> None:
    check_problem(shared_client.open(path, method=method.upper()), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/users/recommendations", {"POST", "OPTIONS"}),
        ("PUT", "/users/recommendations", {"POST", "OPTIONS"}),
        ("GET", "/api/v1/recommendations", {"POST", "OPTIONS"}),
        ("POST", "/api/v1/anime", {"GET", "HEAD", "OPTIONS"}),
        ("DELETE", "/api/v1/anime/1", {"GET", "HEAD", "OPTIONS"}),
        ("POST", "/healthz", {"GET", "HEAD", "OPTIONS"}),
        ("PATCH", "/api/v1/popular", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_wrong_method_is_405_with_the_allowed_ones(
    shared_client: FlaskClient, method: str, path: str, allowed: set[str]
) -> None:
    response = shared_client.open(path, method=method)
    check_problem(response, 405)
    assert {name.strip() for name in response.headers["Allow"].split(",")} == allowed


@pytest.mark.parametrize("path", ["/users/recommendations", "/api/v1/recommendations"])
@pytest.mark.parametrize("accept", ["text/html", "*/*", "image/png", ""])
def test_error_is_a_problem_document_for_any_accept(
    shared_client: FlaskClient, path: str, accept: str
) -> None:
    check_problem(shared_client.post(path, data=b"{", headers={"Accept": accept}), 400)


def test_validation_error_names_every_place(shared_client: FlaskClient) -> None:
    body = {"ratings": [{"anime_id": 1, "rating": 11}, {}], "limit": 0, "filters": {"color": "red"}}
    problem = check_problem(shared_client.post("/api/v1/recommendations", json=body), 422)
    places = [error["loc"] for error in problem["errors"]]
    assert places == [["ratings", 0, "rating"], ["ratings", 1], ["limit"], ["filters", "color"]]
    assert all(isinstance(error["msg"], str) and error["msg"] for error in problem["errors"])
    assert problem["detail"].startswith("ratings.0.rating: ")


def test_unknown_genre_in_a_body_is_422_and_named(shared_client: FlaskClient) -> None:
    response = shared_client.post("/api/v1/recommendations", json={"filters": {"genres": ["Nonsense"]}})
    problem = check_problem(response, 422)
    assert problem["errors"][0]["loc"] == ["filters", "genres"]
    assert "known are Action, " in problem["detail"]


def test_thousands_of_errors_make_a_short_answer(shared_client: FlaskClient) -> None:
    body = {"ratings": [{"rating": "x"}] * 4_000}
    response = shared_client.post("/api/v1/recommendations", json=body)
    check_problem(response, 422)
    assert len(response.data) < 10_000


@pytest.mark.parametrize("path", NEEDS_THE_DATABASE)
def test_database_outage_is_503_where_it_is_needed(each_app: Flask, path: str) -> None:
    client = each_app.test_client()
    known = client.get(path).status_code
    with database_away(engine_of(each_app)):
        response = client.get(path)
        check_problem(response, 503)
        assert int(response.headers["Retry-After"]) > 0
    assert client.get(path).status_code == known


def test_database_outage_rejects_a_new_user_for_now(each_app: Flask) -> None:
    client = each_app.test_client()
    with database_away(engine_of(each_app)):
        response = client.post("/users/recommendations", json=NEWCOMER)
        check_problem(response, 503)
        assert int(response.headers["Retry-After"]) > 0
    assert client.post("/users/recommendations", json=NEWCOMER).status_code == 200
    assert client.get(f"/api/v1/users/{STRANGER}/similar").status_code == 200


def test_database_outage_spares_routes_without_users(each_app: Flask) -> None:
    client = each_app.test_client()
    body = {"ratings": NEWCOMER["anime_list"]}
    before = client.post("/api/v1/recommendations", json=body)
    with database_away(engine_of(each_app)):
        assert client.post("/api/v1/recommendations", json=body).data == before.data
        for path in DOES_WITHOUT_IT:
            assert client.get(path).status_code == 200, path


def test_unexpected_error_is_500_without_a_trace(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise ValueError("secret of the inside")

    monkeypatch.setitem(app.view_functions, "health.get_healthz", broken)
    response = app.test_client().get("/healthz")
    check_problem(response, 500)
    assert "secret" not in response.text
    assert "secret of the inside" in caplog.text  # the log has it


def service_errors(kind: type[ServiceError] = ServiceError) -> set[type[ServiceError]]:
    """Every kind of error that a service raises."""
    below = set(kind.__subclasses__())
    return below.union(*(service_errors(error) for error in below))


def test_every_service_error_has_a_status() -> None:
    assert set(OF_ERROR) == service_errors()
    assert all(kind.status >= 400 for kind in OF_ERROR.values())
    # 502 where another server is at fault, 503 where this one may not ask it
    of_others = {error: kind.status for error, kind in OF_ERROR.items() if kind.status >= 500}
    assert of_others == {
        ExternalAnswerError: 502,
        ExternalSiteUnavailableError: 502,
        ExternalSiteBusyError: 503,
    }


def test_every_problem_type_is_an_anchor_of_the_page(shared_client: FlaskClient) -> None:
    page = shared_client.get(PATH)
    assert (page.status_code, page.mimetype) == (200, "text/html")
    anchors = re.findall(r'id="([^"]+)"', page.text)
    assert len(anchors) == len(set(anchors)) == len(KINDS)
    for kind in (*OF_STATUS.values(), *OF_ERROR.values(), *KINDS):
        path, _, anchor = kind.address.partition("#")
        assert path == PATH
        assert anchor in anchors
