"""Lists from MyAnimeList: what the answer says of each entry, what is saved and by whom, what is refused."""

from __future__ import annotations

import gzip
import io
import logging
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from config import Config
from tests.api.conftest import engine_of, saved
from tests.api.test_errors import check_problem
from tests.api.test_openapi import mismatches
from tests.db.helpers import contents
from tests.ingest.exports import anime, export
from tests.serving.worlds import STRANGER, database_away

URL = "/api/v1/imports/mal"
LIST = export(
    anime(106, "Story", 9, "Completed"),
    anime(108, "Story", 0, "Dropped"),
    anime(110, "Story", 0, "Plan to Watch"),
    anime(106, "Story", 3, "Completed"),
    anime(999_999, "Too New", 8, "Watching"),
    anime("", "No Id", 8, "Watching"),
)
ANSWER = {
    "counts": {"read": 6, "matched": 2, "unmatched": 1, "skipped": 3},
    "matched": [
        {"anime_id": 106, "name": "Story number 106", "rating": 9, "status": "completed"},
        {"anime_id": 108, "name": "Story number 108", "rating": None, "status": "dropped"},
    ],
    "unmatched": [{"anime_id": 999_999, "name": "Too New", "rating": 8, "status": "watching"}],
    "skipped": [
        {"anime_id": 110, "name": "Story", "reason": "plan to watch: not watched yet"},
        {"anime_id": 106, "name": "Story", "reason": "listed before: the first entry counts"},
        {"anime_id": None, "name": "No Id", "reason": "no MyAnimeList id"},
    ],
}
SAVED = {106: 9, 108: 0, 999_999: 8}  # the last one is kept until the catalog has it
SAVING = f"{URL}?user_id={STRANGER}&dry_run=false"
RAW, FORM = "raw", "form"
BOTH = pytest.mark.parametrize("way", [RAW, FORM])


def send(
    client: FlaskClient, content: str | bytes, way: str = RAW, url: str = URL, **fields: str
) -> TestResponse:
    """Upload a file as the body, or as a form."""
    data = content if isinstance(content, bytes) else content.encode()
    if way == RAW:
        return client.post(url, data=data)
    return client.post(url, data={"file": (io.BytesIO(data), "animelist.xml.gz"), **fields})


@BOTH
@pytest.mark.parametrize("zipped", [False, True])
def test_import_reports_every_entry(shared_small_client: FlaskClient, way: str, zipped: bool) -> None:
    response = send(shared_small_client, gzip.compress(LIST.encode()) if zipped else LIST, way)
    assert response.status_code == 200
    assert response.get_json() == {"user_id": None, "saved": False, **ANSWER}


@pytest.mark.parametrize(
    "content_type",
    ["application/xml", "text/xml", "application/gzip", "application/x-www-form-urlencoded", "x", ""],
)
def test_raw_body_may_have_any_content_type(shared_small_client: FlaskClient, content_type: str) -> None:
    response = shared_small_client.post(URL, data=LIST.encode(), content_type=content_type)
    assert response.get_json()["counts"] == ANSWER["counts"]


def test_dry_run_stores_nothing(each_app: Flask) -> None:
    before = contents(engine_of(each_app))
    client = each_app.test_client()
    for url in (URL, f"{URL}?user_id={STRANGER}", f"{URL}?user_id={STRANGER}&dry_run=true"):
        assert send(client, LIST, url=url).get_json()["saved"] is False
    assert contents(engine_of(each_app)) == before


def test_saved_import_replaces_the_list_at_once(each_app: Flask) -> None:
    client = each_app.test_client()
    assert send(client, LIST, url=SAVING).get_json() == {"user_id": STRANGER, "saved": True, **ANSWER}
    assert saved(each_app, STRANGER) == SAVED
    assert client.get(f"/api/v1/users/{STRANGER}/similar").status_code == 200
    other = export(anime(107, "Story", 7, "Completed"))
    assert send(client, other, url=SAVING).status_code == 200
    assert saved(each_app, STRANGER) == {107: 7}


def test_form_fields_name_the_user(small_client: FlaskClient) -> None:
    app = small_client.application
    send(small_client, LIST, FORM, user_id=str(STRANGER), dry_run="")
    assert saved(app, STRANGER) == {}
    answer = send(small_client, LIST, FORM, user_id=str(STRANGER), dry_run="false").get_json()
    assert (answer["user_id"], answer["saved"]) == (STRANGER, True)
    assert saved(app, STRANGER) == SAVED
    # what the form says counts before the query
    send(small_client, LIST, FORM, url=SAVING, user_id=str(STRANGER + 1))
    assert saved(app, STRANGER + 1) == SAVED


def test_import_of_newer_titles_alone_is_saved(each_app: Flask) -> None:
    client = each_app.test_client()
    send(client, LIST, url=SAVING)
    answer = send(client, export(anime(999_999, "x", 5, "2")), url=SAVING).get_json()
    assert (answer["saved"], answer["counts"]["unmatched"]) == (True, 1)
    assert saved(each_app, STRANGER) == {999_999: 5}


def test_import_without_a_title_changes_nothing(each_app: Flask) -> None:
    client = each_app.test_client()
    send(client, LIST, url=SAVING)
    for entries in ([], [anime(0, "x", 5, "2")], [anime(106, "x", 5, "")]):
        check_problem(send(client, export(*entries), url=SAVING), 404)
    assert saved(each_app, STRANGER) == SAVED


