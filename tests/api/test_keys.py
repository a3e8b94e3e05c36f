"""Keys and what they open."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from api.keys import ApiKeys, Scope
from app import create_app
from config import Config
from domain.keys import digest_of
from tests.api.test_errors import check_problem

HASHED = f"write:sha256={digest_of('hashed')}"
LIST = {"ratings": [{"name": "Clannad", "rating": 9}]}
READ, WRITE, DELETE = "/api/v1/users/7/similar", "/api/v1/users/900007/ratings", "/api/v1/users/900007"


@pytest.fixture
def scoped_client(config: Config) -> FlaskClient:
    keys = ("read:reader", "write:writer", HASHED, "admin:boss", "plain")
    return create_app(config.model_copy(update={"api_keys": keys})).test_client()


def test_key_is_known_by_its_digest_only() -> None:
    keys = ApiKeys.parse(["read:reader", HASHED, "plain"])
    assert keys.scope_of("reader") is Scope.READ
    assert keys.scope_of("hashed") is Scope.WRITE
    assert keys.scope_of("plain") is Scope.WRITE
    assert keys.scope_of(HASHED.partition("=")[2]) is None
    assert keys.scope_of("") is None
    assert "reader" not in repr(keys)


@pytest.mark.parametrize(
    ("key", "read", "write", "metrics"),
    [
        ("reader", 200, 403, 403),
        ("writer", 200, 200, 403),
        ("hashed", 200, 200, 403),
        ("plain", 200, 200, 403),
        ("boss", 200, 200, 200),
        ("nobody", 401, 401, 401),
    ],
)
def test_scope_opens_its_routes_and_no_more(
    scoped_client: FlaskClient, key: str, read: int, write: int, metrics: int
) -> None:
    for headers in ({"X-API-Key": key}, {"Authorization": f"Bearer {key}"}):
        assert scoped_client.get(READ, headers=headers).status_code == read
        assert scoped_client.put(WRITE, json=LIST, headers=headers).status_code == write
        assert scoped_client.get("/metrics", headers=headers).status_code == metrics
        erased = scoped_client.delete(DELETE, headers=headers).status_code
        assert erased == (204 if write == 200 else write)


def test_insufficient_scope_is_told_the_required_one(scoped_client: FlaskClient) -> None:
    problem = check_problem(scoped_client.delete(DELETE, headers={"X-API-Key": "reader"}), 403)
    assert "scope write; yours is read" in problem["detail"]


def test_metrics_are_open_without_an_admin_key(config: Config) -> None:
    client = create_app(config.model_copy(update={"api_keys": ("write:writer",)})).test_client()
    assert client.get("/metrics").status_code == 200
