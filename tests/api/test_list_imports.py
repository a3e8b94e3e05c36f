"""Lists in any format and by user name: what is matched, what is saved, and what the answer says of it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from api.context import context, install_context
from app import create_app
from config import Config
from db.engine import write_transaction
from db.models import ExternalId
from ingest.sites.registry import list_sites
from tests.api.conftest import engine_of, saved
from tests.api.test_errors import check_problem
from tests.api.test_openapi import mismatches
from tests.db.helpers import contents
from tests.ingest.fake_sites import FakeSite, Reply, anilist_site, fake_site
from tests.serving.worlds import STRANGER, add_titles

URL = "/api/v1/imports"
TABLE = """anilist_id,title,rating,status
1000106,Story,9,completed
,story number 108,,dropped
1000110,Story,,plan to watch
,Too New,7,watching
1000106,Story,3,completed
"""
NEWER = 999


def map_ids(app: Flask, *anime_ids: int, site: str = "anilist") -> None:
    """The id on the site is a million more."""
    with write_transaction(engine_of(app)) as connection:
        rows = [{"site": site, "external_id": str(1_000_000 + one), "anime_id": one} for one in anime_ids]
        connection.execute(insert(ExternalId), rows)


@contextmanager
def asking(app: Flask, site: FakeSite) -> Iterator[None]:
    """The app asks this server instead of AniList."""
    with app.app_context():
        before = context()
    (anilist,) = list_sites(("anilist",), "").values()
    local = replace(anilist, client=replace(anilist.client, url=site.url, pause_s=0.01))
    imports = replace(before.services.imports, sites={"anilist": local})
    install_context(app.extensions, replace(before, services=replace(before.services, imports=imports)))
    yield
    install_context(app.extensions, before)


def test_table_is_matched_by_other_sites_and_by_name(each_app: Flask) -> None:
    map_ids(each_app, 106, 110)
    before = contents(engine_of(each_app))
    answer = each_app.test_client().post(URL, data=TABLE.encode()).get_json()
    assert answer["source"] == "csv"
    assert answer["counts"] == {
        "read": 5,
        "matched": 2,
        "planned": 1,
        "unmatched": 1,
        "pending": 0,
        "skipped": 1,
        "found_by": {"anilist_id": 1, "name": 1},
        "matched_share": 0.75,
    }
    assert answer["matched"] == [
        {
            "anime_id": 106,
            "name": "Story number 106",
            "listed_as": "Story",
            "rating": 9,
            "status": "completed",
            "found_by": "anilist_id",
        },
        {
            "anime_id": 108,
            "name": "Story number 108",
            "listed_as": "story number 108",
            "rating": None,
            "status": "dropped",
            "found_by": "name",
        },
    ]
    assert answer["planned"] == [{"anime_id": 110, "name": "Story number 110", "in_catalog": True}]
    assert answer["unmatched"] == [{"anime_id": None, "name": "Too New", "rating": 7, "status": "watching"}]
    assert [entry["reason"] for entry in answer["skipped"]] == ["listed before: the first entry counts"]
    assert contents(engine_of(each_app)) == before


def test_title_of_a_similar_name_is_told_from_one_of_the_name(shared_small_client: FlaskClient) -> None:
    answer = shared_small_client.post(
        URL, data="Story number 106\nStory númber 108\nStorey number 110\n".encode()
    )
    matched = answer.get_json()["matched"]
    assert [(title["anime_id"], title["found_by"]) for title in matched] == [
        *((106, "name"), (108, "name"), (110, "similar_name")),
    ]


def test_lowest_id_counts_where_two_titles_are_one_there(small_client: FlaskClient) -> None:
    app = small_client.application
    with write_transaction(engine_of(app)) as connection:
        rows = [{"site": "anilist", "external_id": "7", "anime_id": one} for one in (108, 106)]
        connection.execute(insert(ExternalId), rows)
    answer = small_client.post(URL, data=b"anilist_id,score\n7,5\n").get_json()
    assert [title["anime_id"] for title in answer["matched"]] == [106]


def test_everything_in_a_saved_list_counts(each_app: Flask) -> None:
    client = each_app.test_client()
    table = (
        "mal_id,title,score,status\n106,a,9,completed\n108,b,,dropped\n110,c,,planned\n"
        f"{NEWER},d,8,watching\n{NEWER + 1},e,,planned\n"
    )
    answer = client.post(f"{URL}?user_id={STRANGER}&dry_run=false", data=table.encode()).get_json()
    assert answer["saved"] is True
    stored = contents(engine_of(each_app))
    assert [row for row in stored["ratings"] if row[0] == STRANGER] == [
        (STRANGER, 106, 9, 2),
        (STRANGER, 108, 0, 4),
    ]
    assert stored["pending_ratings"] == [(STRANGER, NEWER, 8, 1)]
    assert set(stored["planned_titles"]) == {(STRANGER, 110), (STRANGER, NEWER + 1)}
    client.delete(f"/api/v1/users/{STRANGER}")
    stored = contents(engine_of(each_app))
    assert (stored["pending_ratings"], stored["planned_titles"]) == ([], [])


def test_saved_profile_is_exported_and_taken_back(each_app: Flask) -> None:
    client = each_app.test_client()
    body = {
        "ratings": [
            {"anime_id": 106, "rating": 9, "status": "completed"},
            {"name": "Story number 108", "status": "on_hold"},
            {"anime_id": 110, "status": "planned", "rating": 10},
            {"anime_id": NEWER, "rating": 4},
            {"anime_id": 112},
        ],
        "watched_ids": [114, NEWER + 1],
        "planned_ids": [116, 114],
        "statuses": [{"anime_id": NEWER + 1, "status": "dropped"}, {"anime_id": 118, "status": "dropped"}],
    }
    created = client.post("/api/v1/profiles", json=body).get_json()
    assert (created["saved"], created["pending"], created["planned"]) == (4, 2, 2)
    assert created["unresolved"] == [str(NEWER), str(NEWER + 1)]
    path, token = f"/api/v1/profiles/{created['user_id']}", {"Authorization": f"Bearer {created['token']}"}
    found = client.get(path, headers=token).get_json()
    assert found["ratings"] == [
        {"anime_id": 106, "name": "Story number 106", "rating": 9, "status": "completed"},
        {"anime_id": 112, "name": "Story number 112", "rating": 10, "status": None},
        {"anime_id": NEWER, "name": None, "rating": 4, "status": None},
    ]
    assert found["watched_ids"] == [108, 114, NEWER + 1]
    assert found["statuses"] == [
        {"anime_id": 108, "status": "on_hold"},
        {"anime_id": NEWER + 1, "status": "dropped"},
    ]
    assert found["planned_ids"] == [110, 116]
    exported = client.get(f"{path}/export", headers=token).get_json()
    assert exported == {**found, "learned_by": None, "events": [], "experiments": []}
    stored = contents(engine_of(each_app))
    back = {name: found[name] for name in ("ratings", "watched_ids", "statuses", "planned_ids")}
    assert client.put(path, json=back, headers=token).status_code == 200
    again = contents(engine_of(each_app))
    for table in ("ratings", "pending_ratings", "planned_titles"):
        assert again[table] == stored[table]


def test_pending_title_that_arrived_is_a_rating(each_app: Flask) -> None:
    add_titles(engine_of(each_app), [NEWER])  # newer than the model
    body = {
        "ratings": [{"anime_id": 106, "rating": 9}, {"anime_id": NEWER, "rating": 4, "status": "dropped"}]
    }
    answer = each_app.test_client().put(f"/api/v1/users/{STRANGER}/ratings", json=body).get_json()
    assert (answer["saved"], answer["pending"], answer["unresolved"]) == (2, 0, [])
    assert saved(each_app, STRANGER) == {106: 9, NEWER: 4}


def test_planned_title_counts_as_unwatched_everywhere(small_client: FlaskClient) -> None:
    listed = [{"anime_id": one, "rating": 9} for one in (106, 108)]
    planned = {"anime_id": 110, "status": "planned"}
    body = {"ratings": [*listed, planned], "limit": 100}
    items = small_client.post("/api/v1/recommendations", json=body).get_json()["items"]
    assert 110 in {item["anime_id"] for item in items}
    own = {"ratings": [*listed, planned, {"anime_id": NEWER}]}
    small_client.put(f"/api/v1/users/{STRANGER}/ratings", json=own)
    stored = contents(engine_of(small_client.application))
    assert saved(small_client.application, STRANGER) == {106: 9, 108: 9, NEWER: 10}
    assert (stored["planned_titles"], stored["pending_ratings"]) == (
        [(STRANGER, 110)],
        [(STRANGER, NEWER, 10, None)],
    )
    taste = small_client.post("/api/v1/taste", json={"ratings": [*listed, planned]}).get_json()
    assert taste["titles"] == 2


@pytest.mark.parametrize(
    "body", [{"ratings": [{"anime_id": 106, "status": "planned"}]}, {"planned_ids": [106]}]
)
def test_list_of_plans_alone_is_saved(small_client: FlaskClient, body: dict[str, Any]) -> None:
    answer = small_client.put(f"/api/v1/users/{STRANGER}/ratings", json=body).get_json()
    assert (answer["saved"], answer["planned"]) == (0, 1)
    assert contents(engine_of(small_client.application))["planned_titles"] == [(STRANGER, 106)]


def test_lists_of_newer_titles_alone_are_saved(each_app: Flask) -> None:
    client, lists = each_app.test_client(), f"{URL}?user_id={STRANGER}&dry_run=false"
    answer = client.post(lists, data=f"mal_id,title\n{NEWER},d\n,e\n".encode()).get_json()
    assert (answer["saved"], answer["counts"]["unmatched"], answer["counts"]["pending"]) == (True, 2, 1)
    assert saved(each_app, STRANGER) == {NEWER: 0}
    before = contents(engine_of(each_app))
    check_problem(client.post(lists, data=b"title,score\nqqqq,5\n"), 404)
    assert contents(engine_of(each_app)) == before


@pytest.mark.parametrize("status", ["finished", "", 2])
def test_unknown_status_is_refused(shared_small_client: FlaskClient, status: object) -> None:
    body = {"ratings": [{"anime_id": 106, "status": status}]}
    problem = check_problem(shared_small_client.post("/api/v1/recommendations", json=body), 422)
    assert problem["errors"][0]["loc"][-1] == "status"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("anilist_id=1000106", [106]),
        ("anilist_id=1000106,1000108&anilist_id=5", [106, 108]),
        ("anilist_id=1000106&kitsu_id=1000106", []),
        ("kitsu_id=1000108", [108]),
        ("tmdb_id=tv/1/season/2", [110]),
        ("anidb_id=1000106", []),
        ("bangumi_id=", []),
        ("anilist_id=1000106&ids=106,108", [106]),
    ],
)
def test_titles_are_found_by_ids_of_other_sites(each_app: Flask, query: str, found: list[int]) -> None:
    map_ids(each_app, 106, 108)
    map_ids(each_app, 108, site="kitsu")
    with write_transaction(engine_of(each_app)) as connection:
        row = {"site": "tmdb", "external_id": "tv/1/season/2", "anime_id": 110}
        connection.execute(insert(ExternalId), [row])
    page = each_app.test_client().get(f"/api/v1/anime?{query}").get_json()
    assert [item["anime_id"] for item in page["items"]] == found


@pytest.mark.parametrize("query", ["tmdb_id=movie/1,tv%00", "tmdb_id=1535", "kitsu_id=one"])
def test_what_is_no_id_of_the_site_is_refused(each_app: Flask, query: str) -> None:
    check_problem(each_app.test_client().get(f"/api/v1/anime?{query}"), 422)


# -- by user name ----------------------------------------------------------------------------------------


def test_sources_are_those_that_the_server_asks(small_config: Config) -> None:
    def names(**changes: Any) -> list[str]:
        app = create_app(small_config.model_copy(update=changes))
        return [site["name"] for site in app.test_client().get(URL).get_json()["sites"]]

    assert names() == ["anilist", "kitsu"]
    assert names(mal_client_id="x") == ["mal", "anilist", "kitsu"]
    assert names(list_sites=()) == []


def test_list_of_a_name_is_matched_and_saved(each_app: Flask) -> None:
    map_ids(each_app, 108, 111)
    client = each_app.test_client()
    with fake_site(anilist_site(112)) as site, asking(each_app, site):
        path = f"{URL}/sites/anilist?user_id={STRANGER}&dry_run=false"
        answer = client.post(path, json={"user_name": "somebody"}).get_json()
    # the world has 101 to 136; every third has no id of MyAnimeList there
    assert answer["source"] == "anilist-api"
    assert answer["counts"]["found_by"] == {"mal_id": 8, "anilist_id": 2}
    assert answer["counts"]["unmatched"] == 102
    assert saved(each_app, STRANGER).keys() >= {101, 103, 108, 111}
    assert len(contents(engine_of(each_app))["pending_ratings"]) == 67


REFUSED: dict[str, tuple[str, list[Reply], int, str]] = {
    "unknown": ("nobody", [], 404, "AniList has no user 'nobody'"),
    "private": ("hidden", [], 403, "is private"),
    "down": ("somebody", [Reply({}, 500)] * 3, 502, "has problems (500)"),
    "too often": ("somebody", [Reply({}, 429, {"Retry-After": "37"})], 503, "wants fewer requests"),
    "nonsense": ("somebody", [Reply(b"<html>")], 502, "cannot be read"),
}


@pytest.mark.parametrize(("name", "troubles", "status", "words"), REFUSED.values(), ids=REFUSED)
def test_refusal_of_a_site_is_a_problem_with_words(
    shared_small_client: FlaskClient, name: str, troubles: list[Reply], status: int, words: str
) -> None:
    with fake_site(anilist_site(1)) as site, asking(shared_small_client.application, site):
        site.troubles = list(troubles)
        response = shared_small_client.post(f"{URL}/sites/anilist", json={"user_name": name})
    assert words in check_problem(response, status)["detail"]
    retry_after = {"wants fewer requests": "37", "has problems (500)": "30"}
    assert response.headers.get("Retry-After") == retry_after.get(words)


def test_longer_list_of_a_name_is_413(small_config: Config) -> None:
    app = create_app(small_config.model_copy(update={"max_list_titles": 10}))
    with fake_site(anilist_site(11)) as site, asking(app, site):
        response = app.test_client().post(f"{URL}/sites/anilist", json={"user_name": "somebody"})
    assert "more than 10 titles on AniList" in check_problem(response, 413)["detail"]


def test_site_that_is_not_asked_is_404(shared_small_client: FlaskClient) -> None:
    response = shared_small_client.post(f"{URL}/sites/mal", json={"user_name": "somebody"})
    assert "from anilist, kitsu, not from 'mal'" in check_problem(response, 404)["detail"]
    response = shared_small_client.post(f"{URL}/sites/myspace", json={"user_name": "somebody"})
    assert "from anilist, kitsu, not from 'myspace'" in check_problem(response, 404)["detail"]


@pytest.mark.parametrize("name", ["", "a b", "../users", "x?y", "é", "x" * 51, "a\n", 7, None])
def test_impossible_name_is_refused_unasked(shared_small_client: FlaskClient, name: object) -> None:
    with fake_site(anilist_site(1)) as site, asking(shared_small_client.application, site):
        response = shared_small_client.post(f"{URL}/sites/anilist", json={"user_name": name})
        detail = check_problem(response, 422)["detail"]
        assert site.requests == []
    assert not isinstance(name, str) or f"{name!r}"[:20] in detail
    assert not isinstance(name, str) or "Give the one in the address of the page there" in detail


def test_saving_by_name_needs_a_key(guarded_client: FlaskClient) -> None:
    with fake_site(anilist_site(1)) as site, asking(guarded_client.application, site):
        url = f"{URL}/sites/anilist?user_id=1&dry_run=false"
        check_problem(guarded_client.post(url, json={"user_name": "somebody"}), 401)
        assert site.requests == []


def test_imports_by_name_count_as_writes(small_config: Config) -> None:
    limited = {"rate_limit_enabled": True, "rate_limit_writes": "1/hour"}
    client = create_app(small_config.model_copy(update=limited)).test_client()
    assert client.post(f"{URL}/sites/nowhere", json={"user_name": "x"}).status_code == 404
    assert client.post(f"{URL}/sites/nowhere", json={"user_name": "x"}).status_code == 429


def test_form_may_carry_any_format(shared_small_client: FlaskClient) -> None:
    form = {"file": (io.BytesIO(b"Story number 106\n"), "my list.txt"), "dry_run": "true"}
    answer = shared_small_client.post(URL, data=form).get_json()
    assert (answer["source"], answer["counts"]["found_by"]) == ("lines", {"name": 1})
    document = shared_small_client.get("/api/v1/openapi.json").get_json()
    schema = document["paths"][URL]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert mismatches(document, schema, answer) == []
