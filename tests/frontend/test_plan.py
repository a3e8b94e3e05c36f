"""Planned titles: kept apart from the list, marked, ranked, and saved with the profile."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, Request, expect

from tests.frontend.accessibility import violations
from tests.frontend.conftest import NewContext
from tests.frontend.lists import FAVORITES, keep_list
from tests.frontend.test_import import opinions, planned
from tests.frontend.test_profile import save_profile
from tests.serving.servers import Server

PLANNED = (1, 6, 30, 43, 47, 5114, 11061)


def body_of(sent: Request) -> dict[str, Any]:
    body = sent.post_data_json
    assert isinstance(body, dict)
    return body


def page_with_plans(new_context: NewContext, server: Server, **more: object) -> Page:
    context = new_context(**more)
    keep_list(context, server, FAVORITES, PLANNED)
    return context.new_page()


def test_recommended_title_is_planned_and_stays_marked(page_with_list: Page) -> None:
    page_with_list.goto("/")
    first = page_with_list.get_by_role("article").first
    first.get_by_role("button", name="Plan to watch").click()
    expect(first.get_by_role("button", name="Planned")).to_be_visible()
    anime_id = int(first.get_attribute("data-anime-id") or 0)
    assert planned(page_with_list) == [anime_id]
    assert opinions(page_with_list) == FAVORITES
    with page_with_list.expect_request("**/api/v1/recommendations") as sent:
        page_with_list.reload()
    body = body_of(sent.value)
    assert body["planned_ids"] == [anime_id]
    assert anime_id not in body["watched_ids"]
    marked = page_with_list.locator(f"[data-anime-id='{anime_id}']")
    expect(marked.get_by_role("button", name="Planned")).to_be_visible()
    expect(page_with_list.get_by_role("link", name="Your list and 1 planned")).to_be_visible()


def test_title_is_planned_by_search(page_with_list: Page) -> None:
    page_with_list.goto("/list")
    search = page_with_list.get_by_role("combobox", name="Plan a title")
    search.press_sequentially("cowboy bebop")
    expect(page_with_list.get_by_role("option", name="Cowboy Bebop").first).to_be_visible()
    search.press("Enter")
    expect(page_with_list.get_by_text("Added “Cowboy Bebop” to Plan to watch.")).to_be_visible()
    assert planned(page_with_list) == [1]
    assert opinions(page_with_list) == FAVORITES
    page_with_list.get_by_role("button", name="Remove Cowboy Bebop").click()
    expect(page_with_list.get_by_role("heading", name="Plan to watch")).to_be_focused()


def test_planned_titles_are_ranked_for_the_list(new_context: NewContext, server: Server) -> None:
    page = page_with_plans(new_context, server)
    page.goto("/list")
    pile = page.get_by_role("region", name="Plan to watch")
    expect(pile.get_by_text("7 titles")).to_be_visible()
    with page.expect_response("**/api/v1/recommendations") as came:
        pile.get_by_role("button", name="What should I watch first?").click()
    assert sorted(body_of(came.value.request)["candidates"]) == sorted(PLANNED)
    ranked = [item["name"] for item in came.value.json()["items"]]
    assert len(ranked) == len(PLANNED)
    expect(pile.get_by_text("#1", exact=True)).to_be_visible()
    assert pile.locator("a.name").all_inner_texts() == ranked[:5]
    assert violations(page) == []


def test_planned_title_moves_to_list_when_rated(new_context: NewContext, server: Server) -> None:
    page = page_with_plans(new_context, server, viewport={"width": 320, "height": 667}, is_mobile=True)
    page.goto("/list")
    page.get_by_role("combobox", name="Your opinion of Trigun").select_option(label="8 ★")
    expect(page.get_by_role("link", name="List 7 titles")).to_be_visible()
    assert 6 not in planned(page)
    assert opinions(page) == FAVORITES | {6: 8}
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("button", name="Undo").click()
    assert planned(page) == list(PLANNED)


def test_profile_brings_plans_and_statuses_along(new_context: NewContext, server: Server) -> None:
    page = page_with_plans(new_context, server)
    page.goto("/title/1535")
    page.get_by_role("combobox", name="How far you got with Death Note").select_option(label="On hold")
    profile = save_profile(page)
    other = new_context().new_page()
    other.goto(f"/list#profile={profile['user_id']}.{profile['token']}")
    other.get_by_role("alertdialog").get_by_role("button", name="Load it").click()
    expect(other.get_by_text("TV · 2006 · On hold")).to_be_visible()
    assert sorted(planned(other)) == sorted(PLANNED)
    with other.expect_request("**/api/v1/recommendations") as sent:
        other.goto("/")
    statuses = {entry["anime_id"]: entry.get("status") for entry in body_of(sent.value)["ratings"]}
    assert statuses[1535] == "on_hold"
