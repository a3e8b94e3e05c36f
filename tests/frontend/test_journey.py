"""The home page, from the first title to a link for a friend."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.frontend.browser import Held, Watch
from tests.frontend.conftest import PHONE, NewContext
from tests.frontend.lists import FAVORITES, keep_list
from tests.serving.servers import Server

ANSWER = "**/api/v1/recommendations"
SEARCH = "Add a title you like"


def cards(page: Page) -> Locator:
    return page.get_by_role("region", name="Recommended").get_by_role("article")


def name_of(card: Locator) -> str:
    return card.get_by_role("heading").inner_text()


def card_of(page: Page, name: str) -> Locator:
    return cards(page).filter(has=page.get_by_role("link", name=name, exact=True))


def tab_to(page: Page, target: Locator, most: int = 80) -> None:
    """Press Tab until it is there."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if target.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {target}")


def test_keyboard_alone_builds_and_rates_list(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="Popular titles")).to_be_visible()
    search = page.get_by_role("combobox", name=SEARCH)
    tab_to(page, search)
    for typed, name in (("deathn", "Death Note"), ("進撃", "Shingeki no Kyojin"), ("steins", "Steins;Gate")):
        page.keyboard.type(typed)
        expect(page.get_by_role("option", name=re.compile(f"^{name}")).first).to_be_visible()
        page.keyboard.press("Enter")
        expect(page.get_by_role("region", name="Your list").get_by_role("link", name=name)).to_be_visible()
        expect(search).to_be_focused()
        expect(search).to_have_value("")
    opinion = page.get_by_role("combobox", name="Your opinion of Death Note")
    tab_to(page, opinion)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(opinion).to_have_value("9")
    expect(page.get_by_role("main").locator("[aria-busy=true]")).to_have_count(0)
    expect(cards(page)).to_have_count(24)
    first = name_of(cards(page).first)
    tab_to(page, page.get_by_role("button", name=f"Not interested in {first}", exact=True))
    page.keyboard.press("Enter")
    expect(card_of(page, first)).to_have_count(0)
    expect(cards(page).first).to_be_focused()


def test_search_follows_arrow_keys_and_escape(page: Page) -> None:
    page.goto("/")
    search = page.get_by_role("combobox", name=SEARCH)
    search.press_sequentially("full")
    options = page.get_by_role("listbox").get_by_role("option")
    expect(options.nth(1)).to_be_visible()
    page.keyboard.press("ArrowDown")
    second = options.nth(1)
    expect(second).to_have_attribute("data-highlighted", "")
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(search).to_have_value("full")
    expect(search).to_be_focused()


def test_search_without_match_says_so(page: Page) -> None:
    page.goto("/")
    page.get_by_role("combobox", name=SEARCH).fill("zzqqxxyyww")
    expect(page.get_by_text("No matches for “zzqqxxyyww”")).to_be_visible()


def test_search_offers_similar_titles_apart(page: Page) -> None:
    page.goto("/")
    search = page.get_by_role("combobox", name=SEARCH)
    search.fill("dheath noote")
    status = page.get_by_role("status").filter(has_text="No title here is called “dheath noote”")
    expect(status).to_contain_text("We know titles up to 2016. Did you mean:")
    expect(page.get_by_role("listbox")).to_have_count(0)
    search.press("Enter")
    expect(search).to_have_value("dheath noote")  # nothing was picked
    page.get_by_role("button", name=re.compile("^Death Note TV")).click()
    expect(page.get_by_role("link", name="List 1 title")).to_be_visible()


def test_example_list_is_added_with_undo(page: Page) -> None:
    page.goto("/")
    page.get_by_role("list", name="Example lists").get_by_role("button", name="Ghibli").click()
    expect(cards(page).first).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Popular titles")).to_be_visible()


def test_recommendation_shows_stars_chance_and_reasons(page_with_list: Page) -> None:
    page_with_list.goto("/")
    expect(cards(page_with_list)).to_have_count(24)
    for card in cards(page_with_list).all()[:5]:
        expect(card.get_by_role("img", name=re.compile(r"^[\d.½]+ out of 5 stars$"))).to_be_visible()
        expect(card.get_by_text(re.compile(r"\d+% likely to please"))).to_be_visible()
        expect(card.get_by_role("listitem").first).to_be_visible()
    expect(cards(page_with_list).get_by_text("Because you liked").first).to_be_visible()


