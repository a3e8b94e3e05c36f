"""`POST /api/v1/taste`: a summary of a list, nothing saved."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from app import create_app
from config import Config
from recommender.artifacts.snapshot import Snapshot
from recommender.data.query import Query
from recommender.models.popularity import Popularity
from recommender.models.user_user import UserUser
from tests.api.test_errors import check_problem

URL = "/api/v1/taste"
LIST: dict[str, Any] = {
    "ratings": [{"anime_id": 1535, "rating": 9}, {"name": "Clannad"}, {"anime_id": 9253, "rating": 4}],
    "watched_ids": [16498, 1535],
}


def ask(client: FlaskClient, **body: Any) -> dict[str, Any]:
    response = client.post(URL, json=body)
    assert response.status_code == 200, response.data
    answer: dict[str, Any] = response.get_json()
    return answer


def test_resolved_titles_have_their_submitted_ratings(
    shared_client: FlaskClient,
) -> None:
    answer = ask(shared_client, **LIST)
    assert [(item["anime_id"], item["rating"]) for item in answer["resolved"]] == [
        (1535, 9),
        (2167, None),
        (9253, 4),
        (16498, None),
    ]
    assert answer["resolved"][0]["name"] == "Death Note"
    assert (answer["titles"], answer["rated"], answer["unresolved"]) == (4, 2, [])


def test_means_count_submitted_ratings_only(shared_client: FlaskClient, snapshot: Snapshot) -> None:
    answer = ask(shared_client, **LIST)
    rows = snapshot.catalog.vocabulary.rows([1535, 9253])
    assert answer["mean_rating"] == 6.5
    assert answer["others_mean_rating"] == round(
        float(snapshot.models[Popularity].plain_means[rows].mean()), 2
    )
    assert answer["histogram"] == [0, 0, 0, 1, 0, 0, 0, 0, 1, 0]
    unrated = ask(shared_client, ratings=["Clannad"], watched_ids=[16498])
    assert (unrated["rated"], unrated["mean_rating"], unrated["others_mean_rating"]) == (0, None, None)


def test_genres_decades_and_types_are_counted(shared_client: FlaskClient, snapshot: Snapshot) -> None:
    answer = ask(shared_client, **LIST)
    rows = snapshot.catalog.vocabulary.rows([1535, 2167, 9253, 16498]).tolist()
    titles = [snapshot.catalog[row] for row in rows]
    counts = {entry["name"]: entry["titles"] for entry in answer["genres"]}
    genres = [genre for title in titles for genre in title.genres]
    assert counts == {genre: genres.count(genre) for genre in genres}
    assert all(entry["share"] == entry["titles"] / 4 for entry in answer["genres"])
    assert all(0 < entry["others_share"] < 1 for entry in answer["genres"])
    assert answer["types"] == [{"name": "TV", "titles": 4, "share": 1.0}]
    assert [entry["decade"] for entry in answer["decades"]] == sorted({t.year // 10 * 10 for t in titles})
    assert sum(entry["titles"] for entry in answer["decades"]) == 4


def test_rating_far_from_the_mean_is_named(shared_client: FlaskClient, snapshot: Snapshot) -> None:
    answer = ask(shared_client, **LIST)
    row = snapshot.catalog.vocabulary.row(9253)
    mean = round(float(snapshot.models[Popularity].plain_means[row]), 2)
    assert answer["lower"] == [
        {"anime_id": 9253, "name": "Steins;Gate", "rating": 4, "others_mean_rating": mean}
    ]
    assert 9253 not in {title["anime_id"] for title in answer["higher"]}


def test_neighbors_are_numbers_without_ids(shared_client: FlaskClient, snapshot: Snapshot) -> None:
    answer = ask(shared_client, **LIST)
    rows = snapshot.catalog.vocabulary.rows([1535, 2167, 9253, 16498]).tolist()
    context = snapshot.context(Query.of(zip(rows, (9, 10, 4, 0), strict=True)))
    nearest = snapshot.models[UserUser].neighbors(context, 20)
    assert answer["neighbors"] == [
        {"similarity": round(similarity, 4), "in_common": in_common}
        for similarity, in_common in zip(
            nearest.similarities.tolist(), nearest.in_common.tolist(), strict=True
        )
    ]
    assert len(answer["neighbors"]) == 20


def test_adult_genres_and_titles_are_named_on_request_only(shared_small_client: FlaskClient) -> None:
    ratings = [{"anime_id": 104, "rating": 1}, {"anime_id": 106, "rating": 9}]
    without, with_them = (ask(shared_small_client, ratings=ratings, nsfw=nsfw) for nsfw in (False, True))
    assert "Hentai" not in {entry["name"] for entry in without["genres"]}
    assert "Hentai" in {entry["name"] for entry in with_them["genres"]}
    assert without["lower"] == []
    assert [title["anime_id"] for title in with_them["lower"]] == [104]
    assert without["mean_rating"] == with_them["mean_rating"] == 5.0


def test_empty_list_has_an_empty_summary(shared_client: FlaskClient) -> None:
    answer = ask(shared_client)
    assert (answer["titles"], answer["mean_rating"]) == (0, None)
    assert answer["genres"] == answer["neighbors"] == answer["resolved"] == []


def test_unresolved_titles_are_named(shared_client: FlaskClient) -> None:
    answer = ask(shared_client, ratings=["Clannad", "qqqq", {"anime_id": 77}], watched_ids=[424242])
    assert answer["unresolved"] == ["qqqq", "77", "424242"]
    check_problem(shared_client.post(URL, json={"ratings": ["qqqq"]}), 404)


@pytest.mark.parametrize(
    "body",
    [
        {"nsfw": "yes"},
        {"typo": 1},
        {"ratings": [{"anime_id": 1, "rating": 0}]},
        {"watched_ids": ["1"]},
    ],
    ids=lambda body: repr(body)[:40],
)
def test_invalid_member_is_422_and_named(shared_client: FlaskClient, body: dict[str, Any]) -> None:
    problem = check_problem(shared_client.post(URL, json=body), 422)
    assert problem["errors"][0]["loc"][0] == next(iter(body))


def test_same_list_gives_same_bytes_in_every_process(config: Config) -> None:
    clients = [create_app(config).test_client() for _ in range(2)]
    assert len({client.post(URL, json=LIST).data for client in clients * 2}) == 1
