"""Franchise, diversity, niche and reasons, over HTTP."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from recommender.artifacts.snapshot import Snapshot
from recommender.data.anonymity import AnonymityFloor
from recommender.data.query import Query
from recommender.models.content_based import ContentBased
from recommender.models.popularity import Popularity
from recommender.models.registry import ALGORITHMS, algorithm_model

URL = "/api/v1/recommendations"
RATINGS = [{"anime_id": 9253, "rating": 9}, {"anime_id": 1535}, {"anime_id": 2167, "rating": 8}]
EVERY_ALGORITHM = pytest.mark.parametrize("algorithm", ALGORITHMS)


def items(client: FlaskClient, **body: Any) -> list[dict[str, Any]]:
    response = client.post(URL, json={"ratings": RATINGS, "limit": 40, **body})
    assert response.status_code == 200, response.get_json()
    found: list[dict[str, Any]] = response.get_json()["items"]
    return found


def rows(snapshot: Snapshot, found: list[dict[str, Any]]) -> np.ndarray:
    return snapshot.catalog.vocabulary.rows([item["anime_id"] for item in found])


@EVERY_ALGORITHM
def test_default_page_has_one_entry_point_per_franchise(
    shared_client: FlaskClient, snapshot: Snapshot, algorithm: str
) -> None:
    found = rows(snapshot, items(shared_client, algorithm=algorithm))
    own = snapshot.catalog.vocabulary.rows([entry["anime_id"] for entry in RATINGS])
    entries, groups = snapshot.franchises.entries, snapshot.franchises.groups
    assert all(entries[row] == row or entries[row] in own for row in found)
    assert len(np.unique(groups[found])) == len(found)


@EVERY_ALGORITHM
def test_franchise_exclude_hides_franchises_of_the_list(
    shared_client: FlaskClient, snapshot: Snapshot, algorithm: str
) -> None:
    found = rows(snapshot, items(shared_client, algorithm=algorithm, franchise="exclude"))
    own = snapshot.catalog.vocabulary.rows([entry["anime_id"] for entry in RATINGS])
    groups = snapshot.franchises.groups
    assert not np.isin(groups[found], groups[own]).any()


def test_franchise_allow_keeps_the_algorithms_order(shared_client: FlaskClient, snapshot: Snapshot) -> None:
    own = [(snapshot.catalog.vocabulary.row(e["anime_id"]) or 0, e.get("rating", 10)) for e in RATINGS]
    scores = snapshot.scorer("hybrid").scores(snapshot.context(Query.of(own), floor=AnonymityFloor()))
    scores[[row for row, _ in own]] = 0
    expected = np.argsort(-scores, kind="stable")[:40].tolist()
    assert (scores[expected] > 0).all()
    found = rows(snapshot, items(shared_client, franchise="allow", filters={"nsfw": True}))
    assert found.tolist() == expected


@EVERY_ALGORITHM
def test_reasons_name_list_titles_and_sum_below_the_score(shared_client: FlaskClient, algorithm: str) -> None:
    own = {entry["anime_id"] for entry in RATINGS}
    kinds = set()
    for item in items(shared_client, algorithm=algorithm, explain=True, limit=15):
        kinds |= {reason["kind"] for reason in item["reasons"]}
        because = [reason for reason in item["reasons"] if reason["kind"] == "because_you_liked"]
        assert {reason["anime_id"] for reason in because} <= own
        if algorithm not in {"item-item", "item2vec"}:  # where some count against a title, others weigh more
            assert sum(reason["weight"] for reason in because) <= item["score"] + 1e-3
    assert ("because_you_liked" in kinds) == hasattr(algorithm_model(algorithm), "contributions")
    assert "people_with_your_taste" in kinds


def test_theme_of_the_list_is_a_reason_for_its_titles(shared_client: FlaskClient) -> None:
    sports = [{"anime_id": anime_id} for anime_id in (857, 11771, 18507, 20583)]
    hated = [{"anime_id": 11061, "rating": 1}]
    body = {"ratings": [{"anime_id": 1535}, *sports, *hated], "explain": True, "franchise": "allow"}
    found = {"Sports": 0, "others": 0}
    for item in shared_client.post(URL, json=body).get_json()["items"]:
        themes = [reason for reason in item["reasons"] if reason["kind"] == "theme"]
        if "Sports" in item["genres"]:
            assert [(each["genres"], each["titles"], each["liked"]) for each in themes] == [
                (["Sports"], 4, 5)
            ]
            found["Sports"] += 1
        else:
            assert themes == []
            found["others"] += 1
    assert min(found.values()) > 0


def test_list_of_many_things_has_no_theme(shared_client: FlaskClient) -> None:
    body = {"ratings": [{"anime_id": anime_id} for anime_id in (20, 877, 30)], "explain": True}
    reasons = [
        reason
        for item in shared_client.post(URL, json=body).get_json()["items"]
        for reason in item["reasons"]
    ]
    assert reasons
    assert "theme" not in {reason["kind"] for reason in reasons}


def test_niche_shows_less_popular_titles(shared_client: FlaskClient, snapshot: Snapshot) -> None:
    likes = snapshot.models[Popularity].likes
    usual, niche = (likes[rows(snapshot, items(shared_client, niche=x, limit=10))].mean() for x in (0, 1))
    assert niche < usual


def test_diversity_shows_less_similar_titles(shared_client: FlaskClient, snapshot: Snapshot) -> None:
    def likeness(diversity: float) -> float:
        terms = snapshot.models[ContentBased].terms[
            rows(snapshot, items(shared_client, diversity=diversity, limit=10))
        ]
        return float((terms @ terms.T).mean())

    assert likeness(0.8) < likeness(0)


def test_titles_hidden_by_franchise_are_counted(shared_client: FlaskClient) -> None:
    counted, allowed = (
        shared_client.post(URL, json={"ratings": RATINGS, "franchise": mode}).get_json()["filtered"]
        for mode in ("entry_point", "allow")
    )
    assert counted["franchise"] > 0
    assert "franchise" not in allowed


@pytest.mark.parametrize(
    "body", [{"franchise": "some"}, {"diversity": 1.5}, {"niche": -0.1}, {"explain": "perhaps"}]
)
def test_invalid_page_option_is_422_and_named(shared_client: FlaskClient, body: dict[str, Any]) -> None:
    response = shared_client.post(URL, json={"ratings": RATINGS, **body})
    assert response.status_code == 422
    assert next(iter(body)) in str(response.get_json()["errors"])


def test_same_request_gives_the_same_bytes(shared_client: FlaskClient) -> None:
    body = {"ratings": RATINGS, "explain": True, "diversity": 0.4, "niche": 0.2}
    one, two = (shared_client.post(URL, json=body).data for _ in range(2))
    assert one == two


def test_saved_user_has_the_same_page_options(shared_client: FlaskClient) -> None:
    answer = shared_client.get(
        "/api/v1/users/7/recommendations?franchise=allow&niche=0.3&explain=true&limit=5"
    )
    assert answer.status_code == 200
    assert all(item["reasons"] for item in answer.get_json()["items"])
