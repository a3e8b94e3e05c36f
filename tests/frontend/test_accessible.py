"""No page has anything that axe-core calls serious or critical; what it calls moderate counts here too."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.frontend.accessibility import violations
from tests.frontend.conftest import PHONE, WIDE, NewContext
from tests.frontend.lists import FAVOURITES, keep_list
from tests.frontend.test_shell import PAGES
from tests.serving.servers import Server

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def check_accessible(page: Page) -> None:
    assert violations(page) == []


@pytest.mark.parametrize("listed", [True, False], ids=["with a list", "without"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible_wide_and_narrow_light_and_dark(
    new_context: NewContext, server: Server, path: str, listed: bool
) -> None:
    context = new_context()
    if listed:
        keep_list(context, server, FAVOURITES)
    page = context.new_page()
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_load_state("networkidle")
    for viewport in (WIDE, PHONE):
        page.set_viewport_size(viewport)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            check_accessible(page)


def test_what_is_wrong_is_found(page: Page) -> None:
    page.goto("/")
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert ("critical", "button-name") in [(found.impact, found.rule) for found in violations(page)]


def test_the_settings_are_accessible(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_role("radio", name="Dark")).to_be_visible()
    check_accessible(page)


def test_the_keyboard_skips_to_the_content(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
