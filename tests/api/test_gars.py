"""The routes of another server, at the seam: its shapes, and that a click changes the next answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient

from api.context import context
from app import create_app
from config import Config
from tests.api.conftest import engine_of
from tests.db.helpers import contents

ROW = {
    *("anime_id", "name", "genre", "type", "episodes", "rating", "members"),
    *("japanese_title", "aired", "image_url"),
}
SAVED, STRANGER = 7, 987_654


def with_routes(config: Config, **changes: Any) -> Flask:
    return create_app(config.model_copy(update={"gars_routes": True, **changes}))


@pytest.fixture
def each_gars(each_config: Config) -> Flask:
    """A server with these routes, of each kind of database."""
    return with_routes(each_config)


@pytest.fixture
def gars_client(small_config: Config) -> FlaskClient:
    return with_routes(small_config).test_client()


def page(client: FlaskClient, user_id: object = SAVED, **headers: str) -> list[dict[str, Any]]:
    response = client.get(f"/gars/?user_id={user_id}", headers=headers)
    assert response.status_code == 200
    items: list[dict[str, Any]] = response.get_json()
    return items


def act(client: FlaskClient, what: str, user_id: object, anime_id: object, **headers: str) -> None:
    response = client.post(f"/gars/{what}", json={"user_id": user_id, "anime_id": anime_id}, headers=headers)
    assert (response.status_code, response.text, response.mimetype) == (200, "ok", "text/plain")


def test_routes_are_off_by_default(small_client: FlaskClient) -> None:
    assert small_client.get("/gars/?user_id=7").status_code == 404
    assert small_client.post("/gars/clicks", json={}).status_code == 404


def test_page_has_the_shape_that_its_clients_read(gars_client: FlaskClient) -> None:
    items = page(gars_client)
    assert len(items) == 20
    for item in items:
        assert set(item) == {"anime_id", "ab_recall", "ab_rank", "anime"}
        assert (item["ab_recall"], item["ab_rank"]) == ("all", "model")
        assert set(item["anime"]) == ROW
        assert all(isinstance(value, str) for value in item["anime"].values())
        assert item["anime"]["anime_id"] == str(item["anime_id"])


def test_saved_user_gets_the_page_of_their_list(gars_client: FlaskClient) -> None:
    own = gars_client.get("/api/v1/users/7/recommendations").get_json()["items"]
    assert [item["anime_id"] for item in page(gars_client)] == [item["anime_id"] for item in own]


@pytest.mark.parametrize("user_id", ["", "somebody", "-1", STRANGER, 2**52, "9" * 40])
def test_whoever_is_not_known_gets_the_page_of_everybody(gars_client: FlaskClient, user_id: object) -> None:
    everybody = gars_client.get("/gars/")
    assert everybody.status_code == 200
    assert page(gars_client, user_id) == everybody.get_json()


@pytest.mark.parametrize("user_id", [SAVED, str(STRANGER)])
@pytest.mark.parametrize("what", ["clicks", "views"])
def test_action_changes_their_next_page_only(each_gars: Flask, user_id: object, what: str) -> None:
    client = each_gars.test_client()
    before, of_another = page(client, user_id), page(client, 5)
    act(client, what, user_id, before[-1]["anime_id"])
    assert page(client, user_id) != before
    assert page(client, 5) == of_another


@pytest.mark.parametrize(("user_id", "anime_id"), [(None, 108), (7, 424242), (7, None), (7, "x"), ([], {})])
def test_action_that_cannot_count_is_ok_and_kept_nowhere(
    gars_client: FlaskClient, user_id: object, anime_id: object
) -> None:
    act(gars_client, "clicks", user_id, anime_id)
    assert contents(engine_of(gars_client.application))["events"] == []


def test_erased_user_leaves_nothing_of_what_they_did_here(each_gars: Flask) -> None:
    client = each_gars.test_client()
    act(client, "clicks", SAVED, 108)
    act(client, "clicks", STRANGER, 108)
    assert len(contents(engine_of(each_gars))["events"]) == 2
    assert client.delete(f"/api/v1/users/{SAVED}").status_code == 204
    assert len(contents(engine_of(each_gars))["events"]) == 1


def test_browser_that_asks_for_privacy_leaves_nothing(gars_client: FlaskClient) -> None:
    act(gars_client, "clicks", 7, 108, **{"Sec-GPC": "1"})
    assert contents(engine_of(gars_client.application))["events"] == []


def test_saved_list_is_read_with_a_key_where_there_are_keys(small_config: Config) -> None:
    client = with_routes(small_config, api_keys=("read:reader",)).test_client()
    assert page(client) == page(client, STRANGER)
    assert page(client, **{"X-API-Key": "reader"}) != page(client)


def test_similar_titles_have_their_shape(gars_client: FlaskClient) -> None:
    items = gars_client.get("/gars/sim?anime_id=108").get_json()
    assert items
    assert all(set(item) == {"anime_id", "anime"} and set(item["anime"]) == ROW for item in items)
    assert 108 not in {item["anime_id"] for item in items}


@pytest.mark.parametrize("query", ["", "?anime_id=", "?anime_id=x", "?anime_id=424242", "?anime_id=-1"])
def test_bad_anime_id_is_told_in_text(gars_client: FlaskClient, query: str) -> None:
    response = gars_client.get(f"/gars/sim{query}")
    assert (response.status_code, response.text) == (400, "bad anime id")


def test_one_title_is_a_row_of_strings(world_client: FlaskClient) -> None:
    row = world_client.get("/gars/anime/9253").get_json()
    assert set(row) == ROW
    assert (row["anime_id"], row["name"], row["episodes"]) == ("9253", "Steins;Gate", "24")
    assert row["genre"] == "Sci-Fi, Thriller"


@pytest.fixture
def world_client(config: Config) -> FlaskClient:
    return with_routes(config).test_client()


@pytest.mark.parametrize("anime_id", ["424242", "x", "-1"])
def test_unknown_title_is_null(gars_client: FlaskClient, anime_id: str) -> None:
    response = gars_client.get(f"/gars/anime/{anime_id}")
    assert (response.status_code, response.get_json()) == (200, None)


def test_page_of_any_origin_may_call(gars_client: FlaskClient) -> None:
    origin = {"Origin": "https://elsewhere.example"}
    for response in (
        gars_client.get("/gars/?user_id=7", headers=origin),
        gars_client.options(
            "/gars/clicks",
            headers={
                **origin,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "content-type",
            },
        ),
    ):
        assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Access-Control-Allow-Headers"] == "content-type"
    assert "Access-Control-Allow-Origin" not in gars_client.get("/api/v1/popular", headers=origin).headers


def test_page_names_variants_and_clicks_count_for_them(each_config: Config, tmp_path: Path) -> None:
    today = datetime.now(UTC).date()
    common = {"unit": "session", "from": today, "to": today + timedelta(days=7)}
    experiments = [
        {"name": side, **common, "variants": [{"name": "a", side: value}, {"name": "b"}]}
        for side, value in (("recall", "item-item"), ("rank", "shuffled"))
    ]
    path = tmp_path / "experiments.yaml"
    path.write_text(yaml.safe_dump({"experiments": experiments}), "utf-8")
    app = with_routes(each_config, experiments=str(path))
    client = app.test_client()
    sides = {(item["ab_recall"], item["ab_rank"]) for user in range(1, 20) for item in page(client, user)}
    assert sides == {("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")}
    act(client, "clicks", 1, page(client, 1)[0]["anime_id"])
    with app.app_context():
        context().services.experiments.writer.flush()
    stored = contents(engine_of(app))
    assert len(stored["exposures"]) == 38
    (event,) = stored["events"]
    pages = {value for row in stored["exposures"] for value in row if isinstance(value, str)}
    assert (
        len([value for value in event if isinstance(value, str) and len(value) == 32 and value in pages]) == 1
    )
