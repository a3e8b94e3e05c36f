"""The page of the list: undo, focus, messages, and use offline."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.frontend.browser import Watch
from tests.frontend.lists import FAVORITES
from tests.frontend.test_import import opinions


def test_clearing_list_asks_first_and_can_be_undone(page_with_list: Page) -> None:
    page_with_list.goto("/list")
    clear = page_with_list.get_by_role("button", name="Clear list")
    clear.click()
    page_with_list.get_by_role("alertdialog").get_by_role("button", name="Cancel").click()
    expect(clear).to_be_focused()
    assert opinions(page_with_list) == FAVORITES
    clear.click()
    page_with_list.get_by_role("alertdialog").get_by_role("button", name="Clear it").click()
    expect(page_with_list.get_by_role("heading", name="Your list is empty")).to_be_visible()
    expect(page_with_list.get_by_role("heading", level=1)).to_be_focused()
    page_with_list.get_by_role("button", name="Undo").click()
    expect(page_with_list.get_by_role("link", name="List 6 titles")).to_be_visible()
    assert opinions(page_with_list) == FAVORITES


@pytest.mark.parametrize("button", ["Undo", "Close this message"])
def test_focus_returns_from_message_to_its_origin(page_with_list: Page, button: str) -> None:
    page_with_list.goto("/list")
    page_with_list.get_by_role("button", name="Remove Death Note").click()
    next_one = page_with_list.get_by_role("button", name="Remove Steins;Gate")
    expect(next_one).to_be_focused()
    page_with_list.get_by_role("button", name=button).focus()
    page_with_list.keyboard.press("Enter")
    expect(page_with_list.get_by_role("button", name=button)).to_have_count(0)
    expect(next_one).to_be_focused()


def test_focus_moves_to_main_when_message_closes(page_with_list: Page) -> None:
    page_with_list.goto("/list")
    page_with_list.get_by_role("button", name="Remove Death Note").click()
    page_with_list.evaluate("document.activeElement.blur()")
    page_with_list.get_by_role("button", name="Close this message").focus()
    page_with_list.keyboard.press("Enter")
    expect(page_with_list.get_by_role("main")).to_be_focused()


def test_message_stays_under_pointer_or_focus(page_with_list: Page) -> None:
    page_with_list.clock.install()
    page_with_list.goto("/list")
    page_with_list.get_by_role("button", name="Remove Death Note").click()
    undo = page_with_list.get_by_role("button", name="Undo")
    page_with_list.clock.run_for(15_000)
    expect(undo).to_be_visible()
    undo.focus()
    undo.hover()
    page_with_list.mouse.move(0, 0)
    page_with_list.clock.run_for(60_000)
    expect(undo).to_be_visible()  # the focus is in it
    undo.hover()
    page_with_list.evaluate("document.activeElement.blur()")
    page_with_list.clock.run_for(60_000)
    expect(undo).to_be_visible()  # the pointer is on it
    page_with_list.mouse.move(0, 0)
    page_with_list.clock.run_for(25_000)
    expect(undo).to_have_count(0)


def test_other_pages_open_offline(page_with_list: Page, watch: Watch) -> None:
    watch.expect_error("ERR_INTERNET_DISCONNECTED")
    with (
        page_with_list.expect_response("**/assets/TastePage-*.js"),
        page_with_list.expect_response("**/assets/ListPage-*.js"),
    ):
        page_with_list.goto("/")
    page_with_list.wait_for_load_state("networkidle")
    page_with_list.context.set_offline(True)
    page_with_list.get_by_role("navigation", name="Pages").get_by_role("link", name="List").click()
    expect(page_with_list.get_by_role("heading", level=1, name="Your list")).to_be_visible()
    expect(page_with_list.get_by_role("combobox", name="Your opinion of Death Note")).to_be_visible()


def test_failed_page_load_is_explained_and_retried(page_with_list: Page, watch: Watch) -> None:
    watch.expect_error("Failed to (load resource|fetch dynamically)")
    page_with_list.route("**/assets/PopularPage-*.js", lambda route: route.fulfill(status=404))
    page_with_list.goto("/")
    expect(page_with_list.get_by_role("heading", level=1, name="For you")).to_be_visible()
    page_with_list.get_by_role("link", name="Popular").click()
    expect(page_with_list.get_by_text("This page didn’t load.")).to_be_visible()
    expect(page_with_list.get_by_role("heading", level=1, name="For you")).to_be_visible()
    page_with_list.unroute("**/assets/PopularPage-*.js")
    page_with_list.get_by_role("button", name="Try again").click()
    expect(page_with_list.get_by_role("heading", level=1, name="Popular")).to_be_visible()


def test_page_from_back_cache_shows_newer_list(page_with_list: Page) -> None:
    page_with_list.goto("/list")
    expect(page_with_list.get_by_role("link", name="List 6 titles")).to_be_visible()
    shorter = json.dumps(json.loads(page_with_list.evaluate("localStorage.getItem('anime.list')"))[:2])
    page_with_list.evaluate("(list) => localStorage.setItem('anime.list', list)", shorter)  # in another tab
    page_with_list.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(page_with_list.get_by_role("link", name="List 2 titles")).to_be_visible()


def test_search_finds_adult_titles_if_address_asks(page: Page) -> None:
    for path, words in (
        ("/list", "Adult titles are hidden."),
        ("/list?nsfw=true", "another of its names."),
    ):
        page.goto(path)
        with page.expect_request("**/api/v1/anime?query=*") as sent:
            page.get_by_role("combobox", name="Add a title").fill("zzqqxxyyww")
        assert f"nsfw={str('nsfw' in path).lower()}" in sent.value.url
        expect(page.get_by_role("status").filter(has_text="No matches for")).to_contain_text(words)
