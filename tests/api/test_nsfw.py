"""Adult titles are excluded everywhere unless requested, even where they would come first."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.serving.worlds import ACTION, ADULT, ALGORITHMS

# every route that lists titles, with as many as it gives; in the small world all of them lead to ADULT
LISTS = [
    *(f"/api/v1/users/1/recommendations?limit=100&algorithm={name}" for name in ALGORITHMS),
    "/api/v1/anime?limit=100",
    "/api/v1/anime?limit=100&query=story",
    "/api/v1/anime?limit=100&query=story+number+104",
    "/api/v1/anime?limit=100&sort=name",
    "/api/v1/anime?limit=100&genres_exclude=Action",
    "/api/v1/anime/106/similar?limit=100",
    "/api/v1/anime/104/similar?limit=100",
    "/api/v1/popular?limit=100",
    "/api/v1/popular?limit=100&sort=mean_rating",
]
FRESH = {"anime_id": 106, "rating": 9}


def shown(answer: dict[str, Any]) -> set[int]:
    found = {item["anime_id"] for item in answer["items"]}
    assert found, "an empty answer proves nothing"
    return found


@pytest.mark.parametrize("path", LISTS)
def test_title_lists_exclude_adult_titles(shared_small_client: FlaskClient, path: str) -> None:
    assert not ADULT & shown(shared_small_client.get(path).get_json())


@pytest.mark.parametrize("path", [path for path in LISTS if "/users/1/" not in path])
def test_title_lists_include_adult_titles_on_request(shared_small_client: FlaskClient, path: str) -> None:
    separator = "&" if "?" in path else "?"
    assert ADULT & shown(shared_small_client.get(f"{path}{separator}nsfw=true").get_json())


@pytest.mark.parametrize("algorithm", list(ALGORITHMS))
@pytest.mark.parametrize("filters", [{}, {"nsfw": False}, {"genres": ["School"]}, {"genres": ["Hentai"]}])
def test_recommendations_exclude_adult_titles(
    shared_small_client: FlaskClient, algorithm: str, filters: dict[str, Any]
) -> None:
    body = {"ratings": [FRESH], "algorithm": algorithm, "limit": 100, "filters": filters}
    answer = shared_small_client.post("/api/v1/recommendations", json=body).get_json()
    found = {item["anime_id"] for item in answer["items"]}
    assert not ADULT & found
    assert bool(found) == (filters != {"genres": ["Hentai"]})
    assert answer["filtered"]["nsfw"] == len(ADULT)


@pytest.mark.parametrize("algorithm", list(ALGORITHMS))
def test_recommendations_include_adult_titles_on_request(
    shared_small_client: FlaskClient, algorithm: str
) -> None:
    body = {"ratings": [FRESH], "algorithm": algorithm, "limit": 100, "filters": {"nsfw": True}}
    assert shown(shared_small_client.post("/api/v1/recommendations", json=body).get_json()) >= ADULT


@pytest.mark.parametrize("algorithm", list(ALGORITHMS))
def test_compatible_route_excludes_adult_titles(shared_small_client: FlaskClient, algorithm: str) -> None:
    liked = [{"anime_id": anime_id, "rating": rating} for anime_id, rating in ACTION.items()]
    body = {"user_id": 900_001, "algorithm": algorithm, "n": 100, "anime_list": liked}
    items = shared_small_client.post("/users/recommendations", json=body).get_json()
    assert len(items) > 10
    assert not ADULT & {item["anime_id"] for item in items}


@pytest.mark.parametrize("typed", ["story", "s", "story number 104", "number 104", "104", "tory", "storu"])
def test_suggestions_exclude_adult_titles(shared_small_client: FlaskClient, typed: str) -> None:
    query = {"query": typed, "limit": 50}
    names = shared_small_client.get("/api/anime-suggestions", query_string=query).get_json()
    assert not {f"Story number {anime_id}" for anime_id in ADULT} & set(names)
