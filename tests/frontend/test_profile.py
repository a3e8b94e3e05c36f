"""A saved profile: created, in sync, opened in other browsers and tabs, deleted."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.frontend.browser import Watch
from tests.frontend.conftest import NewContext
from tests.frontend.lists import FAVORITES, keep_list
from tests.serving.servers import Server

PROFILES = "**/api/v1/profiles"
PROFILE = "**/api/v1/profiles/*"
FRIEND = {1: 7, 5: 8}


def kept(page: Page, key: str) -> Any:
    return json.loads(page.evaluate("(key) => localStorage.getItem(key)", f"anime.{key}") or "null")


def opinions(page: Page) -> dict[int, int | str]:
    """The list as the browser keeps it."""
    return {entry["anime_id"]: entry["opinion"] for entry in kept(page, "list") or []}


def stored(page: Page, profile: dict[str, Any]) -> dict[int, int | str]:
    """The list as the server has it."""
    answer = page.request.get(
        f"/api/v1/profiles/{profile['user_id']}", headers={"Authorization": f"Bearer {profile['token']}"}
    )
    assert answer.ok
    saved = answer.json()
    ratings = {title["anime_id"]: title["rating"] for title in saved["ratings"]}
    return ratings | dict.fromkeys(saved["watched_ids"], "seen")


def friends_profile(server: Server) -> dict[str, Any]:
    ratings = [{"anime_id": anime_id, "rating": rating} for anime_id, rating in FRIEND.items()]
    profile: dict[str, Any] = server.ask("/api/v1/profiles", {"ratings": ratings}).json
    return profile


def link_to(profile: dict[str, Any]) -> str:
    return f"/list#profile={profile['user_id']}.{profile['token']}"


def save_profile(page: Page) -> dict[str, Any]:
    page.goto("/list")
    page.get_by_role("heading", name="Save, link, export").click()
    page.get_by_role("button", name="Save a profile").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    profile: dict[str, Any] = kept(page, "profile")
    return profile


def rate_death_note(page: Page, rating: int) -> None:
    page.get_by_role("combobox", name="Your opinion of Death Note").select_option(label=f"{rating} ★")


def open_offer(page: Page, link: str) -> None:
    """As a link on another page does."""
    page.goto("about:blank")
    page.goto(link)
    expect(page.get_by_role("alertdialog")).to_be_visible()


def press_in_dialog(page: Page, name: str) -> None:
    page.get_by_role("alertdialog").get_by_role("button", name=name).click()


def hold(page: Page, address: str) -> list[Route]:
    """Requests that wait."""
    held: list[Route] = []
    page.route(address, lambda route: held.append(route))
    return held


def held_one(page: Page, held: list[Route]) -> Route:
    """The first of them: it may be on its way yet."""
    for _ in range(750):
        if held:
            return held[0]
        page.wait_for_timeout(20)
    raise AssertionError("nothing was asked for")


def failing(status: int) -> Callable[[Route], None]:
    def answer(route: Route) -> None:
        problem = {"type": "about:blank", "title": "Error", "status": status, "detail": "No."}
        route.fulfill(status=status, content_type="application/problem+json", body=json.dumps(problem))

    return answer


def test_profile_is_saved_synced_opened_and_deleted(
    new_context: NewContext, server: Server, watch: Watch
) -> None:
    mine = new_context(permissions=["clipboard-read", "clipboard-write"])
    keep_list(mine, server, FAVORITES)
    page = mine.new_page()
    save_profile(page)
    with page.expect_response(lambda answer: answer.request.method == "PUT" and answer.ok):
        rate_death_note(page, 2)
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert urlsplit(link).fragment.startswith("profile=")

    other = new_context().new_page()
    open_offer(other, link)
    press_in_dialog(other, "Load it")
    expect(other.get_by_role("link", name="List 6 titles")).to_be_visible()
    assert opinions(other) == FAVORITES | {1535: 2, 16498: 10}
    assert "#" not in other.url

    page.get_by_role("button", name="Delete the profile").click()
    press_in_dialog(page, "Delete it")
    expect(page.get_by_text("Profile deleted.")).to_be_visible()
    assert opinions(page) == FAVORITES | {1535: 2}
    assert page.evaluate("document.activeElement !== document.body")

    watch.expect_error("status of 40[14]")
    late = new_context().new_page()
    open_offer(late, link)
    press_in_dialog(late, "Load it")
    expect(late.get_by_text("We couldn’t find that profile")).to_be_visible()
    assert opinions(late) == {}


def test_failed_save_loses_nothing(page_with_list: Page, watch: Watch) -> None:
    watch.expect_error("Failed to load resource")
    page_with_list.route(PROFILES, lambda route: route.abort("connectionrefused"))
    page_with_list.goto("/list")
    page_with_list.get_by_role("heading", name="Save, link, export").click()
    page_with_list.get_by_role("button", name="Save a profile").click()
    expect(page_with_list.get_by_text("We couldn’t save the profile.")).to_contain_text("can’t reach")
    assert opinions(page_with_list) == FAVORITES
    page_with_list.unroute(PROFILES)
    page_with_list.get_by_role("button", name="Try again").click()
    expect(page_with_list.get_by_text("Saved.")).to_be_visible()


def test_two_presses_make_one_profile(page_with_list: Page) -> None:
    held = hold(page_with_list, PROFILES)
    page_with_list.goto("/list")
    page_with_list.get_by_role("heading", name="Save, link, export").click()
    save = page_with_list.get_by_role("button", name="Save a profile")
    save.evaluate("(button) => { button.click(); button.click() }")
    expect(page_with_list.get_by_text("Saving…")).to_be_visible()
    expect(save).to_be_disabled()
    held_one(page_with_list, held).continue_()
    expect(page_with_list.get_by_text("Saved.")).to_be_visible()
    assert len(held) == 1


def both_tabs(new_context: NewContext, server: Server) -> tuple[BrowserContext, Page, Page]:
    context = new_context()
    keep_list(context, server, FAVORITES)
    return context, context.new_page(), context.new_page()


def test_list_is_saved_only_by_tab_that_changed_it(new_context: NewContext, server: Server) -> None:
    context, here, there = both_tabs(new_context, server)
    profile = save_profile(here)
    there.goto("/list")
    there.get_by_role("heading", name="Save, link, export").click()
    expect(there.get_by_text("Saved.")).to_be_visible()
    puts: list[Page] = []
    context.on("request", lambda sent: puts.append(sent.frame.page) if sent.method == "PUT" else None)
    with here.expect_response(PROFILE):
        rate_death_note(here, 3)
    expect(there.get_by_role("combobox", name="Your opinion of Death Note")).to_have_value("3")
    there.wait_for_timeout(2_500)  # longer than a tab waits before it saves
    expect(there.get_by_text("Saved.")).to_be_visible()
    assert puts == [here]
    assert stored(here, profile)[1535] == 3


def test_profile_loaded_in_one_tab_opens_in_both(new_context: NewContext, server: Server) -> None:
    context, here, there = both_tabs(new_context, server)
    mine, friends = save_profile(here), friends_profile(server)
    there.goto("/list")
    open_offer(here, link_to(friends))
    press_in_dialog(here, "Load it")
    expect(there.get_by_role("link", name="List 2 titles")).to_be_visible()
    opinion = there.get_by_role("combobox", name="Your opinion of Cowboy Bebop").first
    with context.expect_event("requestfinished", lambda sent: sent.method == "PUT") as saved:
        opinion.select_option(label="1 ★")
    assert saved.value.url.endswith(str(friends["user_id"]))
    expect(opinion).to_have_value("1")
    assert kept(here, "profile")["user_id"] == friends["user_id"]
    assert sorted(stored(here, friends).values()) == [1, 8]
    assert stored(here, mine) == FAVORITES | {16498: 10}


def test_loading_profile_offers_old_link_and_undo(new_context: NewContext, server: Server) -> None:
    context = new_context(permissions=["clipboard-read", "clipboard-write"])
    keep_list(context, server, FAVORITES)
    page = context.new_page()
    mine, friends = save_profile(page), friends_profile(server)
    held = hold(page, PROFILE)
    open_offer(page, link_to(friends))
    press_in_dialog(page, "Copy the link to the open profile")
    expect(page.get_by_role("alertdialog").get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith(link_to(mine))
    press_in_dialog(page, "Load it")
    expect(page.get_by_role("alertdialog").get_by_role("button", name="One moment…")).to_be_visible()
    held_one(page, held).continue_()
    page.unroute(PROFILE)
    expect(page.get_by_role("link", name="List 2 titles")).to_be_visible()
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="List 6 titles")).to_be_visible()
    assert kept(page, "profile") == mine
    with page.expect_response(PROFILE):
        rate_death_note(page, 4)
    assert stored(page, mine)[1535] == 4
    assert stored(page, friends) == FRIEND


def test_canceled_profile_load_changes_nothing(page_with_list: Page, server: Server) -> None:
    held = hold(page_with_list, PROFILE)
    open_offer(page_with_list, link_to(friends_profile(server)))
    press_in_dialog(page_with_list, "Load it")
    press_in_dialog(page_with_list, "Cancel")
    with page_with_list.expect_response(PROFILE):
        held_one(page_with_list, held).continue_()
    page_with_list.wait_for_load_state("networkidle")
    assert opinions(page_with_list) == FAVORITES
    assert kept(page_with_list, "profile") is None


def test_failed_deletion_is_retried(page_with_list: Page, watch: Watch) -> None:
    watch.expect_error("status of 503")
    save_profile(page_with_list)
    page_with_list.route(PROFILE, failing(503))
    page_with_list.get_by_role("button", name="Delete the profile").click()
    press_in_dialog(page_with_list, "Delete it")
    expect(page_with_list.get_by_text("We couldn’t delete the profile.")).to_be_visible()
    page_with_list.unroute(PROFILE)
    page_with_list.get_by_role("button", name="Try again").click()
    expect(page_with_list.get_by_text("Profile deleted.")).to_be_visible()
    assert kept(page_with_list, "profile") is None


def test_rejected_key_is_kept_until_forgotten(page_with_list: Page, watch: Watch) -> None:
    watch.expect_error("status of 401")
    profile = save_profile(page_with_list)
    page_with_list.route(PROFILE, failing(401))
    rate_death_note(page_with_list, 5)
    expect(page_with_list.get_by_text("The server doesn’t accept the key to this profile")).to_be_visible()
    assert kept(page_with_list, "profile") == profile
    page_with_list.get_by_role("button", name="Forget this profile here").click()
    expect(page_with_list.get_by_role("button", name="Save a profile")).to_be_visible()
    assert kept(page_with_list, "profile") is None
    page_with_list.unroute(PROFILE)
    page_with_list.get_by_role("button", name="Undo").click()
    assert kept(page_with_list, "profile") == profile
    with page_with_list.expect_response(PROFILE):
        page_with_list.reload()
    assert stored(page_with_list, profile)[1535] == 5
