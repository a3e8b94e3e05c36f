"""A list belongs to whoever holds its token: on each database, with and without configured keys."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.keys import profile_token
from app import create_app
from config import Config
from domain.ranges import PROFILE_IDS
from recommender.artifacts.store import ModelStore
from serving.builder import build_model
from tests.api.conftest import engine_of, saved
from tests.api.test_errors import check_problem
from tests.api.test_openapi import mismatches
from tests.api.test_saving import neighbors, put
from tests.conftest import SECRET
from tests.serving.worlds import add_titles

PROFILES = "/api/v1/profiles"
LIST = {"ratings": [{"anime_id": 106, "rating": 9}, {"anime_id": 108}], "watched_ids": [110, 112]}
STORED = {106: 9, 108: 10, 110: 0, 112: 0}
METHODS = ("GET", "PUT", "DELETE")
EXPORT = (
    b"<myanimelist><anime><series_animedb_id>107</series_animedb_id><series_title>Story</series_title>"
    b"<my_score>9</my_score><my_status>Completed</my_status></anime></myanimelist>"
)
BOTH_WAYS = pytest.mark.parametrize("keys", [(), ("write:writer",)], ids=["no keys", "keys"])


def made(client: FlaskClient, body: Any = LIST) -> dict[str, Any]:
    """A new profile, as the server answers."""
    response = client.post(PROFILES, json=body)
    assert response.status_code == 201, response.data
    answer: dict[str, Any] = response.get_json()
    assert response.headers["Location"] == f"{PROFILES}/{answer['user_id']}"
    return answer


def opening(token: str) -> dict[str, dict[str, str]]:
    return {"headers": {"Authorization": f"Bearer {token}"}}


def ask(client: FlaskClient, method: str, user_id: int, token: str, **more: Any) -> Any:
    return client.open(f"{PROFILES}/{user_id}", method=method, **opening(token), **more)


def test_profile_gets_a_random_id_and_token(each_app: Flask) -> None:
    client = each_app.test_client()
    first, second = made(client), made(client)
    assert {key: first[key] for key in ("saved", "unresolved")} == {"saved": 4, "unresolved": []}
    assert first["user_id"] in PROFILE_IDS
    assert second["user_id"] in PROFILE_IDS
    assert first["user_id"] != second["user_id"]
    assert first["token"] != second["token"]
    assert saved(each_app, first["user_id"]) == STORED


def test_export_is_a_file_with_everything_stored(each_app: Flask, each_config: Config) -> None:
    client = each_app.test_client()
    profile = made(client)
    address = f"{PROFILES}/{profile['user_id']}/export"
    check_problem(client.get(address), 401)
    response = client.get(address, **opening(profile["token"]))
    assert response.headers["Content-Disposition"].startswith('attachment; filename="anime-profile-')
    assert response.headers["Cache-Control"] == "no-store"
    shown = ask(client, "GET", profile["user_id"], profile["token"]).get_json()
    assert response.get_json() == {**shown, "learned_by": None, "events": [], "experiments": []}
    build_model(engine_of(each_app), ModelStore(each_config.model_dir))
    assert client.get(address, **opening(profile["token"])).get_json()["learned_by"] == "v0002"


def test_get_profile_returns_the_saved_list(each_app: Flask) -> None:
    client = each_app.test_client()
    profile = made(client)
    response = ask(client, "GET", profile["user_id"], profile["token"])
    assert response.get_json() == {
        "user_id": profile["user_id"],
        "ratings": [
            {"anime_id": 106, "name": "Story number 106", "rating": 9, "status": None},
            {"anime_id": 108, "name": "Story number 108", "rating": 10, "status": None},
        ],
        "watched_ids": [110, 112],
        "statuses": [],
        "planned_ids": [],
    }
    assert response.headers["Cache-Control"] == "no-store"


def test_returned_list_can_be_sent_back(each_app: Flask) -> None:
    client = each_app.test_client()
    profile = made(client)
    shown = ask(client, "GET", profile["user_id"], profile["token"]).get_json()
    body = {key: shown[key] for key in ("ratings", "watched_ids")}
    other = made(client, {"ratings": [{"anime_id": 107}]})
    assert ask(client, "PUT", other["user_id"], other["token"], json=body).status_code == 200
    assert saved(each_app, other["user_id"]) == STORED


def test_put_profile_replaces_the_whole_list(each_app: Flask) -> None:
    client = each_app.test_client()
    profile = made(client)
    body = {"ratings": [{"anime_id": 107, "rating": 3}, {"name": "qqqqqqq"}]}
    answer = ask(client, "PUT", profile["user_id"], profile["token"], json=body)
    assert answer.get_json() == {
        **{"user_id": profile["user_id"], "saved": 1, "unresolved": ["qqqqqqq"]},
        **{"pending": 0, "planned": 0},
    }
    assert saved(each_app, profile["user_id"]) == {107: 3}


def test_list_without_an_id_or_known_name_saves_nothing(each_app: Flask) -> None:
    client = each_app.test_client()
    profile = made(client)
    blank = ({"ratings": ["qqqqqqqq"]}, {"ratings": [" "]}, {"ratings": [{"name": "qqqqqqqq", "rating": 3}]})
    for body, status in (*((body, 404) for body in blank), ({}, 422), ({"ratings": [], "x": 1}, 422)):
        check_problem(ask(client, "PUT", profile["user_id"], profile["token"], json=body), status)
        check_problem(client.post(PROFILES, json=body), status)
    assert saved(each_app, profile["user_id"]) == STORED
    assert people(each_app) == {profile["user_id"]}


def people(app: Flask) -> set[int]:
    """Ids of the stored profiles."""
    with engine_of(app).connect() as connection:
        ids = connection.exec_driver_sql("SELECT user_id FROM users").scalars()
        return {user_id for user_id in ids if user_id in PROFILE_IDS}


def test_profile_counts_in_every_worker_until_it_is_erased(each_config: Config) -> None:
    first, second = create_app(each_config), create_app(each_config)
    profile = made(first.test_client())
    put(first.test_client(), 77, LIST["ratings"])
    assert profile["user_id"] in neighbors(second, 77)
    erased = ask(second.test_client(), "DELETE", profile["user_id"], profile["token"])
    assert (erased.status_code, erased.data) == (204, b"")
    assert saved(first, profile["user_id"]) == {}
    for app in (first, second):
        assert profile["user_id"] not in neighbors(app, 77)


def test_erased_profile_is_404_and_not_revived(each_app: Flask) -> None:
    client = each_app.test_client()
    profile = made(client)
    ask(client, "DELETE", profile["user_id"], profile["token"])
    for method in METHODS:
        response = ask(client, method, profile["user_id"], profile["token"], json=LIST)
        assert "POST /api/v1/profiles makes a new one" in check_problem(response, 404)["detail"]
    assert people(each_app) == set()


@BOTH_WAYS
def test_wrong_token_hides_whether_a_profile_exists(small_config: Config, keys: tuple[str, ...]) -> None:
    app = create_app(small_config.model_copy(update={"api_keys": keys}))
    client = app.test_client()
    profile, other = made(client), made(client)
    nobody = next(user_id for user_id in PROFILE_IDS if user_id != profile["user_id"])
    right = profile["token"]
    wrong = ["", "x", right[:-1], right + "x", right.upper(), other["token"], "writer", "ключ", SECRET]
    sent = [{}, {"X-API-Key": "writer"}, {"Authorization": "Basic eDp4"}]
    sent += [opening(token)["headers"] for token in wrong]
    answers = []
    for method, user_id, headers in product(METHODS, (profile["user_id"], nobody), sent):
        response = client.open(f"{PROFILES}/{user_id}", method=method, headers=headers, json=LIST)
        assert response.headers["WWW-Authenticate"] == "Bearer"
        answers.append(check_problem(response, 401))
    assert all(answer == answers[0] for answer in answers)
    assert saved(app, profile["user_id"]) == STORED


@BOTH_WAYS
def test_token_opens_its_profile_with_and_without_keys(small_config: Config, keys: tuple[str, ...]) -> None:
    client = create_app(small_config.model_copy(update={"api_keys": keys})).test_client()
    profile = made(client)
    body = {"ratings": [{"anime_id": 107}]}
    assert [
        ask(client, method, profile["user_id"], profile["token"], json=body).status_code for method in METHODS
    ] == [200, 200, 204]


def test_token_depends_on_id_and_secret_key(small_config: Config) -> None:
    token = profile_token(b"one", PROFILE_IDS[0])
    assert len(token) == 43
    assert token == profile_token(b"one", PROFILE_IDS[0])
    assert len({token, profile_token(b"two", PROFILE_IDS[0]), profile_token(b"one", PROFILE_IDS[1])}) == 3
    profile = made(create_app(small_config).test_client())
    rotated = create_app(small_config.model_copy(update={"secret_key": SECRET[::-1]})).test_client()
    check_problem(ask(rotated, "GET", profile["user_id"], profile["token"]), 401)


@pytest.mark.parametrize("user_id", [7, PROFILE_IDS.start - 1, PROFILE_IDS.stop])
def test_id_outside_the_profile_range_has_no_token(shared_small_client: FlaskClient, user_id: int) -> None:
    token = profile_token(SECRET.encode(), user_id)  # which nobody gets
    check_problem(ask(shared_small_client, "GET", user_id, "x"), 401)
    check_problem(ask(shared_small_client, "GET", user_id, token), 422)


AMONG_USERS = [("GET", "/recommendations"), ("GET", "/similar"), ("PUT", "/ratings"), ("DELETE", "")]


@BOTH_WAYS
def test_users_routes_need_a_key_for_a_profile(small_config: Config, keys: tuple[str, ...]) -> None:
    app = create_app(small_config.model_copy(update={"api_keys": keys}))
    client = app.test_client()
    profile = made(client)
    person = f"/api/v1/users/{profile['user_id']}"
    sent = [{}, {"X-API-Key": "made-up"}, opening(profile["token"])["headers"]]
    for (method, route), headers in product(AMONG_USERS, sent):
        response = client.open(person + route, method=method, json=LIST, headers=headers)
        detail = check_problem(response, 401)["detail"]
        assert ("X-API-Key" in detail) if keys else (f"use {PROFILES}/{profile['user_id']}" in detail)
    assert saved(app, profile["user_id"]) == STORED
    with_key = [
        client.open(person + route, method=method, json=LIST, headers={"X-API-Key": "writer"}).status_code
        for method, route in AMONG_USERS
    ]
    assert with_key == ([200, 200, 200, 204] if keys else [401] * 4)


def test_import_never_replaces_a_profile_without_a_key(shared_small_client: FlaskClient) -> None:
    profile = made(shared_small_client)
    url = f"/api/v1/imports/mal?dry_run=false&user_id={profile['user_id']}"
    check_problem(shared_small_client.post(url, data=EXPORT, content_type="application/xml"), 401)
    assert saved(shared_small_client.application, profile["user_id"]) == STORED


@BOTH_WAYS
def test_compatible_route_reveals_and_adds_no_profile(small_config: Config, keys: tuple[str, ...]) -> None:
    app = create_app(small_config.model_copy(update={"api_keys": keys}))
    client = app.test_client()
    profile = made(client)
    nobody = PROFILE_IDS[profile["user_id"] - PROFILE_IDS.start - 1]
    lists: tuple[dict[str, Any], ...] = ({}, {"anime_list": [{"anime_id": 114}]}, {"anime_list": ["qqqq"]})
    for body in lists:
        answers = [
            check_problem(client.post("/users/recommendations", json={"user_id": user_id, **body}), 400)
            for user_id in (profile["user_id"], nobody)
        ]
        told = [answer["detail"].replace(str(profile["user_id"]), str(nobody)) for answer in answers]
        assert told[0] == told[1]
        assert "use POST /api/v1/recommendations or /api/v1/profiles" in told[0]
    assert saved(app, profile["user_id"]) == STORED
    assert people(app) == {profile["user_id"]}


def test_key_neither_creates_nor_revives_a_profile(small_config: Config) -> None:
    app = create_app(small_config.model_copy(update={"api_keys": ("write:writer",)}))
    client, headers = app.test_client(), {"X-API-Key": "writer"}
    erased = made(client)["user_id"]
    assert client.delete(f"/api/v1/users/{erased}", headers=headers).status_code == 204
    for user_id in (erased, PROFILE_IDS[7]):
        put = client.put(f"/api/v1/users/{user_id}/ratings", json=LIST, headers=headers)
        imported = client.post(
            f"/api/v1/imports/mal?dry_run=false&user_id={user_id}",
            data=EXPORT,
            headers={**headers, "Content-Type": "application/xml"},
        )
        for response in (put, imported):
            assert "may have been erased" in check_problem(response, 404)["detail"]
    assert people(app) == set()


def test_title_newer_than_the_model_survives_a_round_trip(each_app: Flask) -> None:
    client = each_app.test_client()
    add_titles(engine_of(each_app), [998, 999])
    profile = made(client, {"ratings": [{"anime_id": 106, "rating": 9}, {"anime_id": 998, "rating": 3}]})
    assert (profile["saved"], profile["unresolved"]) == (2, [])
    shown = ask(client, "GET", profile["user_id"], profile["token"]).get_json()
    assert {"anime_id": 998, "name": None, "rating": 3, "status": None} in shown["ratings"]
    body = {"ratings": shown["ratings"], "watched_ids": [999, 424_242]}
    answer = ask(client, "PUT", profile["user_id"], profile["token"], json=body).get_json()
    assert (answer["saved"], answer["unresolved"]) == (3, ["424242"])
    assert saved(each_app, profile["user_id"]) == {106: 9, 998: 3, 999: 0, 424_242: 0}
    assert answer["pending"] == 1


def nearest(client: FlaskClient, body: Any, **more: Any) -> float:
    """The similarity of the nearest user of /taste."""
    answer = client.post("/api/v1/taste", json=body, **more).get_json()
    return float(answer["neighbors"][0]["similarity"])


def test_profile_with_token_is_not_its_own_neighbor(each_app: Flask) -> None:
    client = each_app.test_client()
    before = nearest(client, LIST)
    assert before < 1
    profile, other = made(client), made(client, {"ratings": [{"anime_id": 107}]})
    own = {**LIST, "profile_id": profile["user_id"]}
    assert nearest(client, LIST) == 1
    assert nearest(client, own, **opening(profile["token"])) == before
    for ignored in ({}, opening(other["token"]), {"headers": {"X-API-Key": profile["token"]}}):
        assert nearest(client, own, **ignored) == 1
    assert nearest(client, LIST, **opening(profile["token"])) == 1  # whose token it is is not looked up


def test_recommendations_ignore_the_callers_own_profile(each_app: Flask) -> None:
    client = each_app.test_client()
    body = {"ratings": LIST["ratings"], "algorithm": "user-user", "limit": 100}
    before = client.post("/api/v1/recommendations", json=body).get_json()["items"]
    profile = made(client, {"ratings": [*LIST["ratings"], {"anime_id": 119, "rating": 10}]})
    own = {**body, "profile_id": profile["user_id"]}
    with_token = client.post("/api/v1/recommendations", json=own, **opening(profile["token"])).get_json()
    without = client.post("/api/v1/recommendations", json=own).get_json()
    assert with_token["items"] == before
    assert without["items"] != before
    assert with_token["recommendation_id"] != without["recommendation_id"]


@pytest.mark.parametrize("profile_id", [7, PROFILE_IDS.stop, "x"])
@pytest.mark.parametrize("route", ["taste", "recommendations"])
def test_profile_id_outside_the_range_is_422(
    shared_small_client: FlaskClient, route: str, profile_id: Any
) -> None:
    response = shared_small_client.post(f"/api/v1/{route}", json={**LIST, "profile_id": profile_id})
    assert check_problem(response, 422)["errors"][0]["loc"] == ["profile_id"]


def test_profile_routes_share_the_limit_for_saving(small_config: Config) -> None:
    limits = {"rate_limit_enabled": True, "rate_limit": "9/hour", "rate_limit_writes": "2/hour"}
    client = create_app(small_config.model_copy(update=limits)).test_client()
    client.post(PROFILES, json=LIST)
    user_id, token = PROFILE_IDS[0], profile_token(SECRET.encode(), PROFILE_IDS[0])
    statuses = [
        ask(client, method, user_id, token, json=LIST).status_code
        for method in ("DELETE", "PUT", "GET", "DELETE")
    ]
    assert statuses == [404, 429, 404, 429]


def test_configured_origin_may_send_a_token(small_config: Config) -> None:
    client = create_app(
        small_config.model_copy(update={"cors_origins": ("https://a.example",)})
    ).test_client()
    preflight = {
        "Origin": "https://a.example",
        "Access-Control-Request-Method": "DELETE",
        "Access-Control-Request-Headers": "authorization",
    }
    response = client.options(f"{PROFILES}/{PROFILE_IDS[0]}", headers=preflight)
    assert response.status_code == 200
    assert "DELETE" in response.headers["Access-Control-Allow-Methods"]
    assert "authorization" in response.headers["Access-Control-Allow-Headers"].lower()


def test_answers_are_as_documented(shared_small_client: FlaskClient) -> None:
    document = shared_small_client.get("/api/v1/openapi.json").get_json()
    profile = made(shared_small_client)
    one = f"{PROFILES}/{{user_id}}"
    answers = [
        (PROFILES, "post", "201", profile),
        (one, "get", "200", ask(shared_small_client, "GET", profile["user_id"], profile["token"]).get_json()),
        (
            one,
            "put",
            "200",
            ask(shared_small_client, "PUT", profile["user_id"], profile["token"], json=LIST).get_json(),
        ),
    ]
    for path, method, status, answer in answers:
        content = document["paths"][path][method]["responses"][status]["content"]["application/json"]
        assert mismatches(document, content["schema"], answer) == []
        if "example" in content:
            assert mismatches(document, content["schema"], content["example"]) == []