def test_hidden_title_disappears_and_can_return(page_with_list: Page) -> None:
    page_with_list.goto("/")
    expect(cards(page_with_list)).to_have_count(24)
    first, second = name_of(cards(page_with_list).nth(0)), name_of(cards(page_with_list).nth(1))
    page_with_list.get_by_role("button", name=f"Not interested in {first}", exact=True).click()
    expect(card_of(page_with_list, first)).to_have_count(0)
    expect(card_of(page_with_list, second)).to_be_focused()
    page_with_list.get_by_role("button", name="Undo").click()
    expect(card_of(page_with_list, first)).to_be_visible()
    page_with_list.get_by_role("button", name=f"Not interested in {first}", exact=True).click()
    expect(card_of(page_with_list, first)).to_have_count(0)
    page_with_list.keyboard.press("Control+z")
    expect(card_of(page_with_list, first)).to_be_visible()
    page_with_list.get_by_role("button", name=f"Not interested in {first}", exact=True).click()
    expect(card_of(page_with_list, first)).to_have_count(0)
    page_with_list.reload()
    expect(cards(page_with_list)).to_have_count(24)
    expect(card_of(page_with_list, first)).to_have_count(0)
    page_with_list.goto("/list")
    page_with_list.get_by_role("heading", name=re.compile("^Not interested")).click()
    page_with_list.get_by_role("button", name=f"Show {first} again", exact=True).click()
    page_with_list.goto("/")
    expect(card_of(page_with_list, first)).to_be_visible()


def test_seen_title_is_rated_and_joins_list(page_with_list: Page) -> None:
    page_with_list.goto("/")
    expect(cards(page_with_list)).to_have_count(24)
    first = name_of(cards(page_with_list).first)
    card_of(page_with_list, first).get_by_role("button", name=re.compile("^Seen it")).click()
    picker = page_with_list.get_by_role("combobox", name=f"Your opinion of {first}")
    expect(picker).to_be_focused()
    picker.select_option(label="3 ★")
    expect(card_of(page_with_list, first)).to_have_count(0)
    expect(page_with_list.get_by_role("link", name="List 7 titles")).to_be_visible()
    page_with_list.get_by_role("button", name="Undo").click()
    expect(page_with_list.get_by_role("link", name="List 6 titles")).to_be_visible()
    expect(card_of(page_with_list, first)).to_be_visible()


def test_focus_stays_on_heading_as_list_fills_and_empties(page: Page) -> None:
    page.goto("/")
    heading = page.get_by_role("heading", level=1)
    page.get_by_role("list", name="Example lists").get_by_role("button", name="Ghibli").press("Enter")
    expect(heading).to_have_text("For you")
    expect(heading).to_be_focused()
    remove = page.get_by_role("region", name="Your list").get_by_role("button", name=re.compile("^Remove "))
    expect(remove.first).to_be_visible()
    while remove.count():
        remove.first.press("Enter")
    expect(heading).to_have_text("What will you love next?")
    expect(heading).to_be_focused()


def test_focus_stays_on_filter_pressed_while_loading_more(page_with_list: Page) -> None:
    page_with_list.goto("/")
    expect(cards(page_with_list)).to_have_count(24)
    held = Held(page_with_list)
    page_with_list.get_by_role("button", name="Show more").click()
    comedy = page_with_list.get_by_role("button", name="Comedy: either way")
    comedy.click()
    held.release()
    expect(cards(page_with_list).filter(has_text="Comedy")).to_have_count(48)
    expect(page_with_list.get_by_role("button", name="Comedy: wanted")).to_be_focused()


def test_show_more_focuses_first_new_title(page_with_list: Page) -> None:
    page_with_list.goto("/")
    expect(cards(page_with_list)).to_have_count(24)
    page_with_list.get_by_role("button", name="Show more").click()
    expect(cards(page_with_list)).to_have_count(48)
    expect(cards(page_with_list).nth(24)).to_be_focused()


