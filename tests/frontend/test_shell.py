"""Loading of every page: by its address, from this server only, and quickly."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from domain.titles import Season
from tests.frontend.browser import Watch
from tests.frontend.conftest import NewContext
from tests.frontend.lists import FAVORITES, keep_list
from tests.serving.servers import Server, serving

PAGES = {
    "/": "For you",
    "/list": "Your list",
    "/popular": "Popular",
    "/seasons/2016/fall": "Fall 2016",
    "/taste": "Your taste",
    "/title/1535": "Death Note",
}
FIRST_LOAD_BYTES = 150_000
each_page = pytest.mark.parametrize("path", PAGES)


@each_page
def test_page_opens_by_address_and_reload(page_with_list: Page, path: str) -> None:
    for visit in (lambda: page_with_list.goto(path), page_with_list.reload):
        answer = visit()
        assert answer is not None
        assert answer.status == 200
        expect(page_with_list.get_by_role("heading", level=1)).to_be_visible()
        expect(page_with_list).to_have_title(f"{PAGES[path]} · Anime recommendations")
        page_with_list.wait_for_load_state("networkidle")


@each_page
def test_page_policy_allows_only_own_code(page: Page, path: str) -> None:
    answer = page.goto(path)
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_inline_script_is_blocked(page: Page, watch: Watch) -> None:
    watch.expect_error("Content Security Policy")
    page.goto("/")
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: 'window.x = 1'}))"
    )
    assert page.evaluate("window.x") is None


def test_navigation_reaches_every_page(page_with_list: Page) -> None:
    page_with_list.goto("/popular")
    pages = page_with_list.get_by_role("navigation", name="Pages")
    for link, title in (
        ("List", "Your list"),
        ("Taste", "Your taste"),
        ("Popular", "Popular"),
        ("Season", str(Season.of(datetime.now(UTC).date()))),
        ("For", "For you"),
    ):
        pages.get_by_role("link", name=link).click()
        expect(page_with_list).to_have_title(f"{title} · Anime recommendations")
        expect(page_with_list.get_by_role("heading", level=1)).to_be_visible()
    page_with_list.wait_for_load_state("networkidle")


@pytest.mark.parametrize("path", ["/nowhere", "/list/"])
def test_unknown_address_says_so_and_links_home(page: Page, watch: Watch, path: str) -> None:
    watch.expect_error("status of 404")
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", name="This page doesn’t exist")).to_be_visible()
    page.get_by_role("main").get_by_role("link").click()
    expect(page).to_have_url("/")


def test_first_load_needs_at_most_150_kb_of_scripts(page: Page) -> None:
    scripts = []
    page.on(
        "requestfinished",
        lambda request: scripts.append(request) if request.resource_type == "script" else None,
    )
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert scripts
    assert all("content-encoding" in script.response().headers for script in scripts)
    assert sum(script.sizes()["responseBodySize"] for script in scripts) <= FIRST_LOAD_BYTES


def test_assets_are_cached_forever(page: Page) -> None:
    page.goto("/")
    page.wait_for_load_state("networkidle")
    script = page.locator("script[src]").first.get_attribute("src")
    assert "immutable" in page.request.get(str(script)).headers["cache-control"]


@each_page
def test_page_loads_only_covers_from_other_sites(page_with_list: Page, watch: Watch, path: str) -> None:
    page_with_list.goto(path)
    page_with_list.wait_for_load_state("networkidle")
    assert watch.foreign == []


def test_covers_setting_stops_remote_covers(page_with_list: Page, watch: Watch) -> None:
    page_with_list.goto("/popular")
    page_with_list.wait_for_load_state("networkidle")
    assert watch.covers
    page_with_list.get_by_role("button", name="Settings").click()
    page_with_list.get_by_role("checkbox", name="Load covers").uncheck()
    watch.covers.clear()
    page_with_list.reload()
    expect(page_with_list.get_by_role("heading", level=1)).to_be_visible()
    page_with_list.wait_for_load_state("networkidle")
    assert watch.covers == []


@pytest.fixture
def coverless(demo: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Server:
    with serving({**demo, "REMOTE_COVERS": "false"}, tmp_path_factory.mktemp("coverless") / "log") as server:
        yield server


def test_server_setting_stops_remote_covers(coverless: Server, new_context: NewContext, watch: Watch) -> None:
    watch.origin = f"http://127.0.0.1:{coverless.port}"
    context = new_context(base_url=watch.origin)
    keep_list(context, coverless, FAVORITES)
    page = context.new_page()
    for path in PAGES:
        page.goto(path)
        page.wait_for_load_state("networkidle")
    assert watch.covers == []
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_text("Covers are drawn here")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Load covers")).to_have_count(0)


def test_chosen_theme_survives_reload(page: Page) -> None:
    page.goto("/")
    color = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(color)
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("radio", name="Dark").check()
    dark = page.evaluate(color)
    assert dark != light
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate(color) == dark


def test_theme_follows_dark_browser(new_context: NewContext) -> None:
    grounds = set()
    for scheme in ("light", "dark"):
        page = new_context(color_scheme=scheme).new_page()
        page.goto("/")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        grounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(grounds) == 2


def test_dark_page_is_dark_before_scripts_run(new_context: NewContext, watch: Watch) -> None:
    watch.expect_error("Failed to load resource")
    page = new_context(color_scheme="dark").new_page()
    page.route("**/*.js", lambda route: route.abort())
    page.goto("/")
    color = "getComputedStyle(document.body).backgroundColor"
    ground = page.evaluate(color)
    page.unroute("**/*.js")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate(color) == ground
    page.emulate_media(color_scheme="light")
    expect(page.locator("body")).not_to_have_css("background-color", ground)
