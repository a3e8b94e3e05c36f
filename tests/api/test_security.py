"""API keys guard what is personal; browsers call from the origins that were named, and go nowhere else."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from app import create_app
from config import Config
from tests.api.test_errors import check_problem

PERSONAL = ["/api/v1/users/7/recommendations", "/api/v1/users/7/similar", "/api/v1/users/424242/similar"]
OPEN = ["/healthz", "/readyz", "/api/v1/anime", "/api/v1/popular", "/api/v1/algorithms", "/docs/swagger"]
ORIGIN = "https://anime.example.org"
EVIL = "evil.example"
KEY = {"X-API-Key": "the-key"}


@pytest.fixture
def browser_client(config: Config) -> FlaskClient:
    """A client of an app that one origin may call, with API keys."""
    return create_app(
        config.model_copy(update={"cors_origins": (ORIGIN,), "api_keys": ("the-key",)})
    ).test_client()


@pytest.mark.parametrize("path", PERSONAL)
@pytest.mark.parametrize(
    "key", [None, "", "wrong", "the-ke", "the-key ", "THE-KEY", "ключ", "the-key,the-key"]
)
def test_personal_route_without_a_valid_key_is_401(
    guarded_client: FlaskClient, path: str, key: str | None
) -> None:
    response = guarded_client.get(path, headers={} if key is None else {"X-API-Key": key})
    if key == "the-key ":  # servers strip white space around a header's value, the test client does not
        assert response.status_code in (200, 401, 404)
        return
    problem = check_problem(response, 401)
    assert "X-API-Key" in problem["detail"]


def test_personal_route_answers_with_the_key(guarded_client: FlaskClient) -> None:
    assert [guarded_client.get(path, headers=KEY).status_code for path in PERSONAL] == [200, 200, 404]


def test_every_configured_key_is_accepted(config: Config) -> None:
    client = create_app(config.model_copy(update={"api_keys": ("first", "zweiter-Schlüssel")})).test_client()
    for key, status in (("first", 200), ("zweiter", 401)):
        assert client.get(PERSONAL[0], headers={"X-API-Key": key}).status_code == status


def test_every_route_is_open_without_configured_keys(client: FlaskClient) -> None:
    assert [client.get(path).status_code for path in PERSONAL] == [200, 200, 404]


def test_public_routes_need_no_key(guarded_client: FlaskClient) -> None:
    assert {guarded_client.get(path).status_code for path in OPEN} == {200}
    assert guarded_client.post("/api/v1/recommendations", json={"ratings": ["Clannad"]}).status_code == 200


def test_compatible_route_needs_no_key(guarded_client: FlaskClient) -> None:
    for user_id in (900_001, 900_001, 7):  # new, then known; known
        body = {"user_id": user_id, "anime_list": ["Clannad"]}
        response = guarded_client.post("/users/recommendations", json=body)
        assert response.status_code == 200
        assert all("reasons" not in item for item in response.get_json())


def test_no_origin_may_call_by_default(client: FlaskClient) -> None:
    for response in (
        client.get("/api/v1/popular", headers={"Origin": ORIGIN}),
        client.post("/users/recommendations", json={"user_id": 1}, headers={"Origin": ORIGIN}),
        client.options("/api/v1/popular", headers={"Origin": ORIGIN, "Access-Control-Request-Method": "GET"}),
    ):
        assert "Access-Control-Allow-Origin" not in response.headers


def test_configured_origin_may_call_and_read_headers(
    browser_client: FlaskClient,
) -> None:
    body = {"user_id": 900_001, "anime_list": ["Clannad", "qqqq"]}
    response = browser_client.post("/users/recommendations", json=body, headers={"Origin": ORIGIN})
    assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
    exposed = response.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"X-Unresolved-Titles", "X-Request-ID", "Retry-After"} <= set(exposed)
    assert response.headers["X-Unresolved-Titles"] == "qqqq"


def test_configured_origin_can_read_errors(browser_client: FlaskClient) -> None:
    for path in ("/nope", "/api/v1/anime?page=0", PERSONAL[0]):
        response = browser_client.get(path, headers={"Origin": ORIGIN})
        assert response.status_code >= 400
        assert response.headers["Access-Control-Allow-Origin"] == ORIGIN


@pytest.mark.parametrize("origin", ["https://evil.example", "null", f"{ORIGIN}.evil.example", "http://x"])
def test_other_origin_may_not_call(browser_client: FlaskClient, origin: str) -> None:
    response = browser_client.get("/api/v1/popular", headers={"Origin": origin})
    assert "Access-Control-Allow-Origin" not in response.headers


def test_origin_is_compared_literally(config: Config) -> None:
    client = create_app(config.model_copy(update={"cors_origins": ("https://a.example",)})).test_client()
    response = client.get("/api/v1/popular", headers={"Origin": "https://aXexample"})
    assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize(
    ("path", "method", "header"),
    [
        ("/users/recommendations", "POST", "content-type"),
        ("/api/v1/recommendations", "POST", "content-type"),
        ("/api/v1/popular", "GET", "accept"),
        ("/api/v1/users/7/recommendations", "GET", "x-api-key"),
        ("/api/v1/users/7/similar", "GET", "x-api-key"),
        ("/api/v1/users/7/ratings", "PUT", "content-type"),
        ("/api/v1/users/7", "DELETE", "x-api-key"),
    ],
)
def test_preflight_of_every_route_is_allowed(
    browser_client: FlaskClient, path: str, method: str, header: str
) -> None:
    preflight = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": header}
    response = browser_client.options(path, headers={"Origin": ORIGIN, **preflight})
    # a browser sends no key when it asks, and goes on only after a 2xx
    assert 200 <= response.status_code < 300
    assert response.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert method in response.headers["Access-Control-Allow-Methods"]
    assert header in response.headers["Access-Control-Allow-Headers"].lower()


@pytest.mark.parametrize("path", ["/api/v1/popular", "/nope", "/healthz", PERSONAL[0], "/docs/swagger"])
def test_security_headers_forbid_scripts_and_frames(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert ("script-src" in policy) == path.startswith("/docs")


def test_personal_answers_are_not_cached(client: FlaskClient) -> None:
    assert client.get(PERSONAL[0]).headers["Cache-Control"] == "no-store"
    assert client.head(PERSONAL[0]).headers["Cache-Control"] == "no-store"
    assert client.get("/api/v1/profiles/4503599627370496").headers["Cache-Control"] == "no-store"
    assert "Cache-Control" not in client.head("/api/v1/popular").headers
    sent = client.post("/api/v1/recommendations", json={"ratings": ["Clannad"]})
    assert sent.headers["Cache-Control"] == "no-store"


def test_strict_transport_security_is_sent_over_https_only(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/healthz").headers
    assert "Strict-Transport-Security" in client.get("/healthz", base_url="https://localhost").headers


@pytest.mark.parametrize("web", [False, True], ids=["api", "web app"])
def test_no_redirect_leads_to_the_host_of_the_caller(config: Config, web: bool) -> None:
    if web:
        (config.model_dir / "index.html").touch()
        config = config.model_copy(update={"web_dir": config.model_dir})
    app = create_app(config)
    client = app.test_client()
    headers = {"Host": EVIL, "X-Forwarded-Host": EVIL, "Accept": "text/html"}
    paths = {re.sub("<.*>", "1", rule.rule) for rule in app.url_map.iter_rules()}
    redirected = []
    for path in sorted(paths):
        for odd in (path, f"{path}/", f"/{path}", path.replace("/", "//"), f"//{EVIL}{path}", path[1:]):
            # as it is, which the client's own parser would change
            found = client.get("/", headers=headers, environ_overrides={"PATH_INFO": odd})
            redirected += [found.headers["Location"]] if "Location" in found.headers else []
    assert len(redirected) >= 10
    assert [location for location in redirected if not re.match(r"/(?!/)", location)] == []


def test_doubled_slashes_are_redirected_on_this_server(client: FlaskClient) -> None:
    response = client.get("/api//v1/algorithms?x=1", headers={"Host": EVIL})
    assert (response.status_code, response.headers["Location"]) == (308, "/api/v1/algorithms?x=1")