def test_knobs_change_titles_and_survive_reload(page_with_list: Page) -> None:
    page_with_list.goto("/")
    expect(cards(page_with_list)).to_have_count(24)
    knobs = page_with_list.get_by_role("complementary", name="Adjust")
    knobs.get_by_role("button", name="Comedy: either way").click()
    expect(page_with_list).to_have_url(re.compile("genres=Comedy"))
    expect(cards(page_with_list).filter(has_text="Comedy")).to_have_count(24)
    knobs.get_by_role("button", name="Action: either way").dblclick()
    expect(page_with_list).to_have_url(re.compile("genres_exclude=Action"))
    expect(cards(page_with_list).filter(has_text=re.compile(r"\bAction\b"))).to_have_count(0)
    with page_with_list.expect_response(
        lambda response: '"niche":1' in (response.request.post_data or "")
    ) as answer:
        knobs.get_by_role("slider", name="Popularity").press("End")
    expect(page_with_list).to_have_url(re.compile("niche=1"))
    address, names = page_with_list.url, [item["name"] for item in answer.value.json()["items"]]
    expect(cards(page_with_list).get_by_role("heading")).to_have_text(names)
    page_with_list.reload()
    expect(cards(page_with_list).first).to_be_visible()
    assert page_with_list.url == address
    expect(knobs.get_by_role("button", name="Comedy: wanted")).to_be_visible()
    expect(knobs.get_by_role("button", name="Action: excluded")).to_be_visible()
    expect(cards(page_with_list).get_by_role("heading")).to_have_text(names)
    knobs.get_by_role("button", name="Reset").click()
    expect(page_with_list).to_have_url("/")


def test_algorithm_is_chosen_by_its_label(page_with_list: Page, server: Server) -> None:
    algorithms = server.ask("/api/v1/algorithms").json["items"]
    labels = {algorithm["name"]: algorithm["label"] for algorithm in algorithms}
    page_with_list.goto("/")
    knobs = page_with_list.get_by_role("complementary", name="Adjust")
    knobs.get_by_text(algorithms[0]["label"], exact=True).first.click()  # its radio button is hidden
    for label in labels.values():
        expect(knobs.get_by_role("radio", name=label, exact=True)).to_be_visible()
    knobs.get_by_role("radio", name=labels["user-user"], exact=True).check()
    expect(page_with_list).to_have_url(re.compile("algorithm=user-user"))
    expect(cards(page_with_list)).to_have_count(24)


def test_sparse_results_offer_filters_to_remove(page_with_list: Page) -> None:
    page_with_list.goto("/?genres=Music&genres_exclude=Comedy&year_from=1950&year_to=1960")
    expect(page_with_list.get_by_role("heading", name="Nothing matches these filters")).to_be_visible()
    offers = (
        page_with_list.get_by_role("listitem")
        .filter(has_text=re.compile("hides .* titles?"))
        .get_by_role("button")
    )
    for _ in range(5):  # filters
        if cards(page_with_list).count():
            break
        before = offers.count()
        offers.first.click()
        expect(offers).not_to_have_count(before)  # none while the answer is on its way
        expect(cards(page_with_list).or_(offers).first).to_be_visible()
    expect(cards(page_with_list).first).to_be_visible()


