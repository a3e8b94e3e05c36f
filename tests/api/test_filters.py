"""Filters of the API follow from the one declaration of each."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from api.openapi import describe
from api.schemas.filters import BodyFilters, QueryFilters
from app import make_api
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
