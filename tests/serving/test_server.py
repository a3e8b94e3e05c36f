"""Real server processes: what one worker is told, every worker knows, now and after a restart."""

from __future__ import annotations

import json
import re
import shutil
import socket
from collections.abc import Iterator
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine

from api.problems import OF_STATUS, OTHER
from recommender.artifacts.store import ModelStore, Version
from tests.conftest import World
from tests.faults.checks import wait_until
from tests.serving.servers import Server, build, serving, settings
from tests.serving.worlds import ACTION, STRANGER

COMPATIBLE = "/users/recommendations"
WATCHER = STRANGER + 1  # looks for STRANGER among their neighbors
SIMILAR = f"/api/v1/users/{WATCHER}/similar?limit=50"


@pytest.fixture(scope="module")
def refusing(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for requests that it refuses."""
    folder = tmp_path_factory.mktemp("refusing")
    with serving(settings(*copy_of(world, folder)), folder / "log") as server:
        yield server


def raw(server: Server, *lines: str) -> str:
    """The answer to a request of these very lines."""
    with socket.create_connection((server.host, server.port), timeout=30) as connection:
        connection.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        return b"".join(iter(lambda: connection.recv(1 << 16), b"")).decode()


def person(user_id: int) -> dict[str, Any]:
    rated = [{"anime_id": anime_id, "rating": rating} for anime_id, rating in ACTION.items()]
    return {"user_id": user_id, "anime_list": rated}


def address(engine: Engine) -> str:
    url = engine.url.render_as_string(hide_password=False)
    engine.dispose()
    return url


def copy_of(world: World, folder: Path) -> tuple[str, Path]:
    """The address of a database and a model directory that a test may change."""
    shutil.copy(world.database, folder / "anime.db")
    shutil.copytree(world.model_dir, folder / "models")
    return f"sqlite:///{folder / 'anime.db'}", folder / "models"


def neighbors_in_every_worker(server: Server) -> list[set[int]]:
    answers = server.ask_each(SIMILAR)
    assert {answer.status for answer in answers} == {200}
    return [{item["user_id"] for item in answer.json["items"]} for answer in answers]


def test_new_user_is_a_neighbor_after_restart_and_rebuild(
    filled: Engine, store: ModelStore, version: Version, tmp_path: Path
) -> None:
    environ = settings(address(filled), store.root)
    with serving(environ, tmp_path / "log") as server:
        server.ask(COMPATIBLE, person(WATCHER))
        assert server.ask(COMPATIBLE, person(STRANGER)).status == 200
        assert all(STRANGER in found for found in neighbors_in_every_worker(server))
    with serving(environ, tmp_path / "log") as server:
        assert all(STRANGER in found for found in neighbors_in_every_worker(server))
        assert "Published v0002" in build(environ)
        ready = [answer.json for answer in server.ask_each("/readyz")]
        assert {(state["model_version"], state["newer_users"]) for state in ready} == {("v0002", 0)}
        assert all(STRANGER in found for found in neighbors_in_every_worker(server))
    assert "Traceback" not in (tmp_path / "log").read_text("utf-8")


def test_replacement_worker_starts_with_the_newest_model(world: World, tmp_path: Path) -> None:
    environ = settings(*copy_of(world, tmp_path))
    with serving(environ, tmp_path / "log") as server:
        old, _ = server.workers()
        assert "Published v0002" in build(environ, "--force")
        old.kill()
        old.wait(10)
        wait_until(lambda: any(maps(worker, "v0002") for worker in server.workers()), "it is loaded")


def maps(worker: psutil.Process, version: str) -> bool:
    """True where a process has mapped a file of this version."""
    try:
        return any(f"/{version}/" in mapped.path for mapped in worker.memory_maps())
    except psutil.NoSuchProcess:
        return False


def test_new_user_is_known_to_every_worker_by_default(world: World, tmp_path: Path) -> None:
    environ = settings(*copy_of(world, tmp_path))
    del environ["SYNC_INTERVAL_MS"]
    list_ = [{"anime_id": 9253, "rating": 9}, {"anime_id": 1535, "rating": 9}]
    with serving(environ, tmp_path / "log") as server:
        server.ask(COMPATIBLE, {"user_id": WATCHER, "anime_list": list_})
        one, other = server.workers()
        with server.only(other):
            server.ask(SIMILAR)  # has just looked for news
        with server.only(one):
            server.ask(COMPATIBLE, {"user_id": STRANGER, "anime_list": list_})
        with server.only(other):
            items = server.ask(SIMILAR).json["items"]
    assert STRANGER in {item["user_id"] for item in items}


def test_chunked_body_is_capped(world: World, tmp_path: Path) -> None:
    environ = settings(*copy_of(world, tmp_path))
    chunks = [b'{"user_id": 1, "padding": "', *[b"x" * 100_000] * 15, b'"}']
    with serving(environ, tmp_path / "log") as server:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.request("POST", COMPATIBLE, iter(chunks), encode_chunked=True)
        response = connection.getresponse()
        problem = response.read()
        connection.close()
        assert response.status == 413
        assert b'"status": 413' in problem
        assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("head", "status"),
    [("GET /%s HTTP/1.1" % ("x" * 9_000), 414), ("nonsense", 400), ("GET / HTTP/1.1\r\nExpect: magic", 417)],
)
def test_refusal_before_the_app_is_a_known_problem(refusing: Server, head: str, status: int) -> None:
    headers, body = raw(refusing, head).split("\r\n\r\n", 1)
    assert "Content-Type: application/problem+json" in headers
    problem = json.loads(body)
    kind = OF_STATUS.get(status, OTHER)
    assert (problem["status"], problem["type"]) == (status, kind.address)
    assert problem["title"] == (HTTPStatus(status).phrase if kind is OTHER else kind.title)


@pytest.mark.parametrize("host", [None, "127.0.0.2", "::1"])
def test_server_listens_where_host_says(world: World, tmp_path: Path, host: str | None) -> None:
    environ = settings(*copy_of(world, tmp_path), {"HOST": host} if host else {})
    with serving(environ, tmp_path / "log") as server:
        listening = psutil.Process(server.pid).net_connections()
        found = {(one.laddr.ip, one.laddr.port) for one in listening if one.status == "LISTEN"}
        assert found == {(host or "127.0.0.1", server.port)}


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "script_name", "PATH_INFO", "SCRIPT-NAME", "REMOTE_ADDR"])
def test_no_header_moves_the_app(refusing: Server, name: str) -> None:
    for value in ("/api", "/api/v1/algorithms", "/elsewhere"):
        answer = raw(refusing, "GET /api/v1/algorithms HTTP/1.1", "Host: x", f"{name}: {value}")
        assert answer.startswith("HTTP/1.1 200 ")


@pytest.mark.parametrize("host", ["evil.example", "evil..example", "-"])
def test_no_redirect_names_the_host_of_the_caller(refusing: Server, host: str) -> None:
    targets = ("/api//v1/algorithms", "//evil.example/healthz", "http://evil.example", "/docs", "//docs/")
    for target in targets:
        answer = raw(refusing, f"GET {target} HTTP/1.1", f"Host: {host}")
        assert re.search(r"^Location: (?!/(?!/))", answer, re.MULTILINE) is None
        assert not answer.startswith("HTTP/1.1 5")


def test_metrics_sum_all_workers(world: World, tmp_path: Path) -> None:
    with serving(settings(*copy_of(world, tmp_path)), tmp_path / "log") as server:
        server.ask_each("/api/v1/algorithms", times=4)
        families = text_string_to_metric_families(server.ask("/metrics").body.decode())
        samples = [sample for family in families for sample in family.samples]
        counted = [
            sample.value
            for sample in samples
            if sample.name == "anime_http_request_duration_seconds_count"
            and sample.labels["route"] == "/api/v1/algorithms"
        ]
        versions = {s.labels["pid"]: s.value for s in samples if s.name == "anime_model_version"}
        assert counted == [8]
        assert versions == {str(worker.pid): 1 for worker in server.workers()}
