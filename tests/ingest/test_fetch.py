"""Downloads, from a local server that behaves as real ones do."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.fetch import Fetcher, FetchError, Validators
from tests.ingest.source_server import Answer, SourceServer, source_server

FETCHER = Fetcher(attempts=3, longest_wait_s=0, pause_s=0)
BODY = b'{"items": []}' * 50


@pytest.fixture
def server() -> Iterator[SourceServer]:
    with source_server() as server:
        yield server


def fetch(address: str, target: Path, **options: object) -> Validators | None:
    return FETCHER.fetch(address, target, 100_000, **options)  # type: ignore[arg-type]


def test_file_comes_with_its_validators(server: SourceServer, tmp_path: Path) -> None:
    headers = {"Last-Modified": "Fri, 30 Jan 2026 10:00:00 GMT"}
    address = server.at("/data.json", Answer(BODY, headers=headers, etag='"1"'))
    got = fetch(address, tmp_path / "file")
    assert got == ('"1"', headers["Last-Modified"])
    assert (tmp_path / "file").read_bytes() == BODY
    assert server.requests[0][1]["User-Agent"].startswith("anime-recommendations ")


def test_unchanged_file_is_not_fetched(server: SourceServer, tmp_path: Path) -> None:
    address = server.at("/data.json", Answer(BODY, etag='"1"'))
    assert fetch(address, tmp_path / "file", validators=Validators('"1"', "yesterday")) is None
    assert server.requests[0][1]["If-Modified-Since"] == "yesterday"
    assert not (tmp_path / "file").exists()
    assert fetch(address, tmp_path / "file", validators=Validators('"0"')) is not None


@pytest.mark.parametrize(
    "trouble",
    [
        Answer(status=503),
        Answer(status=500, body=b"<html>"),
        Answer(status=429, headers={"Retry-After": "0"}),
        Answer(status=429, headers={"Retry-After": "Fri, 30 Jan 2026 10:00:00 GMT"}),
        Answer(BODY, cut=10),
        Answer(gzip.compress(BODY)[:-20], headers={"Content-Encoding": "gzip"}, cut=1),
        Answer(b"no gzip", headers={"Content-Encoding": "gzip"}),
    ],
    ids=["503", "500", "429", "429 until a date", "truncated", "truncated gzip", "no gzip"],
)
def test_trouble_that_passes_is_waited_for(server: SourceServer, tmp_path: Path, trouble: Answer) -> None:
    address = server.at("/data.json", trouble, trouble, Answer(BODY))
    assert fetch(address, tmp_path / "file") is not None
    assert (tmp_path / "file").read_bytes() == BODY
    address = server.at("/data.json", trouble)
    with pytest.raises(FetchError, match=address):
        fetch(address, tmp_path / "file")
    assert len(server.requests) == 3 + 3


def test_wait_is_as_long_as_the_server_asks(server: SourceServer, tmp_path: Path) -> None:
    slept: list[float] = []
    answers = [Answer(status=429, headers={"Retry-After": after}) for after in ("7", "100000")]
    address = server.at("/data.json", *answers, Answer(BODY))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tenacity.nap.time.sleep", slept.append)
        fetch(address, tmp_path / "file")
    assert slept == [7, 120]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_refusal_is_final(server: SourceServer, tmp_path: Path, status: int) -> None:
    address = server.at("/data.json", Answer(status=status), Answer(BODY))
    with pytest.raises(FetchError, match=f"the server answers {status}"):
        fetch(address, tmp_path / "file")
    assert len(server.requests) == 1


def test_larger_file_is_refused(server: SourceServer, tmp_path: Path) -> None:
    bomb = Answer(gzip.compress(bytes(5_000_000)), headers={"Content-Encoding": "gzip"})
    for answer in (Answer(bytes(100_001)), bomb):
        with pytest.raises(FetchError, match="larger than 100,000 bytes"):
            fetch(server.at("/data.json", answer), tmp_path / "file")
    assert (tmp_path / "file").stat().st_size <= 100_000


def test_silent_server_is_not_waited_for(tmp_path: Path) -> None:
    fetcher = Fetcher(attempts=2, longest_wait_s=0, read_timeout_s=0.05)
    with pytest.raises(FetchError, match="cannot be fetched"):
        fetcher.fetch("http://127.0.0.1:9/", tmp_path / "file", 10)  # the port of "discard"


@pytest.mark.parametrize(
    "address", ["http://sources.example/data.json", "ftp://127.0.0.1/x", "file:///etc/hosts", "/etc/hosts"]
)
def test_only_https_is_used(tmp_path: Path, address: str) -> None:
    with pytest.raises(FetchError, match="only https is used"):
        fetch(address, tmp_path / "file")


def test_key_is_not_sent_elsewhere(server: SourceServer, tmp_path: Path) -> None:
    with source_server() as other:
        there = other.at("/there", Answer(BODY))
        server.at("/moved", Answer(status=302, headers={"Location": there}))
        moved = server.at("/old", Answer(status=302, headers={"Location": "/moved"}))
        fetch(moved, tmp_path / "file", headers={"X-MAL-CLIENT-ID": "mine"})
        assert [headers.get("X-MAL-CLIENT-ID") for _, headers in server.requests] == ["mine", "mine"]
        assert [headers.get("X-MAL-CLIENT-ID") for _, headers in other.requests] == [None]


def test_redirect_is_followed_as_safely(server: SourceServer, tmp_path: Path) -> None:
    server.at("/there", Answer(BODY))
    moved = server.at("/moved", Answer(status=302, headers={"Location": "/there"}))
    assert fetch(moved, tmp_path / "file") is not None
    for location, reason in (
        ("http://sources.example/", "only https is used"),
        ("file:///etc/hosts", "only https is used"),
        ("/moved", "redirects more than 5 times"),
        ("https://127.0.0.1:x/", "Invalid URL in location header"),
    ):
        server.at("/moved", Answer(status=302, headers={"Location": location}))
        with pytest.raises(FetchError, match=reason):
            fetch(moved, tmp_path / "file")
