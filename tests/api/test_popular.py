"""`GET /api/v1/popular`: titles by likes, and by a mean that is damped for few ratings."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from config import Config
from db.engine import open_engine

URL = "/api/v1/popular"


def test_popular_counts_match_the_database(shared_client: FlaskClient, config: Config) -> None:
    with open_engine(config.database_url).connect() as connection:
        query = "SELECT count(*), sum(rating >= 8) FROM ratings WHERE anime_id = :anime_id"
        for item in shared_client.get(URL).get_json()["items"]:
            row = connection.execute(text(query), {"anime_id": item["anime_id"]}).one()
            assert (item["watchers"], item["likes"]) == tuple(row)


def test_popular_sorts_by_likes(shared_client: FlaskClient) -> None:
    likes = [item["likes"] for item in shared_client.get(f"{URL}?limit=100").get_json()["items"]]
    assert likes == sorted(likes, reverse=True)


def test_popular_sorts_by_mean_rating(shared_client: FlaskClient) -> None:
    means = [item["mean_rating"] for item in shared_client.get(f"{URL}?sort=mean_rating").get_json()["items"]]
    assert means == sorted(means, reverse=True)
    assert all(1 <= mean <= 10 for mean in means)


def test_pages_are_consecutive(shared_client: FlaskClient) -> None:
    whole = shared_client.get(f"{URL}?limit=60").get_json()["items"]
    pages = [shared_client.get(f"{URL}?limit=20&page={page}").get_json() for page in (1, 2, 3)]
    assert [item for page in pages for item in page["items"]] == whole
    assert pages[0]["pagination"] == {"page": 1, "limit": 20, "total": 300, "has_next": True}


def test_popular_takes_filters(shared_client: FlaskClient) -> None:
    page = shared_client.get(f"{URL}?types=Movie&year_from=2000").get_json()
    assert {item["type"] for item in page["items"]} == {"Movie"}
    assert all(item["year"] >= 2000 for item in page["items"])


@pytest.mark.parametrize("query", ["sort=magic", "limit=0", "limit=101", "page=0", "types=Radio", "typo=1"])
def test_invalid_parameter_is_422(shared_client: FlaskClient, query: str) -> None:
    response = shared_client.get(f"{URL}?{query}")
    assert response.status_code == 422
    assert response.get_json()["errors"][0]["loc"] == [query.partition("=")[0]]
