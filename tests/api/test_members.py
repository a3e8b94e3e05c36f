"""An unknown member or parameter is named, with the allowed ones and the one that was probably meant."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from api.schemas.anime import AnimeQuery
from api.schemas.filters import BodyFilters
from api.schemas.lists import ListFields
from api.schemas.recommendations import RecommendationRequest
from tests.api.test_errors import check_problem

OURS = "/api/v1/recommendations"
LIST = {"ratings": ["Clannad"]}


def message(response: Any, *loc: str) -> str:
    (error,) = check_problem(response, 422)["errors"]
    assert error["loc"] == list(loc)
    return str(error["msg"])


@pytest.mark.parametrize(
    ("member", "meant"),
    [
        ("n", "limit"),
        ("limt", "limit"),
        ("algoritm", "algorithm"),
        ("anime_list", "ratings"),
        ("exclude", "exclude_ids"),
    ],
)
def test_unknown_member_of_a_body_names_the_nearest(
    shared_client: FlaskClient, member: str, meant: str
) -> None:
    told = message(shared_client.post(OURS, json={**LIST, member: 5}), member)
    assert f"{member!r} is not known. Did you mean {meant!r}? " in told
    assert told.endswith(f"Allowed: {', '.join(RecommendationRequest.model_fields)}")


@pytest.mark.parametrize(
    ("member", "meant"), [("min_score", "min_mal_score"), ("genre", "genres"), ("year_form", "year_from")]
)
def test_unknown_filter_names_the_nearest(shared_client: FlaskClient, member: str, meant: str) -> None:
    told = message(shared_client.post(OURS, json={**LIST, "filters": {member: 5}}), "filters", member)
    assert f"Did you mean {meant!r}? " in told
    assert told.endswith(f"Allowed: {', '.join(BodyFilters.model_fields)}")


@pytest.mark.parametrize(
    ("path", "name", "meant"),
    [
        ("/api/v1/anime", "q", "query"),
        ("/api/v1/anime", "min_score", "min_mal_score"),
        ("/api/v1/anime", "n", "limit"),
        ("/api/v1/popular", "min_score", "min_mal_score"),
        ("/api/v1/users/7/recommendations", "n", "limit"),
        ("/api/v1/users/7/similar", "n", "limit"),
        ("/api/v1/anime/9253/similar", "n", "limit"),
    ],
)
def test_unknown_parameter_names_the_nearest(
    shared_client: FlaskClient, path: str, name: str, meant: str
) -> None:
    told = message(shared_client.get(f"{path}?{name}=5"), name)
    assert f"Did you mean {meant!r}? " in told
    if path == "/api/v1/anime":
        assert told.endswith(f"Allowed: {', '.join(AnimeQuery.model_fields)}")


def test_member_without_a_likeness_gets_no_suggestion(shared_client: FlaskClient) -> None:
    told = message(shared_client.put("/api/v1/users/7/ratings", json={**LIST, "zzz": 5}), "zzz")
    assert told == f"'zzz' is not known. Allowed: {', '.join(ListFields.model_fields)}"
