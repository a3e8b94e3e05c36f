"""Layout of every page: it fits every screen and does not shift."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.frontend.browser import Held
from tests.frontend.conftest import NewContext
from tests.frontend.lists import FAVORITES, keep_list
from tests.frontend.test_shell import PAGES
from tests.serving.servers import Server

SHIFTS = """
window.shifts = []
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    const of = entry.sources.map(({ node }) => node?.outerHTML?.slice(0, 120) ?? node?.nodeName)
    if (!entry.hadRecentInput) window.shifts.push({ value: entry.value, of })
  }
}).observe({ type: 'layout-shift', buffered: true })
"""
SMALL_TARGETS = """
() => [...document.querySelectorAll('button, select, input, summary, [role=button], [role=slider]')]
  .map((element) => element.closest('label') ?? element)
  .filter((target) => target.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
  .map((target) => [target.getBoundingClientRect(), target.outerHTML.slice(0, 120)])
  .filter(([{ width, height }]) => width > 1 && (width < 24 || height < 24))
  .map(([{ width, height }, html]) => `${width} x ${height} ${html}`)
"""
GOOD_CLS = 0.05


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_page_never_scrolls_sideways(new_context: NewContext, server: Server, path: str, width: int) -> None:
    context = new_context(
        viewport={"width": width, "height": 667}, is_mobile=width < 768, has_touch=width < 768
    )
    keep_list(context, server, FAVORITES)
    page = context.new_page()
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_load_state("networkidle")
    shown, needed = page.evaluate("[innerWidth, document.documentElement.scrollWidth]")
    assert shown == width
    assert needed <= width


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_layout_is_stable_when_answers_arrive(
    new_context: NewContext, server: Server, path: str, width: int
) -> None:
    context = new_context(viewport={"width": width, "height": 800}, is_mobile=width < 768)
    keep_list(context, server, FAVORITES)
    context.add_init_script(SHIFTS)
    page = context.new_page()
    held = Held(page)
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_timeout(300)  # what waits is painted
    held.release()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)  # what came is painted
    shifts = page.evaluate("window.shifts")
    assert sum(shift["value"] for shift in shifts) < GOOD_CLS, shifts


def test_phone_targets_are_large_enough(new_context: NewContext, server: Server) -> None:
    context = new_context(viewport={"width": 375, "height": 667}, is_mobile=True, has_touch=True)
    keep_list(context, server, FAVORITES)
    page = context.new_page()
    for path in PAGES:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert small_targets(page) == []


def small_targets(page: Page) -> list[str]:
    """Buttons and fields of fewer than 24 x 24 px (WCAG 2.2, 2.5.8)."""
    return list(page.evaluate(SMALL_TARGETS))


def test_bar_of_a_small_phone_has_room_for_every_page(new_context: NewContext) -> None:
    context = new_context(viewport={"width": 320, "height": 667}, is_mobile=True, has_touch=True)
    title = {
        "name": "Title",
        "english": None,
        "type": "TV",
        "year": 2006,
        "image_url": None,
        "opinion": "seen",
    }
    kept = json.dumps(json.dumps([title | {"anime_id": 1_000_000 + at} for at in range(1_234)]))
    context.add_init_script(f"if (location.protocol !== 'about:') localStorage.setItem('anime.list', {kept})")
    page = context.new_page()
    page.goto("/popular")
    links = page.get_by_role("navigation", name="Pages", exact=True).get_by_role("link")
    expect(links).to_have_count(5)
    expect(links.nth(1)).to_contain_text("1,234")
    edges = [box["x"] + box["width"] for link in links.all() if (box := link.bounding_box())]
    assert len(edges) == 5
    assert max(edges) <= 320