def test_unreadable_export_changes_nothing(small_client: FlaskClient) -> None:
    send(small_client, LIST, url=SAVING)
    for broken in (LIST[:-20], LIST.replace("<my_score>8<", "<my_score>80<")):
        check_problem(send(small_client, broken, url=SAVING), 422)
    assert saved(small_client.application, STRANGER) == SAVED


@pytest.mark.parametrize(
    ("query", "loc"),
    [
        ("dry_run=false", ["user_id"]),
        ("dry_run=perhaps", ["dry_run"]),
        ("user_id=x", ["user_id"]),
        ("user_id=-1", ["user_id"]),
        ("user_id=1.5", ["user_id"]),
        (f"user_id={2**63}", ["user_id"]),
        ("typo=1", ["typo"]),
    ],
)
@pytest.mark.parametrize("way", ["query", FORM])
def test_invalid_field_is_422_and_named(
    shared_small_client: FlaskClient, query: str, loc: list[str], way: str
) -> None:
    if way == FORM:
        name, _, value = query.partition("=")
        response = send(shared_small_client, LIST, FORM, **{name: value})
    else:
        response = send(shared_small_client, LIST, url=f"{URL}?{query}")
    assert check_problem(response, 422)["errors"][0]["loc"] == loc


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"user_id": "5"},
        {"list": (io.BytesIO(b""), "x.xml")},
        {"file": [(io.BytesIO(b""), "x.xml"), (io.BytesIO(b""), "y.xml")]},
        {"file": LIST},
    ],
    ids=["nothing", "no file", "another name", "two files", "a field that is no file"],
)
def test_form_without_exactly_one_file_is_422(shared_small_client: FlaskClient, data: dict[str, Any]) -> None:
    response = shared_small_client.post(URL, data=data, content_type="multipart/form-data")
    assert check_problem(response, 422)["errors"][0]["loc"] == ["file"]


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=x"])
def test_malformed_form_is_422(shared_small_client: FlaskClient, content_type: str) -> None:
    check_problem(shared_small_client.post(URL, data=b"--x\r\n\r\n\x00", content_type=content_type), 422)


# -- who may ---------------------------------------------------------------------------------------------


def test_import_needs_a_write_key_only_to_save(small_config: Config) -> None:
    app = create_app(small_config.model_copy(update={"api_keys": ("read:reader", "write:writer")}))
    client = app.test_client()
    assert send(client, LIST).status_code == 200
    assert send(client, LIST, url=f"{URL}?user_id=1").status_code == 200
    for key, status in ((None, 401), ("wrong", 401), ("reader", 403)):
        for way in (RAW, FORM):
            headers = {} if key is None else {"X-API-Key": key}
            data = LIST.encode() if way == RAW else {"file": (io.BytesIO(LIST.encode()), "x.xml")}
            check_problem(client.post(SAVING, data=data, headers=headers), status)
    assert saved(app, STRANGER) == {}
    assert client.post(SAVING, data=LIST.encode(), headers={"X-API-Key": "writer"}).status_code == 200
    assert saved(app, STRANGER) == SAVED


def test_missing_key_is_reported_before_the_export_is_read(guarded_client: FlaskClient) -> None:
    check_problem(send(guarded_client, "no list at all", url=SAVING), 401)


def test_database_outage_allows_a_dry_run_only(each_app: Flask) -> None:
    client = each_app.test_client()
    with database_away(engine_of(each_app)):
        assert send(client, LIST).status_code == 200
        assert int(send(client, LIST, url=SAVING).headers["Retry-After"]) > 0
        check_problem(send(client, LIST, url=SAVING), 503)
    assert send(client, LIST, url=SAVING).status_code == 200


def test_imported_list_is_never_logged(small_client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    send(small_client, LIST, url=SAVING)
    send(small_client, LIST.replace("<my_score>8<", "<my_score>80<"), url=SAVING)
    assert "Too New" not in caplog.text
    assert "999999" not in caplog.text


# -- the document ----------------------------------------------------------------------------------------


@pytest.fixture
def operation(shared_client: FlaskClient) -> dict[str, Any]:
    document = shared_client.get("/api/v1/openapi.json").get_json()
    found: dict[str, Any] = document["paths"][URL]["post"]
    return found


def test_document_has_an_upload_form_and_the_raw_file(operation: dict[str, Any]) -> None:
    content = operation["requestBody"]["content"]
    assert next(iter(content)) == "multipart/form-data"  # what the page shows first
    form = content["multipart/form-data"]["schema"]
    assert form["required"] == ["file"]
    for schema in (form["properties"]["file"], content["application/octet-stream"]["schema"]):
        assert (schema["type"], schema["format"]) == ("string", "binary")  # shown as a file to choose
    assert {parameter["name"] for parameter in operation["parameters"]} == {"user_id", "dry_run"}
    assert operation["security"] == [{}, {"api_key": []}]  # only for saving


def test_documented_import_examples_hold(shared_client: FlaskClient, operation: dict[str, Any]) -> None:
    example = operation["requestBody"]["content"]["application/octet-stream"]["example"]
    response = shared_client.post(URL, data=example.encode(), content_type="application/xml")
    assert response.get_json()["matched"][0]["name"] == "Steins;Gate"
    document = shared_client.get("/api/v1/openapi.json").get_json()
    answer = operation["responses"]["200"]["content"]["application/json"]
    for value in (answer["example"], response.get_json(), {"user_id": None, "saved": False, **ANSWER}):
        assert mismatches(document, answer["schema"], value) == []


def test_every_import_error_is_documented(operation: dict[str, Any]) -> None:
    assert {"401", "403", "404", "413", "422", "503"} <= set(operation["responses"])
