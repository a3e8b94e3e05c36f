"""A slow, unreachable or overloaded API: messages and ways to retry."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.frontend.browser import API, Held, Watch

# pages that show what the API says, and in what
FED = {"/": "article", "/popular": "article", "/taste": "figure", "/title/1535": "figure"}


def problem(status: int, **headers: str) -> Callable[[Route], None]:
    """Answers everything with an error, as the API does."""
    body = {"type": "about:blank", "title": "Error", "status": status, "detail": "No.", "error": "No."}

    def answer(route: Route) -> None:
        route.fulfill(
            status=status, headers=headers, content_type="application/problem+json", body=json.dumps(body)
        )

    return answer


FAILURES = [
    ("cut off", lambda route: route.abort("connectionrefused"), "can’t reach"),
    ("503", problem(503, **{"Retry-After": "5"}), "can’t answer right now"),
    ("429", problem(429, **{"Retry-After": "7"}), "Try again in 7 s"),
    ("no JSON", lambda route: route.fulfill(body="<html>502</html>", status=502), "can’t answer right now"),
]


@pytest.mark.parametrize("path", FED)
@pytest.mark.parametrize(
    ("answer", "words"), [failure[1:] for failure in FAILURES], ids=[failure[0] for failure in FAILURES]
)
def test_failed_request_is_explained_and_retried(
    page_with_list: Page, watch: Watch, path: str, answer: Callable[[Route], None], words: str
) -> None:
    watch.expect_error("Failed to load resource")
    page_with_list.route(API, answer)
    page_with_list.goto(path)
    main = page_with_list.get_by_role("main")
    expect(main.get_by_text(words).first).to_be_visible()
    again = main.get_by_role("button", name="Try again").first
    expect(again).to_be_visible()
    page_with_list.unroute(API)
    again.click()
    expect(main.get_by_text(words)).to_have_count(0)
    expect(main.get_by_role(FED[path]).first).to_be_visible()


@pytest.mark.parametrize("path", FED)
def test_slow_answer_shows_skeleton(page_with_list: Page, path: str) -> None:
    held = Held(page_with_list)
    page_with_list.goto(path)
    skeleton = page_with_list.get_by_role("main").locator(".skeleton")
    expect(skeleton.first).to_be_visible()
    held.release()
    expect(skeleton).to_have_count(0)


@pytest.mark.parametrize("path", [*FED, "/list"])
def test_offline_notice_comes_and_goes(page_with_list: Page, path: str) -> None:
    page_with_list.goto(path)
    expect(page_with_list.get_by_role("heading", level=1)).to_be_visible()
    page_with_list.wait_for_load_state("networkidle")
    page_with_list.context.set_offline(True)
    expect(page_with_list.get_by_text("You’re offline.")).to_be_visible()
    page_with_list.context.set_offline(False)
    expect(page_with_list.get_by_text("You’re offline.")).to_have_count(0)


def test_offline_request_is_retried_once_when_back(page_with_list: Page, watch: Watch) -> None:
    watch.expect_error("Failed to load resource")
    page_with_list.goto("/")
    main = page_with_list.get_by_role("main")
    expect(main.get_by_role("article").first).to_be_visible()
    page_with_list.wait_for_load_state("networkidle")
    page_with_list.context.set_offline(True)
    page_with_list.get_by_role("button", name="Comedy: either way").click()
    expect(main.get_by_text("can’t reach")).to_be_visible()
    sent: list[str] = []
    page_with_list.on(
        "request", lambda request: sent.append(request.url) if request.method == "POST" else None
    )
    page_with_list.context.set_offline(False)
    expect(main.get_by_text("can’t reach")).to_have_count(0)
    page_with_list.wait_for_load_state("networkidle")
    assert len(sent) == 1


def test_offline_notice_moves_nothing(page_with_list: Page) -> None:
    page_with_list.goto("/popular")
    heading = page_with_list.get_by_role("heading", level=1)
    expect(heading).to_be_visible()
    before = heading.bounding_box()
    told = page_with_list.get_by_role("status").filter(has_text="You’re offline.")
    places = page_with_list.get_by_role("banner").get_by_role("status")
    expect(places).to_have_count(1)  # a screen reader hears only what changes in a place that was there
    page_with_list.context.set_offline(True)
    expect(told).to_be_visible()
    assert heading.bounding_box() == before
    page_with_list.set_viewport_size({"width": 320, "height": 667})
    assert page_with_list.evaluate("document.documentElement.scrollWidth") <= 320


def test_unknown_title_says_so_and_links_on(page: Page, watch: Watch) -> None:
    watch.expect_error("status of 404")
    page.goto("/title/999999999")
    main = page.get_by_role("main")
    expect(main.get_by_role("heading", level=1)).to_be_visible()
    expect(main.get_by_role("link").first).to_be_visible()
    expect(main.get_by_role("button", name="Try again")).to_have_count(0)


@pytest.mark.parametrize(
    "kept", ["{", "null", '{"a": 1}', '[{"anime_id": "x"}]', '[{"opinion": 11}]', "[" * 5_000]
)
def test_corrupt_list_is_set_aside_with_notice(page: Page, kept: str) -> None:
    put = f"localStorage.setItem('anime.list', {json.dumps(kept)})"
    new = "location.protocol !== 'about:' && !localStorage.getItem('anime.list.unreadable')"
    page.add_init_script(f"if ({new}) {put}")
    page.goto("/list")
    expect(page.get_by_text("so we set it aside")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("localStorage.getItem('anime.list.unreadable')") == kept
