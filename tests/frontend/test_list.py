"""The page of the list: undo, focus, messages, and use offline."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.frontend.browser import Watch
from tests.frontend.lists import FAVORITES
from tests.frontend.test_import import opinions


def test_clearing_list_asks_first_and_can_be_undone(fan: Page) -> None:
    fan.goto("/list")
    clear = fan.get_by_role("button", name="Clear list")
    clear.click()
    fan.get_by_role("alertdialog").get_by_role("button", name="Cancel").click()
    expect(clear).to_be_focused()
    assert opinions(fan) == FAVORITES
    clear.click()
    fan.get_by_role("alertdialog").get_by_role("button", name="Clear it").click()
    expect(fan.get_by_role("heading", name="Your list is empty")).to_be_visible()
    expect(fan.get_by_role("heading", level=1)).to_be_focused()
    fan.get_by_role("button", name="Undo").click()
    expect(fan.get_by_role("link", name="List 6 titles")).to_be_visible()
    assert opinions(fan) == FAVORITES


@pytest.mark.parametrize("button", ["Undo", "Close this message"])
def test_focus_returns_from_message_to_its_origin(fan: Page, button: str) -> None:
    fan.goto("/list")
    fan.get_by_role("button", name="Remove Death Note").click()
    next_one = fan.get_by_role("button", name="Remove Steins;Gate")
    expect(next_one).to_be_focused()
    fan.get_by_role("button", name=button).focus()
    fan.keyboard.press("Enter")
    expect(fan.get_by_role("button", name=button)).to_have_count(0)
    expect(next_one).to_be_focused()


def test_focus_moves_to_main_when_message_closes(fan: Page) -> None:
    fan.goto("/list")
    fan.get_by_role("button", name="Remove Death Note").click()
    fan.evaluate("document.activeElement.blur()")
    fan.get_by_role("button", name="Close this message").focus()
    fan.keyboard.press("Enter")
    expect(fan.get_by_role("main")).to_be_focused()


def test_message_stays_under_pointer_or_focus(fan: Page) -> None:
    fan.clock.install()
    fan.goto("/list")
    fan.get_by_role("button", name="Remove Death Note").click()
    undo = fan.get_by_role("button", name="Undo")
    fan.clock.run_for(15_000)
    expect(undo).to_be_visible()
    undo.focus()
    undo.hover()
    fan.mouse.move(0, 0)
    fan.clock.run_for(60_000)
    expect(undo).to_be_visible()  # the focus is in it
    undo.hover()
    fan.evaluate("document.activeElement.blur()")
    fan.clock.run_for(60_000)
    expect(undo).to_be_visible()  # the pointer is on it
    fan.mouse.move(0, 0)
    fan.clock.run_for(25_000)
    expect(undo).to_have_count(0)


def test_other_pages_open_offline(fan: Page, watch: Watch) -> None:
    watch.expect_error("ERR_INTERNET_DISCONNECTED")
    with fan.expect_response("**/assets/TastePage-*.js"), fan.expect_response("**/assets/ListPage-*.js"):
        fan.goto("/")
    fan.wait_for_load_state("networkidle")
    fan.context.set_offline(True)
    fan.get_by_role("navigation", name="Pages").get_by_role("link", name="List").click()
    expect(fan.get_by_role("heading", level=1, name="Your list")).to_be_visible()
    expect(fan.get_by_role("combobox", name="Your opinion of Death Note")).to_be_visible()


def test_failed_page_load_is_explained_and_retried(fan: Page, watch: Watch) -> None:
    watch.expect_error("Failed to (load resource|fetch dynamically)")
    fan.route("**/assets/PopularPage-*.js", lambda route: route.fulfill(status=404))
    fan.goto("/")
    expect(fan.get_by_role("heading", level=1, name="For you")).to_be_visible()
    fan.get_by_role("link", name="Popular").click()
    expect(fan.get_by_text("This page didn’t load.")).to_be_visible()
    expect(fan.get_by_role("heading", level=1, name="For you")).to_be_visible()
    fan.unroute("**/assets/PopularPage-*.js")
    fan.get_by_role("button", name="Try again").click()
    expect(fan.get_by_role("heading", level=1, name="Popular")).to_be_visible()


def test_page_from_back_cache_shows_newer_list(fan: Page) -> None:
    fan.goto("/list")
    expect(fan.get_by_role("link", name="List 6 titles")).to_be_visible()
    shorter = json.dumps(json.loads(fan.evaluate("localStorage.getItem('anime.list')"))[:2])
    fan.evaluate("(list) => localStorage.setItem('anime.list', list)", shorter)  # in another tab
    fan.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(fan.get_by_role("link", name="List 2 titles")).to_be_visible()


def test_search_finds_adult_titles_if_address_asks(page: Page) -> None:
    for path, words in (
        ("/list", "Adult titles are hidden."),
        ("/list?nsfw=true", "another of its names."),
    ):
        page.goto(path)
        with page.expect_request("**/api/v1/anime?query=*") as asked:
            page.get_by_role("combobox", name="Add a title").fill("zzqqxxyyww")
        assert f"nsfw={str('nsfw' in path).lower()}" in asked.value.url
        expect(page.get_by_role("status").filter(has_text="No matches for")).to_contain_text(words)