def test_phone_shows_knobs_in_drawer(new_context: NewContext, server: Server) -> None:
    context = new_context(viewport=PHONE, is_mobile=True, has_touch=True)
    keep_list(context, server, FAVORITES)
    page = context.new_page()
    page.goto("/")
    expect(cards(page)).to_have_count(24)
    page.get_by_role("button", name="Adjust").tap()
    drawer = page.get_by_role("dialog", name="Adjust")
    drawer.get_by_role("button", name="Movie").tap()
    expect(page).to_have_url(re.compile("types=Movie"))
    drawer.get_by_role("button", name=re.compile(r"^Show \d+ titles")).tap()
    expect(drawer).to_have_count(0)
    expect(cards(page).filter(has_not_text="Movie")).to_have_count(0)
    expect(cards(page).first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Adjust.*1"))).to_be_visible()


def test_shared_link_shows_list_beside_own(new_context: NewContext, server: Server) -> None:
    mine = new_context(permissions=["clipboard-read", "clipboard-write"])
    keep_list(mine, server, FAVORITES)
    page = mine.new_page()
    page.goto("/?types=Movie")
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_text("Link copied.")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert "types=Movie" in link.partition("#")[0]
    assert str(next(iter(FAVORITES))) in link.partition("#")[2]

    theirs = new_context()
    keep_list(theirs, server, {1: 7})
    friend = theirs.new_page()
    sent: list[str] = []
    friend.on("request", lambda request: sent.append(request.url))
    friend.goto(link)
    expect(friend.get_by_text("You’re looking at a shared list")).to_be_visible()
    expect(friend.get_by_role("link", name="Steins;Gate").first).to_be_visible()
    expect(friend.get_by_role("link", name="List 1")).to_be_visible()
    assert not [address for address in sent if "1535.9" in address.partition("#")[0]]
    friend.get_by_role("button", name="Add it to mine").click()
    expect(friend.get_by_role("link", name="List 7 titles")).to_be_visible()
    friend.get_by_role("button", name="Undo").click()
    expect(friend.get_by_role("link", name="List 1")).to_be_visible()


def test_leaving_shared_list_removes_its_recommendations(page_with_list: Page, watch: Watch) -> None:
    page_with_list.goto("/#list=1~20~30")
    expect(page_with_list.get_by_text("You’re looking at a shared list")).to_be_visible()
    expect(cards(page_with_list).first).to_be_visible()
    watch.expect_error("Failed to load resource")
    page_with_list.route(ANSWER, lambda route: route.abort("connectionrefused"))
    page_with_list.get_by_role("button", name="Back to mine").click()
    expect(page_with_list.get_by_text("We can’t reach the server")).to_be_visible()
    expect(cards(page_with_list)).to_have_count(0)
    page_with_list.unroute(ANSWER)
    page_with_list.get_by_role("button", name="Try again").click()
    expect(cards(page_with_list)).to_have_count(24)


def test_title_page_opens_and_back_restores_results(page_with_list: Page) -> None:
    page_with_list.goto("/")
    expect(cards(page_with_list)).to_have_count(24)
    name = name_of(cards(page_with_list).nth(3))
    page_with_list.get_by_role("link", name=name, exact=True).click()
    expect(page_with_list.get_by_role("heading", level=1, name=name, exact=True)).to_be_visible()
    expect(page_with_list.get_by_role("heading", name="Similar titles")).to_be_visible()
    expect(page_with_list.get_by_role("article").get_by_role("article").first).to_be_visible()
    expect(page_with_list.get_by_role("figure").first).to_be_visible()
    page_with_list.go_back()
    expect(cards(page_with_list)).to_have_count(24)


def test_title_is_rated_on_its_page(page: Page) -> None:
    page.goto("/title/1535")
    page.get_by_role("button", name=re.compile("Add to my list|I like it|list", re.IGNORECASE)).first.click()
    page.get_by_role("combobox", name="Your opinion of Death Note").select_option(label="4 ★")
    page.goto("/list")
    expect(page.get_by_role("combobox", name="Your opinion of Death Note")).to_have_value("4")


def test_genre_link_opens_popular_titles_of_genre(page: Page) -> None:
    page.goto("/title/1535")
    page.get_by_role("link", name="Thriller", exact=True).click()
    expect(page).to_have_url(re.compile("/popular.*genres=Thriller"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    articles = page.get_by_role("main").get_by_role("article")
    expect(articles.filter(has_not_text="Thriller")).to_have_count(0)
    expect(articles.first).to_be_visible()


def test_saved_profile_is_not_its_own_neighbor(page_with_list: Page, server: Server) -> None:
    page_with_list.goto("/list")
    page_with_list.get_by_role("heading", name="Save, link, export").click()
    page_with_list.get_by_role("button", name="Save a profile").click()
    expect(page_with_list.get_by_text("Saved.")).to_be_visible()
    with page_with_list.expect_request("**/api/v1/taste") as taste_request:
        page_with_list.get_by_role("link", name="Taste").click()
    expect(page_with_list.get_by_text(re.compile("% alike")).first).to_be_visible()
    list_only = {**taste_request.value.post_data_json, "profile_id": None}
    people = server.ask("/api/v1/taste", list_only).json["neighbors"]
    alike = [person for person in people if person["similarity"] > 0.995]
    assert alike  # the profile, and those that other tests have saved
    expect(page_with_list.get_by_text("100% alike")).to_have_count(len(alike) - 1)
    with page_with_list.expect_request(ANSWER) as titles_request:
        page_with_list.get_by_role("link", name="For you").click()
    assert (
        titles_request.value.post_data_json["profile_id"] == taste_request.value.post_data_json["profile_id"]
    )
    assert titles_request.value.headers["authorization"].startswith("Bearer ")


def test_charts_have_tables(page_with_list: Page) -> None:
    page_with_list.goto("/taste")
    figures = page_with_list.get_by_role("figure")
    expect(figures.first).to_be_visible()
    for figure in figures.all():
        figure.get_by_text("As a table").click()
        expect(figure.get_by_role("table")).to_be_visible()


def test_taste_of_short_list_says_what_to_add(page: Page) -> None:
    page.goto("/taste")
    expect(page.get_by_role("main").get_by_role("link").first).to_be_visible()
    expect(page.get_by_role("figure")).to_have_count(0)
