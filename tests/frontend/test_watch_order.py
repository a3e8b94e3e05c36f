"""The watch order on a title's page: where to start, and what comes next for the list."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.frontend.conftest import NewContext
from tests.frontend.lists import keep_list
from tests.serving.servers import Server

FIRST, SECOND = 16498, 25777  # seasons of Attack on Titan, with side stories between them


def part(page: Page, anime_id: int) -> Locator:
    order = (
        page.get_by_role("main")
        .locator("section")
        .filter(has=page.get_by_role("heading", name="Watch order"))
    )
    return order.get_by_role("listitem").filter(has=page.locator(f"a[href='/title/{anime_id}']"))


def test_watch_order_begins_at_the_start(page: Page) -> None:
    page.goto(f"/title/{SECOND}")
    expect(part(page, FIRST).get_by_text("Start here")).to_be_visible()
    expect(part(page, SECOND).get_by_text("Start here")).to_have_count(0)


def test_watch_order_goes_on_after_what_is_finished(new_context: NewContext, server: Server) -> None:
    context = new_context()
    keep_list(context, server, {FIRST: 9})
    page = context.new_page()
    page.goto(f"/title/{FIRST}")
    expect(part(page, FIRST).get_by_text("On your list")).to_be_visible()
    expect(part(page, SECOND).get_by_text("Next for you")).to_be_visible()
    page.get_by_role("combobox", name="How far you got with").select_option(label="Dropped")
    expect(part(page, FIRST).get_by_text("Dropped")).to_be_visible()
    expect(page.get_by_text("Next for you")).to_have_count(0)
