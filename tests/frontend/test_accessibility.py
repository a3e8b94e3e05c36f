"""Accessibility of every page and dialog: axe-core finds nothing, not even what it calls moderate."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.frontend.accessibility import violations
from tests.frontend.browser import API, Watch
from tests.frontend.conftest import PHONE, WIDE, NewContext
from tests.frontend.lists import FAVORITES, keep_list
from tests.frontend.test_shell import PAGES
from tests.ingest.exports import anime, export
from tests.serving.servers import Server

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def check_accessible(page: Page) -> None:
    assert violations(page) == []


@pytest.mark.parametrize("listed", [True, False], ids=["with a list", "without"])
@pytest.mark.parametrize("path", PAGES)
def test_page_is_accessible_at_each_width_and_theme(
    new_context: NewContext, server: Server, path: str, listed: bool
) -> None:
    context = new_context()
    if listed:
        keep_list(context, server, FAVORITES)
    page = context.new_page()
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_load_state("networkidle")
    for viewport in (WIDE, PHONE):
        page.set_viewport_size(viewport)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            check_accessible(page)


def test_axe_finds_a_button_without_name(page: Page) -> None:
    page.goto("/")
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert ("critical", "button-name") in [(found.impact, found.rule) for found in violations(page)]


def test_settings_are_accessible(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_role("radio", name="Dark")).to_be_visible()
    check_accessible(page)


def test_search_results_are_accessible(page: Page) -> None:
    page.goto("/")
    page.get_by_role("combobox", name="Add a title you like").press_sequentially("full")
    expect(page.get_by_role("option").nth(1)).to_be_visible()
    check_accessible(page)


def test_knob_drawer_is_accessible_on_a_phone(new_context: NewContext, server: Server) -> None:
    context = new_context(viewport=PHONE, is_mobile=True, has_touch=True)
    keep_list(context, server, FAVORITES)
    page = context.new_page()
    page.goto("/")
    page.get_by_role("button", name="Adjust").tap()
    expect(page.get_by_role("dialog", name="Adjust")).to_be_visible()
    check_accessible(page)


def test_confirmation_dialog_is_accessible(page_with_list: Page) -> None:
    page_with_list.goto("/list")
    page_with_list.get_by_role("heading", name="Save, link, export").click()
    page_with_list.get_by_role("button", name="Save a profile").click()
    page_with_list.get_by_role("button", name="Delete the profile").click()
    question = page_with_list.get_by_role("alertdialog")
    expect(question).to_be_visible()
    check_accessible(page_with_list)
    question.get_by_role("button", name="Delete it").click()
    expect(page_with_list.get_by_text("Profile deleted.")).to_be_visible()


def test_import_preview_is_accessible(page_with_list: Page) -> None:
    page_with_list.goto("/list")
    page_with_list.get_by_role("heading", name="Import a list").click()
    mal = export(anime(1, "Cowboy Bebop", 7, "Completed"), anime(999_999, "Unknown", 8, "Completed"))
    page_with_list.get_by_label("Choose a file").set_input_files(
        [{"name": "animelist.xml", "mimeType": "application/xml", "buffer": mal.encode()}]
    )
    page_with_list.get_by_text("Not in this catalog (1)").click()
    check_accessible(page_with_list)


def test_shared_list_is_accessible(page_with_list: Page) -> None:
    page_with_list.goto("/#list=1~20.7~30.s")
    expect(page_with_list.get_by_role("heading", name="On this list")).to_be_attached()
    page_with_list.wait_for_load_state("networkidle")
    check_accessible(page_with_list)


@pytest.mark.parametrize("path", ["/", "/title/1535"])
def test_error_message_is_accessible(page_with_list: Page, watch: Watch, path: str) -> None:
    watch.expect_error("Failed to load resource")
    page_with_list.route(API, lambda route: route.abort("connectionrefused"))
    page_with_list.goto(path)
    expect(page_with_list.get_by_role("alert").first).to_be_visible()
    check_accessible(page_with_list)


def test_skip_link_moves_focus_to_content(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
