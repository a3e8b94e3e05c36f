"""The web app: pages that are asked for again, files that are kept for good, and what they may load."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from api.security import COVER_HOSTS, STRICT_TRANSPORT
from app import create_app
from config import Config
from db.engine import open_engine, write_transaction
from db.models import Anime
from recommender.artifacts.store import ModelStore
from serving.builder import build_model
from tests.api.test_errors import check_problem

HTML = "<!doctype html><title>Anime</title><script type=module src=/assets/index-BsHaSh12.js></script>"
SCRIPT, PLAIN = "/assets/index-BsHaSh12.js", "/assets/license.txt"
CODE = "console.log('anime')\n" * 200
PAGES = ["/", "/popular", "/taste", "/title/9253", "/list", "/seasons", "/seasons/2016/fall"]
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
COVER = "https://cdn.myanimelist.net/images/anime/1/1.jpg"


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of the web app, compressed as the image does it."""
    folder = tmp_path_factory.mktemp("web") / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(HTML, "utf-8")
    (folder / SCRIPT[1:]).write_text(CODE, "utf-8")
    (folder / PLAIN[1:]).write_text("free", "utf-8")
    subprocess.run([sys.executable, "-m", "whitenoise.compress", "--quiet", folder], check=True)
    return folder


@pytest.fixture
def web_config(config: Config, build: Path) -> Config:
    return config.model_copy(update={"web_dir": build})


@pytest.fixture
def web_client(web_config: Config) -> FlaskClient:
    """A client of an app that serves the web app too."""
    return create_app(web_config).test_client()


def policy_of(client: FlaskClient, path: str) -> dict[str, list[str]]:
    """The Content-Security-Policy of an answer: directive -> sources."""
    with client.get(path) as response:
        policy = response.headers["Content-Security-Policy"]
    return {name: sources for name, *sources in (part.split() for part in policy.split(";"))}


