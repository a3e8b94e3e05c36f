"""Weights of a blend, on every route that takes an algorithm."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from recommender.artifacts.snapshot import Snapshot
from recommender.models.registry import ALGORITHMS

LIST = [{"anime_id": 9253, "rating": 10}, {"anime_id": 1535, "rating": 9}]
ROUTES = ("list", "compatible", "saved user", "similar titles")


def ask(
    client: FlaskClient, route: str, algorithm: str, weights: dict[str, float] | None = None
) -> TestResponse:
    """A request of that kind for 20 titles."""
    body: dict[str, Any] = {"algorithm": algorithm}
    query: dict[str, Any] = {"algorithm": algorithm, "limit": 20}
    if weights is not None:
        body["weights"] = weights
        query["weights"] = ",".join(f"{name}:{weight}" for name, weight in weights.items())
    match route:
        case "list":
            return client.post("/api/v1/recommendations", json={"ratings": LIST, "limit": 20, **body})
        case "compatible":
            return client.post(
                "/users/recommendations", json={"user_id": 7, "anime_list": LIST, "n": 20, **body}
            )
        case "saved user":
            return client.get("/api/v1/users/7/recommendations", query_string=query)
        case _:
            return client.get("/api/v1/anime/9253/similar", query_string=query)


def ids(response: TestResponse) -> list[int]:
    assert response.status_code == 200, response.data
    answer = response.get_json()
    return [item["anime_id"] for item in (answer if isinstance(answer, list) else answer["items"])]


@pytest.mark.parametrize("route", ROUTES)
def test_weights_make_the_blend_on_every_route(shared_client: FlaskClient, route: str) -> None:
    own = {"item-item": 0.5, "user-user": 0.3, "content-based": 0.2}
    assert ids(ask(shared_client, route, "blend", own)) == ids(ask(shared_client, route, "blend"))
    alone = {"item-item": 1, "popular": 0}
    assert ids(ask(shared_client, route, "blend", alone)) == ids(ask(shared_client, route, "item-item"))
    assert ids(ask(shared_client, route, "blend", alone)) != ids(ask(shared_client, route, "blend"))


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    ("algorithm", "weights", "reason"),
    [
        ("hybrid", {"item-item": 1}, "weights go with blend, not with hybrid"),
        ("blend", {"blend": 1}, "blend"),
        ("blend", {"nearest": 1}, "nearest"),
        ("blend", {"item-item": 2}, "1"),
        ("blend", {"item-item": 0, "popular": 0}, "at least one of the weights must be above 0"),
    ],
    ids=["another algorithm", "itself", "unknown", "above 1", "all 0"],
)
def test_impossible_weights_are_422_with_the_reason(
    shared_client: FlaskClient, route: str, algorithm: str, weights: dict[str, float], reason: str
) -> None:
    response = ask(shared_client, route, algorithm, weights)
    assert response.status_code == (400 if route == "compatible" else 422)
    problem = response.get_json()
    assert problem["type"] == "/docs/problems#invalid-request"
    assert reason in problem["detail"]


@pytest.mark.parametrize("weights", ["item-item", "item-item:", ":1", "item-item:x", "item-item:-1", "a:b:c"])
def test_unreadable_weights_of_a_query_are_422(shared_client: FlaskClient, weights: str) -> None:
    query = {"algorithm": "blend", "weights": weights}
    response = shared_client.get("/api/v1/users/7/recommendations", query_string=query)
    assert response.status_code == 422
    assert "like hybrid:0.5" in response.get_json()["detail"]


@pytest.mark.parametrize("route", ROUTES)
def test_weight_of_an_algorithm_that_is_not_built_is_409(
    shared_client: FlaskClient, route: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = {name: info for name, info in ALGORITHMS.items() if name != "item-item"}
    monkeypatch.setattr(Snapshot, "algorithms", built)
    response = ask(shared_client, route, "blend", {"popular": 1, "item-item": 1})
    assert response.status_code == 409
    assert response.get_json()["detail"].startswith("item-item is not built")


def test_reasons_of_a_blend_name_titles_of_the_list(shared_client: FlaskClient) -> None:
    body = {
        "ratings": LIST,
        "algorithm": "blend",
        "weights": {"item-item": 0.4, "user-user": 1},
        "explain": True,
    }
    items = shared_client.post("/api/v1/recommendations", json=body).get_json()["items"]
    named = {r["anime_id"] for i in items for r in i["reasons"] if r["kind"] == "because_you_liked"}
    assert named == {9253, 1535}


def test_new_user_with_a_blank_list_gets_popular_titles(client: FlaskClient) -> None:
    body = {"user_id": 900_004, "algorithm": "blend", "weights": {"item-item": 1}}
    assert len(ids(client.post("/users/recommendations", json=body))) == 20


def test_algorithms_say_which_weights_are_their_own(shared_client: FlaskClient) -> None:
    items = shared_client.get("/api/v1/algorithms").get_json()["items"]
    weights = {item["name"]: item["weights"] for item in items if item["weights"] is not None}
    assert weights == {"blend": {"item-item": 0.5, "user-user": 0.3, "content-based": 0.2}}
