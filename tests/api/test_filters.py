"""Filters of the API follow from the one declaration of each."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import BaseModel, ValidationError

from api.openapi import describe
from api.schemas.filters import BodyFilters, QueryFilters
from app import make_api
from recommender.artifacts.snapshot import Snapshot
from recommender.pipeline.filters import FILTERS, Filters

DOCUMENT = describe(make_api())
SCHEMAS = pytest.mark.parametrize("schema", [BodyFilters, QueryFilters])
BOUNDED = [name for name, spec in FILTERS.items() if spec.minimum is not None]
# routes that take filters as query parameters
FILTERED = [
    "/api/v1/anime",
    "/api/v1/anime/{anime_id}/similar",
    "/api/v1/popular",
    "/api/v1/users/{user_id}/recommendations",
]


def bounds(schema: dict[str, Any]) -> tuple[Any, Any]:
    """The minimum and maximum of a number, or of the number that may be null."""
    number = next((option for option in schema.get("anyOf", []) if option["type"] != "null"), schema)
    return number.get("minimum"), number.get("maximum")


@SCHEMAS
def test_schema_has_exactly_the_filters(schema: type[BaseModel]) -> None:
    assert set(schema.model_fields) == set(FILTERS)


@SCHEMAS
def test_schema_defaults_ask_for_nothing(schema: type[QueryFilters]) -> None:
    assert schema().to_filters() == Filters()


@SCHEMAS
@pytest.mark.parametrize("name", BOUNDED)
def test_schema_refuses_numbers_out_of_bounds(schema: type[QueryFilters], name: str) -> None:
    spec = FILTERS[name]
    assert spec.minimum is not None
    assert spec.maximum is not None
    for value in (spec.minimum, spec.maximum):
        assert getattr(schema(**{name: value}).to_filters(), name) == value
    for value in (spec.minimum - 1, spec.maximum + 1):
        with pytest.raises(ValidationError):
            schema(**{name: value})


@pytest.mark.parametrize("name", list(FILTERS))
def test_document_describes_each_filter_of_a_body(name: str) -> None:
    properties = DOCUMENT["components"]["schemas"]["BodyFilters"]["properties"]
    assert set(properties) == set(FILTERS)
    assert properties[name]["description"] == FILTERS[name].description
    assert bounds(properties[name]) == (FILTERS[name].minimum, FILTERS[name].maximum)


@pytest.mark.parametrize("path", FILTERED)
def test_document_describes_each_filter_of_a_query(path: str) -> None:
    parameters = {p["name"]: p for p in DOCUMENT["paths"][path]["get"]["parameters"]}
    for name, spec in FILTERS.items():
        assert parameters[name]["description"] == spec.description
        assert bounds(parameters[name]["schema"]) == (spec.minimum, spec.maximum)


@pytest.fixture
def listed(shared_client: FlaskClient) -> dict[str, dict[str, Any]]:
    """The filters of `GET /api/v1/filters` by name."""
    items: list[dict[str, Any]] = shared_client.get("/api/v1/filters").get_json()["items"]
    return {item["name"]: item for item in items}


def statuses(client: FlaskClient, name: str, value: Any) -> set[int]:
    """The answers of every route that takes filters to one of them."""
    query = {} if value is None or value == [] else {name: value}
    paths = ("/api/v1/anime", "/api/v1/popular", "/api/v1/users/7/recommendations")
    body = {"ratings": [{"anime_id": 9253}], "filters": {name: value}}
    found = [client.post("/api/v1/recommendations", json=body)]
    found += [client.get(path, query_string=query) for path in paths]
    return {answer.status_code for answer in found}


def test_listed_filters_are_the_declared_ones(listed: dict[str, dict[str, Any]], snapshot: Snapshot) -> None:
    assert list(listed) == list(FILTERS)
    for name, spec in FILTERS.items():
        item = listed[name]
        for fact in ("label", "description", "control", "ordered", "minimum", "maximum", "step"):
            assert item[fact] == getattr(spec, fact), (name, fact)
        assert item["choices"] == (spec.choices(snapshot.catalog) if spec.choices else None)


@pytest.mark.parametrize(("name", "member"), [("types", "type"), ("genres", "genres")])
def test_listed_choices_have_most_titles_first(
    listed: dict[str, dict[str, Any]], snapshot: Snapshot, name: str, member: str
) -> None:
    counts: Counter[str] = Counter()
    for title in snapshot.catalog.titles:
        value = getattr(title, member)
        counts.update([value] if isinstance(value, str) else value or ())
    numbers = [counts[choice] for choice in listed[name]["choices"]]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) > 1
    assert set(listed[name]["choices"]) == set(counts)


@pytest.mark.parametrize("name", list(FILTERS))
def test_listed_default_asks_for_nothing(
    shared_client: FlaskClient, listed: dict[str, dict[str, Any]], name: str
) -> None:
    default = listed[name]["default"]
    assert BodyFilters(**{name: default}).to_filters() == Filters()
    assert statuses(shared_client, name, default) == {200}


@pytest.mark.parametrize("name", list(FILTERS))
def test_listed_choices_and_bounds_are_accepted(
    shared_client: FlaskClient, listed: dict[str, dict[str, Any]], name: str
) -> None:
    item = listed[name]
    values = [[choice] for choice in item["choices"] or ()]
    values += [item[bound] for bound in ("minimum", "maximum") if item[bound] is not None]
    values += [True, False] if item["control"] == "switch" else []
    assert values
    for value in values:
        assert statuses(shared_client, name, value) == {200}, value
