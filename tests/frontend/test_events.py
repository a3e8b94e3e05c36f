"""Events of the web app: the list answers below what is read, undoes it, and nothing is sent after a no."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from tests.faults.checks import wait_until
from tests.frontend.accessibility import violations
from tests.frontend.browser import Held
from tests.frontend.conftest import NewContext
from tests.frontend.lists import FAVORITES, keep_list
from tests.frontend.test_journey import ANSWER, card_of, cards, name_of
from tests.frontend.test_screens import small_targets
from tests.serving.servers import Server

EVENTS = "**/api/v1/events"
GPC = "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })"
SHAPING = "Let what you click shape your recommendations"


def shown(page: Page) -> list[int]:
    """Ids of the cards, in order, and 0 where the line is that the list has answered."""
    elements = page.get_by_role("region", name="Recommended").locator("[data-anime-id], li.answered")
    found = elements.evaluate_all("(all) => all.map(({ dataset }) => Number(dataset.animeId ?? 0))")
    return [int(one) for one in found]


def line(page: Page, text: str) -> Locator:
    return page.get_by_role("listitem").filter(has_text=re.compile(rf"^{re.escape(text)}\s*Undo"))


def open_home(page: Page) -> list[int]:
    page.goto("/")
    expect(cards(page)).to_have_count(24)
    page.wait_for_load_state("networkidle")
    return shown(page)


def click_and_return(page: Page, card: Locator) -> str:
    name = name_of(card)
    card.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1, name=name, exact=True)).to_be_visible()
    page.go_back()
    expect(cards(page).first).to_be_visible()
    return name


def sent_kinds(requests: list[Request]) -> list[str]:
    bodies = [json.loads(request.post_data or "{}") for request in requests]
    return [event["kind"] for body in bodies for event in body["events"]]


def test_click_leaves_what_is_read_and_undo_restores(page_with_list: Page) -> None:
    page = page_with_list
    before = open_home(page)
    with page.expect_response(EVENTS) as came, page.expect_request(ANSWER) as request:
        name = click_and_return(page, cards(page).nth(1))
    answer = came.value.json()
    assert (answer["known"], answer["refused"]) == (0, [])
    assert answer["accepted"] == len(sent_kinds([came.value.request]))
    assert "click" in sent_kinds([came.value.request])
    expect(line(page, f"Because you looked at {name}")).to_have_count(1)
    expect(
        page.get_by_role("status").filter(has_text=f"New below, because you looked at {name}")
    ).to_have_count(1)
    after = shown(page)
    kept = after.index(0)
    assert kept >= 4
    assert after[:kept] == before[:kept] == request.value.post_data_json["keep"]  # type: ignore[index]
    assert after[kept + 1 :] != before[kept:]
    expect(cards(page).get_by_text(f"Because you just looked at {name}").first).to_be_attached()
    with page.expect_request(lambda request: request.method == "DELETE") as undone:
        line(page, f"Because you looked at {name}").get_by_role("button").click()
    assert "/api/v1/events/" in undone.value.url
    wait_until(lambda: shown(page) == before, "the page is as it was")


def test_events_name_the_page_that_was_answered(page_with_list: Page) -> None:
    page = page_with_list
    with page.expect_response(ANSWER) as came:
        before = open_home(page)
    answer, request = came.value.json(), came.value.request.post_data_json or {}
    with page.expect_request(EVENTS) as sent:
        click_and_return(page, cards(page).nth(1))
    events = json.loads(sent.value.post_data or "{}")["events"]
    click = next(event for event in events if event["kind"] == "click")
    assert (click["anime_id"], click["position"]) == (before[1], 2)
    assert click["session_id"] == request["session_id"]
    assert {event["recommendation_id"] for event in events} == {answer["recommendation_id"]}


def test_list_is_answered_after_return_before_events(page_with_list: Page) -> None:
    page = page_with_list
    open_home(page)
    held = Held(page, EVENTS)
    name = click_and_return(page, cards(page).nth(1))
    held.release()
    expect(line(page, f"Because you looked at {name}")).to_have_count(1)


def test_dismissal_is_answered_below_at_once(page_with_list: Page) -> None:
    page = page_with_list
    before = open_home(page)
    name = name_of(cards(page).first)
    page.get_by_role("button", name=f"Not interested in {name}", exact=True).click()
    expect(line(page, f"Because you’re not interested in {name}")).to_have_count(1)
    after = shown(page)
    kept = after.index(0)
    assert kept >= 3
    assert after[:kept] == before[1 : kept + 1]
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(card_of(page, name)).to_have_count(1)
    wait_until(lambda: shown(page) == before, "the page is as it was")


def test_more_like_this_is_answered_and_undone(page_with_list: Page) -> None:
    page = page_with_list
    before = open_home(page)
    name = name_of(cards(page).nth(2))
    more = page.get_by_role("button", name=f"More like this: {name}", exact=True)
    more.click()
    expect(line(page, f"Because you want more like {name}")).to_have_count(1)
    expect(more).to_have_attribute("aria-pressed", "true")
    more.click()
    wait_until(lambda: shown(page) == before, "the page is as it was")


@pytest.mark.parametrize("refusal", ["settings", "browser"])
def test_nothing_is_sent_after_a_no(new_context: NewContext, server: Server, refusal: str) -> None:
    context = new_context()
    keep_list(context, server, FAVORITES)
    if refusal == "browser":
        context.add_init_script(GPC)
    page, sent = context.new_page(), []
    page.on("request", lambda request: sent.append(request))
    if refusal == "settings":
        page.goto("/list")
        page.get_by_role("button", name="Settings").click()
        page.get_by_label(SHAPING).uncheck()
        page.keyboard.press("Escape")
    before = open_home(page)
    expect(page.get_by_role("button", name=re.compile("More like this"))).to_have_count(0)
    page.wait_for_timeout(1_200)  # cards have been seen
    click_and_return(page, cards(page).nth(1))
    page.get_by_role("link", name="Popular").click()
    page.reload()  # what waits would be sent
    page.wait_for_load_state("networkidle")
    assert [request.url for request in sent if "/events" in request.url] == []
    bodies = [request.post_data_json for request in sent if request.url.endswith("/recommendations")]
    assert bodies
    assert all(body is not None and "session_id" not in body for body in bodies)
    page.go_back()
    assert shown(page) in (before, [])


def test_session_is_forgotten_and_another_begins(page_with_list: Page) -> None:
    page = page_with_list
    open_home(page)
    name = click_and_return(page, cards(page).nth(1))
    expect(line(page, f"Because you looked at {name}")).to_have_count(1)
    session = "JSON.parse(sessionStorage.getItem('anime.session')).id"
    before = page.evaluate(session)
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_text("for 30 days")).to_be_visible()
    with page.expect_response(lambda answer: answer.request.method == "DELETE") as came:
        page.get_by_role("button", name="Forget this session").click()
    assert (came.value.status, came.value.url.rsplit("/", 1)[1]) == (204, before)
    expect(page.get_by_text("This session is forgotten.")).to_be_visible()
    expect(line(page, f"Because you looked at {name}")).to_have_count(0)
    assert page.evaluate(session) != before


def test_answered_list_and_settings_fit_a_small_phone(new_context: NewContext, server: Server) -> None:
    context = new_context(viewport={"width": 320, "height": 667}, is_mobile=True, has_touch=True)
    keep_list(context, server, FAVORITES)
    page = context.new_page()
    open_home(page)
    name = click_and_return(page, cards(page).first)
    expect(line(page, f"Because you looked at {name}")).to_have_count(1)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert small_targets(page) == []
    page.get_by_role("button", name="Settings").tap()
    expect(page.get_by_label(SHAPING)).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
