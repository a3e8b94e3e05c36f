"""Recommendations for saved users, and similar users; their lists are never shown."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from db.engine import write_transaction
from db.models import Rating
from domain.ranges import WatchStatus
from recommender.artifacts.snapshot import Snapshot
from recommender.models.registry import ALGORITHMS
from tests.api.conftest import engine_of, saved

RECOMMENDATIONS = "/api/v1/users/7/recommendations"
SIMILAR = "/api/v1/users/7/similar"
EVERY_ALGORITHM = pytest.mark.parametrize("algorithm", list(ALGORITHMS))


def ask(client: FlaskClient, path: str, **query: Any) -> dict[str, Any]:
    response = client.get(path, query_string=query)
    assert response.status_code == 200, response.data
    answer: dict[str, Any] = response.get_json()
    return answer


@EVERY_ALGORITHM
def test_saved_user_gets_titles_not_in_their_list(shared_client: FlaskClient, algorithm: str) -> None:
    answer = ask(shared_client, RECOMMENDATIONS, algorithm=algorithm)
    assert answer["algorithm"] == algorithm
    assert len(answer["items"]) == ALGORITHMS[algorithm].default_limit
    assert not saved(shared_client.application, 7).keys() & {item["anime_id"] for item in answer["items"]}


@pytest.mark.parametrize("algorithm", ["content-based", "popular"])
def test_saved_user_gets_the_same_as_a_submitted_list(shared_client: FlaskClient, algorithm: str) -> None:
    own = saved(shared_client.application, 7)
    body = {
        "ratings": [{"anime_id": anime_id, "rating": rating} for anime_id, rating in own.items() if rating],
        "watched_ids": [anime_id for anime_id, rating in own.items() if not rating],
        "algorithm": algorithm,
    }
    stranger = shared_client.post("/api/v1/recommendations", json=body).get_json()["items"]
    stored = ask(shared_client, RECOMMENDATIONS, algorithm=algorithm)["items"]
    assert [item["anime_id"] for item in stored] == [item["anime_id"] for item in stranger]
    assert body["watched_ids"] != []


def test_options_are_query_parameters(shared_client: FlaskClient) -> None:
    first = ask(shared_client, RECOMMENDATIONS, limit=6)["items"]
    ids = [item["anime_id"] for item in first]
    comma = ask(shared_client, RECOMMENDATIONS, limit=4, exclude_ids=f"{ids[0]},{ids[1]}")["items"]
    repeated = ask(shared_client, RECOMMENDATIONS, limit=4, exclude_ids=ids[:2])["items"]
    assert [item["anime_id"] for item in comma] == ids[2:]
    assert comma == repeated
    films = ask(shared_client, RECOMMENDATIONS, types="Movie,OVA", genres_exclude="Drama", limit=5)["items"]
    assert {item["type"] for item in films} <= {"Movie", "OVA"}
    assert not any("Drama" in item["genres"] for item in films)
    assert len(films) == 5


def test_same_request_gives_the_same_bytes(shared_client: FlaskClient) -> None:
    first, second = shared_client.get(RECOMMENDATIONS), shared_client.get(RECOMMENDATIONS)
    assert first.data == second.data
    assert shared_client.get(SIMILAR).data == shared_client.get(SIMILAR).data


def test_recommendation_ids_differ_between_users(shared_client: FlaskClient) -> None:
    one = ask(shared_client, "/api/v1/users/7/recommendations")["recommendation_id"]
    other = ask(shared_client, "/api/v1/users/8/recommendations")["recommendation_id"]
    assert one != other


def test_similar_users_are_ids_and_numbers_only(shared_client: FlaskClient) -> None:
    answer = ask(shared_client, SIMILAR)
    assert answer["user_id"] == 7
    assert len(answer["items"]) == 10
    for item in answer["items"]:
        assert set(item) == {"user_id", "similarity", "in_common"}
        assert 0 < item["similarity"] <= 1
        assert item["in_common"] >= 1
    similarities = [item["similarity"] for item in answer["items"]]
    assert similarities == sorted(similarities, reverse=True)
    assert 7 not in {item["user_id"] for item in answer["items"]}


def test_in_common_counts_liked_titles(shared_client: FlaskClient) -> None:
    mine = {anime_id for anime_id, rating in saved(shared_client.application, 7).items() if rating >= 8}
    for item in ask(shared_client, SIMILAR, limit=5)["items"]:
        theirs = {
            key for key, rating in saved(shared_client.application, item["user_id"]).items() if rating >= 8
        }
        assert item["in_common"] == len(mine & theirs)


@pytest.mark.parametrize("limit", [1, 30, 100])
def test_similar_users_honor_the_limit(shared_client: FlaskClient, snapshot: Snapshot, limit: int) -> None:
    assert len(ask(shared_client, SIMILAR, limit=limit)["items"]) == limit < snapshot.ratings.n_users


@pytest.mark.parametrize("what", ["recommendations", "similar"])
def test_unknown_user_is_404_with_advice(shared_client: FlaskClient, what: str) -> None:
    response = shared_client.get(f"/api/v1/users/123456789/{what}")
    assert response.status_code == 404
    assert response.get_json()["detail"].startswith("user 123456789 is not known; POST")


@pytest.mark.parametrize("path", [RECOMMENDATIONS, SIMILAR])
@pytest.mark.parametrize("user_id", ["-1", "x", "1.5", "99999999999999999999", "%00", "1e3"])
def test_malformed_id_is_4xx(shared_client: FlaskClient, path: str, user_id: str) -> None:
    response = shared_client.get(path.replace("7", user_id))
    assert response.status_code in (404, 422)
    assert response.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    ("query", "loc"),
    [
        ("limit=0", ["limit"]),
        ("limit=101", ["limit"]),
        ("limit=x", ["limit"]),
        ("limit=1.5", ["limit"]),
        ("algorithm=magic", ["algorithm"]),
        ("exclude_ids=x", ["exclude_ids", 0]),
        ("exclude_ids=99999999999999999999", ["exclude_ids", 0]),
        ("exclude_ids=-1", ["exclude_ids", 0]),
        ("types=Radio", ["types"]),
        ("genres=Nonsense", ["genres"]),
        ("min_mal_score=nan", ["min_mal_score"]),
        ("min_mal_score=inf", ["min_mal_score"]),
        ("min_members=-1", ["min_members"]),
        ("min_members=99999999999999999999", ["min_members"]),
        ("year_from=1", ["year_from"]),
        ("nsfw=perhaps", ["nsfw"]),
        ("typo=1", ["typo"]),
    ],
)
def test_invalid_parameter_is_422_and_named(
    shared_client: FlaskClient, query: str, loc: list[str | int]
) -> None:
    response = shared_client.get(f"{RECOMMENDATIONS}?{query}")
    assert response.status_code == 422
    assert response.mimetype == "application/problem+json"
    assert response.get_json()["errors"][0]["loc"] == loc


def test_next_part_of_a_saved_dropped_title_is_not_recommended(client: FlaskClient) -> None:
    naruto, shippuuden, user_id = 20, 1735, 900_001
    client.put(f"/api/v1/users/{user_id}/ratings", json={"ratings": [{"anime_id": naruto, "rating": 9}]})
    path, query = f"/api/v1/users/{user_id}/recommendations", {"limit": 100, "franchise": "allow"}
    for status, expected in ((None, True), (WatchStatus.COMPLETED, True), (WatchStatus.DROPPED, False)):
        with write_transaction(engine_of(client.application)) as connection:
            connection.execute(update(Rating).where(Rating.user_id == user_id).values(status=status))
        answer = ask(client, path, **query)
        assert (shippuuden in {item["anime_id"] for item in answer["items"]}) is expected
        body = {"user_id": user_id, "n": 100, "algorithm": "hybrid", "anime_list": ["Naruto"]}
        compatible = client.post("/users/recommendations", json=body).get_json()
        assert expected or shippuuden not in {item["anime_id"] for item in compatible}