@pytest.mark.parametrize("path", PAGES)
def test_every_web_app_address_serves_its_page(web_client: FlaskClient, path: str) -> None:
    response = web_client.get(path)
    assert (response.status_code, response.mimetype, response.text) == (200, "text/html", HTML)
    assert response.headers["Cache-Control"] == "no-cache"
    again = web_client.get(path, headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert web_client.head(path).headers["Cache-Control"] == "no-cache"


def test_changed_page_has_another_etag(web_config: Config, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(HTML.replace("BsHaSh12", "CsHaSh34"), "utf-8")
    clients = [
        create_app(web_config.model_copy(update={"web_dir": d})).test_client()
        for d in (web_config.web_dir, tmp_path)
    ]
    first, second = (client.get("/").headers["ETag"] for client in clients)
    assert first != second


@pytest.mark.parametrize("path", ["/title/x", "/title/", "/nope", "/index.html", "/assets/", "/assets/x.js"])
def test_unknown_address_is_a_problem_document(web_client: FlaskClient, path: str) -> None:
    check_problem(web_client.get(path), 404)


@pytest.mark.parametrize(
    "path",
    [
        *("/../secret.txt", "/assets/../../secret.txt", "/assets/%2e%2e/%2e%2e/secret.txt"),
        *("/..%2fsecret.txt", "/assets/..%5c..%5csecret.txt", "/assets/%252e%252e/%252e%252e/secret.txt"),
        *("{beside}/secret.txt", "/{beside}/secret.txt", "/assets/{beside}/secret.txt", "/linked.txt"),
    ],
)
def test_files_outside_the_build_are_not_served(web_config: Config, tmp_path: Path, path: str) -> None:
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    shutil.copytree(web_config.web_dir, tmp_path / "dist")
    client = create_app(web_config.model_copy(update={"web_dir": tmp_path / "dist"})).test_client()
    (tmp_path / "dist" / "linked.txt").symlink_to(tmp_path / "secret.txt")  # after the start
    for headers in ({}, {"Accept": BROWSER}):
        with client.get(path.format(beside=tmp_path), headers=headers) as response:
            assert (response.status_code, "secret" in response.text.replace(path, "")) == (404, False)


@pytest.mark.parametrize("path", ["/nowhere", "/list/", "/title/x", "/title/1/more", "/index.html", "/apis"])
def test_unknown_address_is_the_web_app_in_a_browser(web_client: FlaskClient, path: str) -> None:
    response = web_client.get(path, headers={"Accept": BROWSER})
    assert (response.status_code, response.mimetype, response.text) == (404, "text/html", HTML)
    assert response.headers.getlist("Content-Security-Policy") == [
        web_client.get("/").headers["Content-Security-Policy"]
    ]
    assert (response.headers["Cache-Control"], response.headers["Vary"]) == ("no-cache", "Accept")
    tag = web_client.get("/").headers["ETag"]
    again = web_client.get(path, headers={"Accept": BROWSER, "If-None-Match": tag})
    assert again.status_code == 404
    assert web_client.head(path, headers={"Accept": BROWSER}).mimetype == "text/html"


@pytest.mark.parametrize(
    "accept",
    [
        *("", "*/*", "application/json", "application/json, text/html;q=0.9", "image/avif,image/*,*/*;q=0.8"),
        *("application/problem+json, text/html;q=0.5", "text/html, application/json"),
    ],
)
def test_unknown_address_is_a_problem_for_other_clients(web_client: FlaskClient, accept: str) -> None:
    check_problem(web_client.get("/nowhere", headers={"Accept": accept}), 404)


@pytest.mark.parametrize(
    "path",
    [
        *("/api", "/api/v1/nope", "/docs/nope", "/users/1", "/metrics/x", "/healthz/", "/readyz/x"),
        *("/assets/old-12345678.js", "/api/v1/anime/424242"),
    ],
)
def test_unknown_data_address_is_a_problem_in_a_browser(web_client: FlaskClient, path: str) -> None:
    check_problem(web_client.get(path, headers={"Accept": BROWSER}), 404)


def test_post_to_an_unknown_address_is_a_problem(web_client: FlaskClient) -> None:
    check_problem(web_client.post("/nowhere", headers={"Accept": BROWSER}), 404)
    check_problem(web_client.post("/list", headers={"Accept": BROWSER}), 405)


@pytest.mark.parametrize("encoding", ["br", "gzip", "identity"])
def test_file_is_sent_in_an_accepted_encoding(web_client: FlaskClient, encoding: str) -> None:
    with web_client.get(SCRIPT, headers={"Accept-Encoding": encoding}) as response:
        assert (response.status_code, response.mimetype) == (200, "text/javascript")
        assert response.headers.get("Content-Encoding", "identity") == encoding
        assert response.headers["Vary"] == "Accept-Encoding"
        assert (len(response.data) < len(CODE) / 4) == (encoding != "identity")
        if encoding == "gzip":
            assert gzip.decompress(response.data).decode() == CODE


def test_only_hashed_files_are_immutable(web_client: FlaskClient) -> None:
    with web_client.get(SCRIPT) as hashed, web_client.get(PLAIN) as plain:
        assert "immutable" in hashed.headers["Cache-Control"]
        assert plain.headers["Cache-Control"] == "max-age=60, public"


@pytest.mark.parametrize("path", ["/", SCRIPT])
def test_content_policy_allows_only_covers_and_lists(web_client: FlaskClient, path: str) -> None:
    assert policy_of(web_client, path) == {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", *COVER_HOSTS],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
    }


@pytest.mark.parametrize("path", ["/", SCRIPT])
def test_pages_and_files_have_security_headers(web_client: FlaskClient, path: str) -> None:
    with web_client.get(path) as response:
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["X-Frame-Options"] == "DENY"
        assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize("path", ["/", SCRIPT, "/nowhere", "/healthz"])
def test_https_answers_have_strict_transport_security(web_config: Config, path: str) -> None:
    behind_a_proxy = create_app(web_config.model_copy(update={"trusted_proxies": 1})).test_client()
    for proto, said in (("https", [STRICT_TRANSPORT[1]]), ("http", [])):
        with behind_a_proxy.get(path, headers={"X-Forwarded-Proto": proto}) as response:
            assert response.headers.getlist(STRICT_TRANSPORT[0]) == said


def test_api_is_unchanged_beside_the_web_app(web_client: FlaskClient) -> None:
    response = web_client.get("/api/v1/popular")
    assert response.status_code == 200
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; frame-ancestors")
    assert "/title/{anime_id}" not in web_client.get("/api/v1/openapi.json").get_json()["paths"]


def test_page_is_counted_under_its_route(web_client: FlaskClient) -> None:
    web_client.get("/title/9253")
    metrics = web_client.get("/metrics").text
    assert 'route="/title/<int:anime_id>"' in metrics
    assert "/title/9253" not in metrics


def test_root_redirects_to_docs_without_a_build(config: Config, tmp_path: Path) -> None:
    client = create_app(config.model_copy(update={"web_dir": tmp_path / "nothing"})).test_client()
    response = client.get("/")
    assert (response.status_code, response.headers["Location"]) == (302, "/docs")
    check_problem(client.get("/popular"), 404)
    check_problem(client.get("/popular", headers={"Accept": BROWSER}), 404)
    check_problem(client.post("/"), 405)


def test_remote_covers_off_names_no_cover_host(web_config: Config) -> None:
    engine = open_engine(web_config.database_url)
    with write_transaction(engine) as connection:
        connection.execute(update(Anime).values(image_url=COVER))
    build_model(engine, ModelStore(web_config.model_dir), force=True)
    engine.dispose()
    for remote, shown in ((True, COVER), (False, None)):
        client = create_app(web_config.model_copy(update={"remote_covers": remote})).test_client()
        body = {"ratings": ["Clannad"]}
        answers = [
            client.get("/api/v1/anime/9253").get_json(),
            *client.get("/api/v1/anime").get_json()["items"],
            *client.get("/api/v1/popular").get_json()["items"],
            *client.get("/api/v1/anime/9253/similar").get_json()["items"],
            *client.post("/api/v1/recommendations", json=body).get_json()["items"],
        ]
        assert {answer["image_url"] for answer in answers} == {shown}
        hosts = list(COVER_HOSTS) if remote else []
        assert policy_of(client, "/")["img-src"] == ["'self'", *hosts]
