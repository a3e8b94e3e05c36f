"""The titles of a season: by popularity, and ranked for a list."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from domain.titles import Season
from recommender.artifacts.snapshot import Snapshot

URL = "/api/v1/seasons"
LIST = {"ratings": [{"anime_id": 1535, "rating": 9}, {"anime_id": 9253}]}


def answered(response: Any) -> dict[str, Any]:
    assert response.status_code == 200, response.data
    answer: dict[str, Any] = response.get_json()
    return answer


def titles_of(snapshot: Snapshot, season: Season) -> set[int]:
    return {title.anime_id for title in snapshot.catalog.titles if title.season == season and not title.nsfw}


@pytest.fixture(scope="module")
def season(snapshot: Snapshot) -> Season:
    """One with several titles."""
    season = snapshot.catalog[5].season
    assert season
    assert len(titles_of(snapshot, season)) > 5
    return season


def address(season: Season) -> str:
    return f"{URL}/{season.year}/{season.name}"


def test_season_lists_its_titles_by_popularity(
    shared_client: FlaskClient, snapshot: Snapshot, season: Season
) -> None:
    answer = answered(shared_client.get(f"{address(season)}?limit=100"))
    assert answer["season"] == {"year": season.year, "name": season.name}
    found = [item["anime_id"] for item in answer["items"]]
    assert set(found) == titles_of(snapshot, season)
    members = {title.anime_id: title.members or 0 for title in snapshot.catalog.titles}
    assert [members[one] for one in found] == sorted((members[one] for one in found), reverse=True)
    assert answer["items"][0]["studios"][0].startswith("Studio ")


def test_season_takes_filters_and_pages(shared_client: FlaskClient, season: Season) -> None:
    whole = answered(shared_client.get(f"{address(season)}?types=TV&seasons=Spring+1901"))
    paged = answered(shared_client.get(f"{address(season)}?types=TV&limit=2&page=2"))
    assert {item["type"] for item in whole["items"]} == {"TV"}
    assert paged["items"] == whole["items"][2:4] != []
    assert paged["pagination"]["total"] == whole["pagination"]["total"]


def test_list_ranks_every_title_of_the_season(
    shared_client: FlaskClient, snapshot: Snapshot, season: Season
) -> None:
    """Also later parts of what the person does not know, and what nobody has rated."""
    answer = answered(shared_client.post(address(season), json={**LIST, "limit": 100}))
    assert answer["season"] == {"year": season.year, "name": season.name}
    ids = [item["anime_id"] for item in answer["items"]]
    assert set(ids) == titles_of(snapshot, season) - {1535, 9253}
    scores = [item["score"] for item in answer["items"]]
    assert scores == sorted(scores, reverse=True)


def test_season_answers_as_a_filter_does(shared_client: FlaskClient, season: Season) -> None:
    body = {**LIST, "franchise": "entry_point", "explain": True}
    ranked = answered(shared_client.post(address(season), json=body))
    filtered = body | {"filters": {"seasons": [str(season)]}}
    other = answered(shared_client.post("/api/v1/recommendations", json=filtered))
    assert ranked["items"] == other["items"] != []
    assert ranked["filtered"] == other["filtered"]


def test_recommendation_id_tells_seasons_apart(shared_client: FlaskClient, season: Season) -> None:
    later = Season.numbered(season.number + 1)
    ids = [
        answered(shared_client.post(address(one), json=LIST))["recommendation_id"] for one in (season, later)
    ]
    assert ids[0] != ids[1]


@pytest.mark.parametrize(("name", "after"), [("current", 0), ("next", 1)])
def test_current_and_next_season_follow_today(shared_client: FlaskClient, name: str, after: int) -> None:
    today = Season.of(datetime.now(UTC).date())
    got, posted = shared_client.get(f"{URL}/{name}"), shared_client.post(f"{URL}/{name}", json=LIST)
    expected = {Season.numbered(today.number + after), Season.of(datetime.now(UTC).date())}
    for answer in (answered(got), answered(posted)):
        assert Season(**answer["season"]) in expected
        assert answer["items"] == []  # the catalog is older


@pytest.mark.parametrize("path", ["2013/autumn", "2013/13", "1800/spring", "last"])
def test_address_of_no_season_is_422(shared_client: FlaskClient, path: str) -> None:
    for answer in (shared_client.get(f"{URL}/{path}"), shared_client.post(f"{URL}/{path}", json=LIST)):
        assert answer.status_code == 422
        assert answer.mimetype == "application/problem+json"
