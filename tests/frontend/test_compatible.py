"""Another frontend on another origin, which calls the compatible surface from a browser."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.serving.servers import Server, serving

HERE = Path(__file__).parent


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing of it."""

    def log_message(self, format: str, *args: object) -> None:
        del format, args


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """The origin of their server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=HERE / "elsewhere")) as files:
        threading.Thread(target=files.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{files.server_port}"
        files.shutdown()


@pytest.fixture(scope="module")
def api(demo: dict[str, str], elsewhere: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Our server, which knows theirs."""
    with serving({**demo, "CORS_ORIGINS": elsewhere}, tmp_path_factory.mktemp("api") / "log") as server:
        yield server


@pytest.fixture
def theirs(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def open_theirs(page: Page, elsewhere: str, api: Server) -> None:
    page.goto(f"{elsewhere}/index.html?api=http://127.0.0.1:{api.port}")


def test_foreign_page_gets_suggestions_and_recommendations(theirs: Page, elsewhere: str, api: Server) -> None:
    open_theirs(theirs, elsewhere, api)
    theirs.get_by_label("Title").fill("stei")
    expect(theirs.locator("#names option").first).to_have_attribute("value", re.compile("Steins;Gate"))
    theirs.get_by_label("Title").fill("Steins;Gate")
    theirs.get_by_role("button", name="Recommend").click()
    expect(theirs.get_by_role("status")).to_have_text("15 titles")
    shown = theirs.get_by_role("listitem").all_inner_texts()
    assert len(shown) == 15
    assert all(re.fullmatch(r".+ \(\d+\): ★{1,5} \d+ genres", line) for line in shown)
    assert not [line for line in shown if line.startswith("Steins;Gate (")]


def test_foreign_page_can_show_unknown_title_error(theirs: Page, elsewhere: str, api: Server) -> None:
    open_theirs(theirs, elsewhere, api)
    theirs.get_by_label("Title").fill("zzzzqqqq xxxx")
    theirs.get_by_role("button", name="Recommend").click()
    expect(theirs.get_by_role("status")).to_contain_text("Error: ")
    expect(theirs.get_by_role("status")).not_to_contain_text("undefined")
    expect(theirs.get_by_role("status")).not_to_contain_text("Failed to fetch")


def test_preflight_allows_configured_origin(theirs: Page, elsewhere: str, api: Server) -> None:
    answer = theirs.request.fetch(
        f"http://127.0.0.1:{api.port}/users/recommendations",
        method="OPTIONS",
        headers={
            "Origin": elsewhere,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        },
    )
    assert answer.ok
    assert answer.headers["access-control-allow-origin"] == elsewhere
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "content-type" in answer.headers["access-control-allow-headers"].lower()


def test_other_origin_can_read_nothing(theirs: Page, elsewhere: str, server: Server) -> None:
    open_theirs(theirs, elsewhere, server)
    theirs.get_by_label("Title").evaluate("(field) => (field.value = 'Steins;Gate')")
    theirs.get_by_role("button", name="Recommend").click()
    expect(theirs.get_by_role("status")).to_have_text("Error: Failed to fetch")
    assert json.loads(server.ask("/api/anime-suggestions?query=stei").body)
