"""Uploads of a list that are refused: what cannot be read, and what is too large for the server."""

from __future__ import annotations

import gzip
import io
import re
import socket
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import create_app
from config import Config
from tests.api.test_errors import check_problem
from tests.api.test_imports import BOTH, FORM, LIST, RAW, URL, send
from tests.ingest.exports import anime, export
from tests.serving.servers import serving
from tests.serving.servers import settings as environment

REFUSED = {
    "nothing": (b"", 422, "not XML"),
    "JSON": (b'{"ratings": []}', 422, "not XML"),
    "nul bytes": (b"\x00" * 10_000, 422, "not XML"),
    "cut off": (LIST[:1_000].encode(), 422, "not XML"),
    "a gzip that is cut off": (gzip.compress(LIST.encode())[:-9], 422, "the gzip file is truncated"),
    "no gzip": (b"\x1f\x8b\x08" + bytes(range(256)), 422, "the gzip file is damaged"),
    "a gzip of a gzip": (gzip.compress(gzip.compress(LIST.encode())), 422, "not XML"),
    "a document type": (b"<!DOCTYPE myanimelist>" + LIST.encode()[40:], 422, "a document type"),
    "an external entity": (
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><myanimelist>&e;</myanimelist>',
        422,
        "a document type",
    ),
    "manga": (LIST.replace("type>1<", "type>2<").encode(), 422, "a list of manga. Export the anime list"),
    "depth": (b"<myanimelist>" + b"<a>" * 100_000, 422, "more than 20 deep"),
    "a long title": (export(anime(1, "x" * 100_000, 1, "2")).encode(), 413, "longer than 1,000"),
    "a long attribute": (
        b'<myanimelist a="' + b"x" * 2_000_000 + b'"/>',
        413,
        "of more than 1,000,000 bytes",
    ),
    "a million entries": (
        gzip.compress(b"<myanimelist>" + b"<anime/>" * 1_000_000, 1),
        413,
        "more than 5,000 titles",
    ),
    "a gzip bomb": (
        gzip.compress(b"<myanimelist>") + gzip.compress(b" " * 1_000_000) * 1_000,
        413,
        "more than 10,000,000 bytes of XML",
    ),
}


@BOTH
@pytest.mark.parametrize(("content", "status", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_invalid_export_is_refused_with_a_reason(
    shared_small_client: FlaskClient, way: str, content: bytes, status: int, reason: str
) -> None:
    boundary = b"--limit\r\nContent-Disposition: form-data; name=file; filename=x\r\n\r\n%s\r\n--limit--\r\n"
    response = shared_small_client.post(
        URL,
        data=content if way == RAW else boundary % content,
        content_type="text/xml" if way == RAW else "multipart/form-data; boundary=limit",
    )
    detail = check_problem(response, status)["detail"]
    assert detail.startswith("The list cannot be read: ")
    assert reason in detail
    assert len(response.data) < 2_000


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=100)
    | st.builds(
        lambda start, put: LIST.encode()[:start] + put + LIST.encode()[start + 5 :],
        st.integers(0, len(LIST)),
        st.binary(max_size=10),
    ),
    way=st.sampled_from([RAW, FORM]),
    zipped=st.booleans(),
)
def test_arbitrary_file_never_fails_the_server(
    shared_small_client: FlaskClient, content: bytes, way: str, zipped: bool
) -> None:
    response = send(shared_small_client, gzip.compress(content) if zipped else content, way)
    assert response.status_code in (200, 413, 422)


# -- how large it may be ---------------------------------------------------------------------------------


@pytest.fixture
def narrow_client(small_config: Config) -> FlaskClient:
    """A client of an app that takes 20,000 bytes and 100 titles."""
    return create_app(
        small_config.model_copy(update={"max_upload_bytes": 20_000, "max_list_titles": 100})
    ).test_client()


def padded(size: int) -> bytes:
    return LIST.encode().replace(b"<!--", b"<!--" + b"x" * (size - len(LIST.encode())))


@BOTH
def test_oversized_upload_is_413(narrow_client: FlaskClient, way: str) -> None:
    assert send(narrow_client, padded(19_000), way).status_code == 200
    check_problem(send(narrow_client, padded(20_001), way), 413)


@pytest.mark.parametrize(("size", "status"), [(19_000, 200), (30_000, 413)])
def test_oversized_chunked_upload_is_413(narrow_client: FlaskClient, size: int, status: int) -> None:
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    response = narrow_client.post(URL, input_stream=io.BytesIO(padded(size)), environ_overrides=chunked)
    assert response.status_code == status


def test_upload_may_be_larger_than_other_bodies(small_config: Config) -> None:
    client = create_app(small_config.model_copy(update={"max_body_bytes": 1_000})).test_client()
    assert send(client, padded(900_000)).status_code == 200
    check_problem(client.post("/api/v1/recommendations", data=b" " * 1_001), 413)


def test_export_with_too_many_titles_is_413(narrow_client: FlaskClient) -> None:
    titles = [anime(i, "x", 5, "2") for i in range(1, 102)]
    assert send(narrow_client, gzip.compress(export(*titles[:100]).encode())).status_code == 200
    detail = check_problem(send(narrow_client, gzip.compress(export(*titles).encode())), 413)["detail"]
    assert "more than 100 titles" in detail


# -- a real server ---------------------------------------------------------------------------------------

MAX_GROWTH_MB = 60


def post(port: int, body: bytes, **headers: str) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST", URL, body, headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def post_start_of(port: int, head: str, body: bytes) -> int:
    """The status that comes before the whole body has been sent."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(f"POST {URL} HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode() + body)
        response = HTTPResponse(connection)
        response.begin()
        return response.status


def peak_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) / 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
def test_worker_survives_any_upload_with_bounded_memory(config: Config, tmp_path: Path) -> None:
    bomb = gzip.compress(b"<myanimelist>") + gzip.compress(b" " * 10_000_000) * 900
    environ = environment(config.database_url, config.model_dir)
    form = b"--x\r\nContent-Disposition: form-data; name=file; filename=x\r\n\r\n%s\r\n--x--\r\n"
    with serving(environ, tmp_path / "log") as server:
        assert 8_000_000 < len(bomb) < 10_000_000
        assert post(server.port, LIST.encode())[0] == 200
        before = {worker.pid: peak_mb(worker.pid) for worker in server.workers()}
        for body in (bomb, b"<myanimelist>" + b"\n" * 9_000_000 + b"</myanimelist>"):
            for content_type in ("text/xml", "multipart/form-data; boundary=x"):
                sent = body if content_type == "text/xml" else form % body
                status, _ = post(server.port, sent, **{"Content-Type": content_type})
                assert status == (413 if body is bomb else 200)
        assert post_start_of(server.port, "Content-Length: 200000000", b"<myanimelist>") == 413
        chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
        assert post_start_of(server.port, "Transfer-Encoding: chunked", chunk * 10) == 413
        assert post(server.port, LIST.encode())[0] == 200
        after = {worker.pid: peak_mb(worker.pid) for worker in server.workers()}
    assert after.keys() == before.keys()
    assert max(after[pid] - before[pid] for pid in before) < MAX_GROWTH_MB
    assert "Traceback" not in (tmp_path / "log").read_text("utf-8")
