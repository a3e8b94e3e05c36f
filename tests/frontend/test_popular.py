"""The page of popular titles: its filters, its pages and its address."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

from tests.faults.checks import wait_until
from tests.frontend.accessibility import violations
from tests.serving.servers import Server

SCROLLED = "Math.round(scrollY)"


def titles(page: Page) -> Locator:
    return page.get_by_role("main").get_by_role("article")


def test_next_page_starts_at_top_and_back_restores_scroll(page: Page) -> None:
    page.goto("/popular")
    expect(titles(page)).to_have_count(24)
    first = titles(page).first.get_by_role("heading").inner_text()
    following = page.get_by_role("link", name="Next")
    following.scroll_into_view_if_needed()
    left = page.evaluate(SCROLLED)
    following.click()
    expect(page).to_have_url(re.compile("page=2"))
    expect(titles(page).first.get_by_role("heading")).not_to_have_text(first)
    heading = page.get_by_role("heading", name="Ranking", exact=True)
    expect(heading).to_be_focused()
    expect(heading).to_be_in_viewport()
    assert page.evaluate(SCROLLED) < left
    page.evaluate("document.activeElement.blur()")
    page.go_back()
    expect(titles(page).first.get_by_role("heading")).to_have_text(first)
    wait_until(lambda: page.evaluate(SCROLLED) == left, "the page is scrolled to where it was left")
    expect(heading).not_to_be_focused()


def test_filter_returns_to_first_page_and_keeps_focus(page: Page) -> None:
    page.goto("/popular?page=2")
    expect(titles(page).first).to_be_visible()
    page.get_by_text("Filters", exact=True).click()
    movie = page.get_by_role("button", name="Movie", exact=True)
    movie.press("Enter")
    expect(page).to_have_url(re.compile(r"types=Movie$"))
    expect(titles(page).filter(has_not_text="Movie")).to_have_count(0)
    expect(movie).to_be_focused()


def test_filter_values_missing_in_catalog_are_dropped(page: Page) -> None:
    page.goto("/popular?genres=thriller,Cooking&types=Radio")
    expect(page.get_by_text("Filters: Thriller", exact=True)).to_be_visible()
    expect(titles(page).first).to_be_visible()
    expect(titles(page).filter(has_not_text="Thriller")).to_have_count(0)


def test_page_past_end_links_to_first(page: Page) -> None:
    page.goto("/popular?page=9999")
    expect(page.get_by_text(re.compile(r"There are \d+ pages"))).to_be_visible()
    page.get_by_role("link", name="Go to the first page").click()
    expect(page).to_have_url("/popular")
    expect(titles(page)).to_have_count(24)
    expect(page.get_by_role("heading", name="Ranking", exact=True)).to_be_focused()


def trend(page: Page, titles: list[dict[str, Any]]) -> None:
    def answer(route: Route) -> None:
        route.fulfill(json={"window": "day", "items": titles})

    page.route("**/api/v1/trending*", answer)


def test_trending_titles_are_shown_where_there_are_any(page: Page, server: Server) -> None:
    page.goto("/popular")
    expect(page.get_by_role("article")).to_have_count(24)
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("heading", name="Trending today")).to_have_count(0)
    popular = server.ask("/api/v1/popular?limit=2").json["items"]
    trend(page, [title | {"people": people} for title, people in zip(popular, (12, 5), strict=True)])
    page.reload()
    row = page.get_by_role("region", name="Trending today")
    expect(row.get_by_role("listitem")).to_have_count(2)
    expect(row.get_by_text("12 people")).to_be_visible()
    page.set_viewport_size({"width": 320, "height": 667})
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    row.get_by_role("link", name="See all trending titles").click()
    expect(page.get_by_role("heading", level=1, name="Trending today")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(2)
    expect(page.get_by_text("#1 12 people looked at it today")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("link", name="Popular of all time").click()
    expect(page.get_by_role("article")).to_have_count(24)
