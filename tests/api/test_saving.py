"""Lists that are saved, people who are erased: on each database, in every worker, in the next model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app import create_app
from config import Config
from recommender.artifacts.store import ModelStore
from serving.builder import build_model
from tests.api.conftest import engine_of, saved
from tests.api.test_errors import check_problem

KNOWN_USER = 2  # of the small world
NO_MORE = {"pending": 0, "planned": 0}
LIST = [{"anime_id": 106, "rating": 9}, {"anime_id": 108, "rating": 3}, {"anime_id": 110}]


@pytest.fixture
def two_workers(each_config: Config) -> tuple[Flask, Flask]:
    """Two apps over the same database and models, as two workers are."""
    return create_app(each_config), create_app(each_config)


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    """The models of these apps."""
    return ModelStore(tmp_path / "models")


def put(client: FlaskClient, user_id: int, ratings: Any) -> Any:
    return client.put(f"/api/v1/users/{user_id}/ratings", json={"ratings": ratings})


def neighbors(app: Flask, user_id: int) -> list[int]:
    answer = app.test_client().get(f"/api/v1/users/{user_id}/similar?limit=100").get_json()
    return [person["user_id"] for person in answer["items"]]


def test_put_ratings_adds_and_replaces_a_list(each_app: Flask) -> None:
    client = each_app.test_client()
    assert put(client, 77, LIST).get_json() == {"user_id": 77, "saved": 3, "unresolved": [], **NO_MORE}
    assert saved(each_app, 77) == {106: 9, 108: 3, 110: 10}
    assert put(client, 77, [{"anime_id": 112, "rating": 8}]).status_code == 200
    assert saved(each_app, 77) == {112: 8}
    # the same again is the same
    assert put(client, 77, [{"anime_id": 112, "rating": 8}]).status_code == 200
    assert saved(each_app, 77) == {112: 8}


def test_list_of_newer_titles_alone_is_kept(each_app: Flask) -> None:
    client = each_app.test_client()
    put(client, 77, LIST)
    answer = put(client, 77, [{"anime_id": 999_999, "rating": 8}]).get_json()
    assert answer == {"user_id": 77, "saved": 0, "unresolved": ["999999"], "pending": 1, "planned": 0}
    assert saved(each_app, 77) == {999_999: 8}
    popular = client.post("/api/v1/recommendations", json={}).get_json()["items"]
    found = client.get("/api/v1/users/77/recommendations").get_json()["items"]
    assert [title["anime_id"] for title in found] == [title["anime_id"] for title in popular]


def test_list_without_an_id_or_known_name_changes_nothing(each_app: Flask) -> None:
    client = each_app.test_client()
    put(client, 77, LIST)
    check_problem(put(client, 77, []), 422)
    check_problem(put(client, 77, [{"name": "qqqqqqqq"}]), 404)
    for blank in ([""], [{"name": "  "}]):
        assert "stays as it was" in check_problem(put(client, 77, blank), 404)["detail"]
    check_problem(put(client, 77, [{"anime_id": 106, "rating": 11}]), 422)
    assert saved(each_app, 77) == {106: 9, 108: 3, 110: 10}


def test_watched_titles_are_saved_unrated(each_app: Flask) -> None:
    client, url = each_app.test_client(), "/api/v1/users/77/ratings"
    answer = client.put(url, json={"ratings": LIST, "watched_ids": [112, 106, 999_999]}).get_json()
    assert answer == {"user_id": 77, "saved": 4, "unresolved": ["999999"], "pending": 1, "planned": 0}
    assert saved(each_app, 77) == {106: 9, 108: 3, 110: 10, 112: 0, 999_999: 0}
    assert client.put(url, json={"watched_ids": [112]}).status_code == 200
    assert saved(each_app, 77) == {112: 0}
    check_problem(client.put(url, json={"ratings": [], "watched_ids": []}), 422)
    assert saved(each_app, 77) == {112: 0}
    assert client.put(url, json={"watched_ids": [999_999]}).status_code == 200
    assert saved(each_app, 77) == {999_999: 0}


def test_unresolved_titles_are_named_and_the_rest_is_saved(each_app: Flask) -> None:
    answer = put(each_app.test_client(), 77, [*LIST, {"name": "qqqqqqq"}]).get_json()
    assert answer == {"user_id": 77, "saved": 3, "unresolved": ["qqqqqqq"], **NO_MORE}


def test_replaced_list_counts_at_once_in_every_worker(two_workers: tuple[Flask, Flask]) -> None:
    first, second = two_workers
    put(first.test_client(), 77, LIST)
    assert 77 in neighbors(second, put_clone(first, 78, LIST))
    put(first.test_client(), 77, [{"anime_id": 107}, {"anime_id": 109}])
    assert 77 not in neighbors(second, 78)


def put_clone(app: Flask, user_id: int, ratings: Any) -> int:
    assert put(app.test_client(), user_id, ratings).status_code == 200
    return user_id


@pytest.mark.parametrize("user_id", [77, KNOWN_USER], ids=["newer than the model", "in the model"])
def test_erased_user_is_gone_everywhere(
    two_workers: tuple[Flask, Flask], store: ModelStore, user_id: int
) -> None:
    first, second = two_workers
    if user_id == 77:
        put(first.test_client(), 77, LIST)
    titles = [{"anime_id": anime_id, "rating": max(r, 1)} for anime_id, r in saved(first, user_id).items()]
    put(first.test_client(), 88, titles)
    assert user_id in neighbors(first, 88)
    assert user_id in neighbors(second, 88)

    response = first.test_client().delete(f"/api/v1/users/{user_id}")
    assert (response.status_code, response.data) == (204, b"")
    assert saved(first, user_id) == {}
    for app in two_workers:
        assert user_id not in neighbors(app, 88)
        check_problem(app.test_client().get(f"/api/v1/users/{user_id}/recommendations"), 404)

    version, built = build_model(engine_of(first), store)
    assert built
    assert version.snapshot.ratings.users.row(user_id) is None
    for app in two_workers:
        assert user_id not in neighbors(app, 88)


def test_erasure_is_forgotten_once_no_model_has_the_user(each_app: Flask, store: ModelStore) -> None:
    client, engine = each_app.test_client(), engine_of(each_app)
    put(client, 77, LIST)
    build_model(engine, store)
    client.delete("/api/v1/users/77")
    build_model(engine, store)
    assert erasures(each_app) == [77]  # an older version, that an operator may go back to, knows them
    for _ in range(3):
        build_model(engine, store, force=True)
    assert erasures(each_app) == []


def test_erased_user_can_be_saved_again(each_app: Flask) -> None:
    client = each_app.test_client()
    put(client, 77, LIST)
    client.delete("/api/v1/users/77")
    put(client, 77, [{"anime_id": 107}])
    assert saved(each_app, 77) == {107: 10}
    assert client.get("/api/v1/users/77/recommendations").status_code == 200
    assert erasures(each_app) == []


def test_erasing_an_unknown_user_is_404(each_app: Flask) -> None:
    check_problem(each_app.test_client().delete("/api/v1/users/424242"), 404)


def erasures(app: Flask) -> list[int]:
    with engine_of(app).connect() as connection:
        return [row.user_id for row in connection.execute(text("SELECT user_id FROM erasures"))]
