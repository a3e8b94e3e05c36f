"""The algorithms that a request can name."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from recommender.artifacts.snapshot import Snapshot
from recommender.models.registry import ALGORITHMS


def algorithms(client: FlaskClient) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.get("/api/v1/algorithms").get_json()["items"]
    return items


def test_algorithms_have_descriptions_needs_and_defaults(client: FlaskClient) -> None:
    listed = algorithms(client)
    assert {"user-user", "content-based", "popular"} <= {item["name"] for item in listed}
    for item in listed:
        assert item["description"].endswith(".")
        assert 0 < len(item["label"]) <= 40
        assert isinstance(item["needs_list"], bool)
        assert item["default_limit"] == (15 if item["name"] == "user-user" else 20)


def test_algorithms_answer_on_every_route(client: FlaskClient) -> None:
    list_ = [{"anime_id": 9253}, {"anime_id": 1535}]
    for item in algorithms(client):
        name = item["name"]
        body = {"ratings": list_, "algorithm": name}
        assert client.post("/api/v1/recommendations", json=body).status_code == 200
        body = {"user_id": 900_001, "anime_list": list_, "algorithm": name}
        found = client.post("/users/recommendations", json=body)
        assert (found.status_code, len(found.get_json())) == (200, item["default_limit"])
        assert client.get(f"/api/v1/users/7/recommendations?algorithm={name}").status_code == 200


def test_algorithms_find_similar_titles_only_if_declared(client: FlaskClient) -> None:
    for item in algorithms(client):
        response = client.get(f"/api/v1/anime/9253/similar?algorithm={item['name']}")
        assert response.status_code == (200 if item["similar"] else 422)


def test_algorithm_that_needs_a_list_is_400_without_one(client: FlaskClient) -> None:
    for item in algorithms(client):
        response = client.post("/api/v1/recommendations", json={"algorithm": item["name"]})
        assert response.status_code == (400 if item["needs_list"] else 200)


def test_algorithm_that_is_not_built_is_409_on_every_route(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = {name: info for name, info in ALGORITHMS.items() if name != "item-item"}
    monkeypatch.setattr(Snapshot, "algorithms", built)
    assert [item["name"] for item in algorithms(client)] == list(built)
    list_ = [{"anime_id": 9253}]
    new = {"user_id": 900_003, "anime_list": list_, "algorithm": "item-item"}
    for response in (
        client.post("/api/v1/recommendations", json={"ratings": list_, "algorithm": "item-item"}),
        client.get("/api/v1/users/7/recommendations?algorithm=item-item"),
        client.get("/api/v1/anime/9253/similar?algorithm=item-item"),
        client.post("/users/recommendations", json=new),
    ):
        problem = response.get_json()
        assert (response.status_code, problem["type"]) == (409, "/docs/problems#not-built")
        assert problem["detail"].startswith("item-item is not built: ")
        assert "EXTRA_ALGORITHMS" in problem["detail"]
    assert client.get("/api/v1/users/900003/recommendations").status_code == 404  # nothing was saved
