"""The surface that existing frontends call: `POST /users/recommendations`, `GET /api/anime-suggestions`."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from app import create_app
from config import Config
from tests.api.conftest import saved
from tests.api.test_errors import check_problem

URL = "/users/recommendations"
BODY: dict[str, Any] = {
    "user_id": 900001,
    "anime_list": [{"name": "Steins;Gate", "rank": 1}, {"anime_id": 1535, "rating": 9}, "Clannad"],
}


def test_new_user_gets_an_array_of_fifteen_other_titles(client: FlaskClient) -> None:
    response = client.post(URL, json=BODY)
    assert response.status_code == 200
    items = response.get_json()
    assert isinstance(items, list)
    assert len(items) == 15
    assert not {9253, 1535, 2167} & {item["anime_id"] for item in items}
    assert set(items[0]) == {"anime_id", "anime_name", "genre", "stars", "score"}
    assert [item["score"] for item in items] == sorted((i["score"] for i in items), reverse=True)
    assert all(isinstance(item["stars"], int) and 1 <= item["stars"] <= 5 for item in items)


def test_repeated_request_gives_same_answer_and_one_user(client: FlaskClient) -> None:
    first, second = client.post(URL, json=BODY), client.post(URL, json=BODY)
    assert first.data == second.data
    assert saved(client.application, 900_001) == {1535: 9, 2167: 10, 9253: 10}


def test_new_user_is_a_neighbor_of_the_next_at_once(client: FlaskClient) -> None:
    client.post(URL, json=BODY)
    client.post(URL, json={**BODY, "user_id": 900002})
    items = client.get("/api/v1/users/900002/similar").get_json()["items"]
    assert items[0] == {"user_id": 900001, "similarity": 1.0, "in_common": 3}


def test_saved_list_counts_and_does_not_change(client: FlaskClient) -> None:
    client.post(URL, json=BODY)
    extra = {**BODY, "anime_list": ["Cowboy Bebop"], "n": 100}
    ids = {item["anime_id"] for item in client.post(URL, json=extra).get_json()}
    assert not {9253, 1535, 2167, 1} & ids
    assert set(saved(client.application, 900_001)) == {9253, 1535, 2167}


def test_content_based_gives_twenty_with_similarities(client: FlaskClient) -> None:
    items = client.post(URL, json={**BODY, "algorithm": "content-based"}).get_json()
    assert len(items) == 20
    assert all(0 <= item["similarity_score"] <= 1 for item in items)


def test_new_user_without_a_list_is_not_saved(client: FlaskClient) -> None:
    nobody = client.post(URL, json={"user_id": 900003}).get_json()
    popular = client.post(URL, json={"user_id": 900004, "algorithm": "popular", "n": 15}).get_json()
    assert nobody == popular
    assert client.get("/api/v1/users/900003/similar").status_code == 404


def test_unresolved_titles_are_named_in_a_header(client: FlaskClient) -> None:
    body = {**BODY, "anime_list": ["Steins;Gate", "  ", {"name": ""}, "qqqq, 進撃"], "extra": [1]}
    response = client.post(URL, json=body)
    assert response.status_code == 200
    assert response.headers["X-Unresolved-Titles"] == "qqqq%2C%20%E9%80%B2%E6%92%83"


def test_list_of_unknown_titles_is_404_and_saves_nobody(client: FlaskClient) -> None:
    response = client.post(URL, json={"user_id": 900005, "anime_list": ["qqqq"]})
    assert response.status_code == 404
    assert "qqqq" in response.get_json()["error"]
    assert client.get("/api/v1/users/900005/similar").status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"user_id": None},
        {"user_id": "7"},
        {"user_id": 7.5},
        {"user_id": True},
        {"user_id": -1},
        {"user_id": 10**30},
        {"algorithm": "magic"},
        {"algorithm": 3},
        {"algorithm": "content-based", "anime_list": []},
        {"n": 0},
        {"n": 101},
        {"n": "5"},
        {"anime_list": "Naruto"},
        {"anime_list": [5]},
        {"anime_list": [{"rating": 9}]},
        {"anime_list": [{"anime_id": 1, "rating": 11}]},
        {"anime_list": [{"anime_id": 1, "rating": 0}]},
        {"anime_list": [{"anime_id": 10**12}]},
        {"anime_list": ["x" * 1_000]},
    ],
    ids=str,
)
def test_invalid_request_is_400_with_a_detail(client: FlaskClient, change: dict[str, Any]) -> None:
    response = client.post(URL, json=BODY | change)
    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"
    problem = response.get_json()
    assert problem["error"] == problem["detail"]
    assert problem["status"] == 400


@pytest.mark.parametrize("body", [b"", b"{nope", b"[1]", b"null", b'"x"', b"\xff\xfe", b'{"user_id": NaN}'])
def test_body_without_a_json_object_is_400(client: FlaskClient, body: bytes) -> None:
    response = client.post(URL, data=body, content_type="application/json")
    assert response.status_code == 400
    assert response.get_json()["status"] == 400


def test_oversized_body_is_413(client: FlaskClient) -> None:
    response = client.post(URL, data=b'{"user_id": 1, "x": "' + b"x" * 1_100_000 + b'"}')
    assert response.status_code == 413
    assert response.mimetype == "application/problem+json"


def test_oversized_list_is_413(client: FlaskClient) -> None:
    response = client.post(URL, json={"user_id": 1, "anime_list": ["Naruto"] * 10_000})
    assert response.status_code == 413
    assert "10,000" in response.get_json()["detail"]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("stei", "Steins;Gate"),
        ("STEI", "Steins;Gate"),
        ("ｓｔｅｉ", "Steins;Gate"),
        ("attack on", "Shingeki no Kyojin"),
        ("進撃", "Shingeki no Kyojin"),
        ("fmab", "Fullmetal Alchemist: Brotherhood"),
        ("lelouch", "Code Geass: Hangyaku no Lelouch"),
        ("clanad", "Clannad"),
    ],
)
def test_suggestions_complete_any_name_to_the_main_title(client: FlaskClient, typed: str, first: str) -> None:
    titles = client.get("/api/anime-suggestions", query_string={"query": typed}).get_json()
    assert titles[0] == first
    assert len(titles) <= 10


def test_suggestions_for_blank_input_are_empty(client: FlaskClient) -> None:
    assert client.get("/api/anime-suggestions").get_json() == []
    assert client.get("/api/anime-suggestions?query=%20").get_json() == []


@pytest.mark.parametrize(
    "query", ["query=a&limit=0", "query=a&limit=51", "query=a&limit=x", f"query={'x' * 300}"]
)
def test_suggestions_refuse_values_out_of_range(client: FlaskClient, query: str) -> None:
    assert client.get(f"/api/anime-suggestions?{query}").status_code == 400


@pytest.fixture
def keyed_client(config: Config) -> FlaskClient:
    keys = ("read:only-a-test-of-this-project-reads", "write:only-a-test-of-this-project-writes")
    return create_app(config.model_copy(update={"api_keys": keys})).test_client()


WRITER = {"X-API-Key": "only-a-test-of-this-project-writes"}


@pytest.mark.parametrize("titles", [BODY["anime_list"], [], ["Cowboy Bebop"]])
def test_without_a_key_every_id_gets_one_answer(keyed_client: FlaskClient, titles: list[Any]) -> None:
    keyed_client.post(URL, json=BODY, headers=WRITER)
    known, imported, unknown = (
        keyed_client.post(URL, json={"user_id": user_id, "anime_list": titles, "n": 100})
        for user_id in (900_001, 7, 900_002)
    )
    assert known.status_code == 200
    assert known.data == imported.data == unknown.data


def test_without_a_key_nothing_is_saved(keyed_client: FlaskClient) -> None:
    assert keyed_client.post(URL, json=BODY).status_code == 200
    assert saved(keyed_client.application, 900_001) == {}
    keyed_client.post(URL, json=BODY, headers=WRITER)
    keyed_client.post(URL, json={**BODY, "anime_list": ["Cowboy Bebop"]})
    assert saved(keyed_client.application, 900_001) == {1535: 9, 2167: 10, 9253: 10}


def test_key_that_may_write_uses_and_saves_lists(keyed_client: FlaskClient) -> None:
    keyed_client.post(URL, json=BODY, headers=WRITER)
    again = {"user_id": 900_001, "anime_list": ["Cowboy Bebop"], "n": 100}
    ids = {item["anime_id"] for item in keyed_client.post(URL, json=again, headers=WRITER).get_json()}
    assert not {9253, 1535, 2167, 1} & ids


@pytest.mark.parametrize(("key", "status"), [("only-a-test-of-this-project-reads", 403), ("unknown", 401)])
def test_key_that_may_not_write_is_refused(keyed_client: FlaskClient, key: str, status: int) -> None:
    check_problem(keyed_client.post(URL, json=BODY, headers={"X-API-Key": key}), status)
    assert saved(keyed_client.application, 900_001) == {}


def test_any_status_is_ignored_as_other_members_are(client: FlaskClient) -> None:
    entry = {"anime_id": 1535, "status": "Plan to Watch", "progress": 3}
    client.post(URL, json={"user_id": 900_005, "anime_list": [entry]})
    assert saved(client.application, 900_005) == {1535: 10}
