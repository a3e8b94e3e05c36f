"""One line a request: what was asked, how it went, whose trace it is; never a list, never a person."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO

import pytest
from flask.testing import FlaskClient

from api.observing import configure_logging
from ingest.sites.registry import list_sites
from tests.ingest.fake_sites import fake_site, kitsu_site

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def lines(small_client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[StringIO]:
    """Everything logged from here on, as a server logs it."""
    root, stream = logging.getLogger(), StringIO()
    handlers, level = root.handlers[:], root.level
    root.handlers[:] = []
    monkeypatch.setattr("sys.stderr", stream)
    configure_logging("INFO", "json")
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


def logged(lines: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_request_is_logged_as_one_line_of_json(small_client: FlaskClient, lines: StringIO) -> None:
    response = small_client.get("/api/v1/popular?limit=1")
    (line,) = logged(lines)
    assert {key: line[key] for key in ("level", "logger", "method", "route", "status", "model")} == {
        "level": "INFO",
        "logger": "access",
        "method": "GET",
        "route": "/api/v1/popular",
        "status": 200,
        "model": "v0001",
    }
    assert isinstance(line["ms"], float)
    assert line["request_id"] == response.headers["X-Request-ID"]


def test_log_does_not_name_users_of_other_sites(lines: StringIO) -> None:
    with fake_site(kitsu_site(1)) as running:
        kitsu = list_sites(("kitsu",), "")["kitsu"]
        assert replace(kitsu, client=replace(kitsu.client, url=running.url)).fetch("somebody", 10).entries
    assert lines.getvalue() == ""


def test_log_names_neither_users_nor_titles(small_client: FlaskClient, lines: StringIO) -> None:
    body = {"user_id": 987_654, "anime_list": [{"name": "Title 3 of nobody"}, {"anime_id": 106}]}
    assert small_client.post("/users/recommendations", json=body).status_code == 200
    small_client.get("/api/v1/users/987654/recommendations?exclude_ids=471100471")
    small_client.get("/users/987654/nothing")
    text = lines.getvalue()
    assert len(text.splitlines()) == 3
    assert not [word for word in ("987654", "nobody", "471100471", "anime_list") if word in text]


@pytest.mark.parametrize("request_id", ["abc-123", "a" * 64])
def test_valid_request_id_is_kept(small_client: FlaskClient, lines: StringIO, request_id: str) -> None:
    response = small_client.get("/healthz", headers={"X-Request-ID": request_id})
    assert response.headers["X-Request-ID"] == request_id
    assert logged(lines)[0]["request_id"] == request_id


@pytest.mark.parametrize("request_id", ["", "a" * 65, "a b", 'x"y', "Ω"])
def test_invalid_request_id_is_replaced(small_client: FlaskClient, request_id: str) -> None:
    response = small_client.get("/healthz", headers={"X-Request-ID": request_id})
    assert re.fullmatch("[0-9a-f]{16}", response.headers["X-Request-ID"])


def test_trace_is_continued(small_client: FlaskClient, lines: StringIO) -> None:
    parent = f"00-{TRACE}-00f067aa0ba902b7-01"
    response = small_client.get("/healthz", headers={"traceparent": parent})
    assert logged(lines)[0]["trace_id"] == TRACE
    own = re.fullmatch(f"00-{TRACE}-([0-9a-f]{{16}})-01", response.headers["traceparent"])
    assert own
    assert own.group(1) != "00f067aa0ba902b7"


@pytest.mark.parametrize(
    "parent", ["", "00-x", f"01-{TRACE}-00f067aa0ba902b7-01", f"00-{'0' * 32}-00f067aa0ba902b7-01"]
)
def test_invalid_trace_starts_a_new_one(small_client: FlaskClient, parent: str) -> None:
    response = small_client.get("/healthz", headers={"traceparent": parent})
    assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-00", response.headers["traceparent"])
    assert TRACE not in response.headers["traceparent"]


def test_error_is_logged_with_its_request_id(small_client: FlaskClient, lines: StringIO) -> None:
    @small_client.application.get("/broken")
    def broken() -> str:
        raise RuntimeError("on purpose")

    response = small_client.get("/broken", headers={"X-Request-ID": "find-me"})
    assert response.status_code == 500
    error, access = logged(lines)
    assert (error["level"], error["request_id"]) == ("ERROR", "find-me")
    assert "on purpose" in str(error["exc_info"])
    assert access["status"] == 500
