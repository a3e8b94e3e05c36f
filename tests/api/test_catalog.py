"""`GET /api/v1/catalog`: what there is to choose from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import create_app
from config import Config
from db.engine import write_transaction
from db.sources import record_import
from recommender.artifacts.snapshot import Snapshot
from recommender.pipeline.filters import Filters
from tests.conftest import PEOPLE, TITLES
from tests.databases import engine_over
from tests.serving.worlds import ADULT
from tests.serving.worlds import PEOPLE as SMALL_PEOPLE
from tests.serving.worlds import TITLES as SMALL_TITLES

URL = "/api/v1/catalog"


def ask(client: FlaskClient, query: str = "") -> dict[str, Any]:
    response = client.get(f"{URL}{query}")
    assert response.status_code == 200, response.data
    answer: dict[str, Any] = response.get_json()
    return answer


def test_catalog_counts_titles_users_and_ratings(shared_client: FlaskClient, snapshot: Snapshot) -> None:
    answer = ask(shared_client)
    assert answer["model_version"] == "v0001"
    assert (answer["titles"], answer["people"], answer["generated"]) == (TITLES, PEOPLE, PEOPLE)
    assert answer["ratings"] == (snapshot.ratings.data > 0).sum() < snapshot.ratings.n_entries
    years = [title.year for title in snapshot.catalog.titles if title.year]
    assert (answer["year_from"], answer["year_to"]) == (min(years), max(years))


@pytest.mark.parametrize("kind", ["genres", "types"])
def test_catalog_counts_match_the_filters(shared_client: FlaskClient, snapshot: Snapshot, kind: str) -> None:
    found = ask(shared_client)[kind]
    assert len(found) > 2
    for entry in found:
        filters = Filters(**{kind: (entry["name"],)})
        assert filters.allowed(snapshot.catalog).sum() == entry["titles"] > 0
    counts = [entry["titles"] for entry in found]
    assert counts == sorted(counts, reverse=True)


def test_catalog_counts_adult_titles_on_request_only(shared_small_client: FlaskClient) -> None:
    without, with_them = ask(shared_small_client), ask(shared_small_client, "?nsfw=true")
    assert (without["titles"], with_them["titles"]) == (SMALL_TITLES - len(ADULT), SMALL_TITLES)
    assert "Hentai" not in {genre["name"] for genre in without["genres"]}
    assert {"name": "Hentai", "titles": len(ADULT)} in with_them["genres"]
    assert (without["people"], without["generated"]) == (SMALL_PEOPLE, 0)


@pytest.mark.parametrize(("titles", "days", "covers"), [(5_000, 30, True), (7, 2, False)])
def test_catalog_reports_settings(config: Config, titles: int, days: int, covers: bool) -> None:
    changes = {"max_list_titles": titles, "event_retention_days": days, "remote_covers": covers}
    answer = ask(create_app(config.model_copy(update=changes)).test_client())
    assert (answer["max_list_titles"], answer["event_retention_days"]) == (titles, days)
    assert answer["covers"] == covers


@pytest.mark.parametrize("query", ["?nsfw=perhaps", "?typo=1"])
def test_invalid_parameter_is_422(shared_client: FlaskClient, query: str) -> None:
    assert shared_client.get(f"{URL}{query}").status_code == 422


def test_catalog_names_its_sources_with_license_and_age(config: Config) -> None:
    with engine_over(config.database_url) as engine, write_transaction(engine) as connection:
        record_import(connection, "bangumi-data", 7_704)
    (data_set, bangumi) = ask(create_app(config).test_client())["sources"]
    assert (data_set["name"], data_set["titles"]) == ("data-set", TITLES)
    assert (bangumi["label"], bangumi["license"], bangumi["titles"], bangumi["age_days"]) == (
        *("bangumi-data", "CC BY 4.0", 7_704, 0),
    )
    assert bangumi["license_url"].startswith("https://creativecommons.org/")
    assert datetime.fromisoformat(bangumi["imported_at"]).tzinfo
