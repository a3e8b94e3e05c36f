"""Imports of a list, from a file or by a username on another site, and its export."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.frontend.browser import Watch
from tests.frontend.conftest import NewContext
from tests.frontend.lists import FAVORITES
from tests.ingest.exports import anime, export
from tests.serving.servers import Server

BY_NAME = "**/api/v1/imports/sites/**"
BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE myanimelist [
  <!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa">
  <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"> <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
  <!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"> <!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">
]>
<myanimelist><anime><series_title>&e;</series_title></anime></myanimelist>"""
STEAL = b"""<?xml version="1.0"?><!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<myanimelist><anime><series_title>&x;</series_title></anime></myanimelist>"""
HOSTILE = {
    "an entity bomb": BOMB,
    "a file that reads another": STEAL,
    "a gzip bomb": gzip.compress(gzip.compress(bytes(50_000_000))),
    "a big gzip": gzip.compress(b"<myanimelist>" + b" " * 200_000_000),
    "noise": bytes(range(256)) * 40,
    "a page": b"<!doctype html><html><body><script>alert(1)</script></body></html>",
    "half an export": b"<myanimelist><anime><series_animedb_id>1535",
    "nothing": b"",
}


def choose(page: Page, name: str, content: bytes | str) -> None:
    content = content.encode() if isinstance(content, str) else content
    page.get_by_label("Choose a file").set_input_files(
        [{"name": name, "mimeType": "application/xml", "buffer": content}]
    )


def opinions(page: Page) -> dict[int, int | str]:
    """The list as the browser keeps it."""
    kept = json.loads(page.evaluate("localStorage.getItem('anime.list') ?? '[]'"))
    return {entry["anime_id"]: entry["opinion"] for entry in kept}


def planned(page: Page) -> list[int]:
    """The ids of the planned titles as the browser keeps them."""
    kept = json.loads(page.evaluate("localStorage.getItem('anime.planned') ?? '[]'"))
    return [entry["anime_id"] for entry in kept]


def test_export_file_is_summed_up_then_added(page: Page) -> None:
    page.goto("/list")
    mal = export(
        anime(1535, "Death Note", 9, "Completed"),
        anime(9253, "Steins;Gate", 0, "Dropped"),
        anime(1, "Cowboy Bebop", 0, "Plan to Watch"),
        anime(999_999, "<img src=x onerror=alert(1)>", 8, "Watching"),
    )
    choose(page, "animelist.xml.gz", gzip.compress(mal.encode()))
    expect(page.get_by_text("4 titles read: 2 found, 1 not in this catalog, 1 planned.")).to_be_visible()
    page.get_by_text("Not in this catalog (1)").click()
    expect(page.get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()
    assert opinions(page) == {}
    page.get_by_role("button", name="Add to my list").click()
    expect(page.get_by_text("3 titles added, 1 planned.")).to_be_visible()
    assert opinions(page) == {1535: 9, 9253: "seen", 999_999: 8}
    assert planned(page) == [1]
    expect(page.get_by_text("TV · 2011 · Dropped")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Your list is empty")).to_be_visible()
    assert planned(page) == []


def test_export_file_replaces_list_with_undo(page_with_list: Page) -> None:
    page_with_list.goto("/list")
    page_with_list.get_by_role("heading", name="Import a list").click()
    choose(page_with_list, "animelist.xml", export(anime(1, "Cowboy Bebop", 7, "Completed")))
    page_with_list.get_by_role("button", name="Replace my list").click()
    expect(page_with_list.get_by_role("link", name="List 1")).to_be_visible()
    page_with_list.get_by_role("button", name="Undo").click()
    expect(page_with_list.get_by_role("link", name="List 6 titles")).to_be_visible()
    assert opinions(page_with_list) == FAVORITES


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_hostile_file_is_refused_in_words(
    page_with_list: Page, watch: Watch, server: Server, content: bytes
) -> None:
    watch.expect_error(r"status of 4\d\d")
    page_with_list.goto("/list")
    page_with_list.get_by_role("heading", name="Import a list").click()
    choose(page_with_list, "animelist.xml", content)
    alert = page_with_list.get_by_role("alert")
    expect(alert).to_be_visible()
    assert re.search(r"[a-z]{3,} [a-z]{2,}", alert.inner_text())
    assert not re.search(r"Traceback|undefined|\[object|<\w+>|root:", alert.inner_text())
    assert opinions(page_with_list) == FAVORITES
    assert server.ask("/healthz").status == 200


def test_oversized_file_is_not_sent(page: Page, tmp_path: Path) -> None:
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    page.goto("/list")
    large = tmp_path / "film.xml"
    large.write_bytes(bytes(10_000_001))
    page.get_by_label("Choose a file").set_input_files(large)
    expect(page.get_by_role("alert")).to_contain_text("“film.xml” is larger than 10 MB")
    assert sent == []


def test_exported_list_imports_unchanged(
    page_with_list: Page, new_context: NewContext, tmp_path: Path
) -> None:
    page_with_list.goto("/list")
    page_with_list.get_by_role("heading", name="Save, link, export").click()
    with page_with_list.expect_download() as download:
        page_with_list.get_by_role("button", name="Export list").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.suffix == ".xml"
    other = new_context().new_page()
    other.goto("/list")
    other.get_by_label("Choose a file").set_input_files(path)
    expect(other.get_by_text("6 titles read: 6 found.")).to_be_visible()
    other.get_by_role("button", name="Add to my list").click()
    expect(other.get_by_role("link", name="List 6 titles")).to_be_visible()
    assert opinions(other) == FAVORITES | {16498: 10}  # a liked one has a 10 there


def read_name(page: Page, site: str, name: str) -> None:
    page.goto("/list")
    page.get_by_role("radio", name=site).check()
    page.get_by_role("textbox", name=f"Your {site} username").fill(name)
    page.get_by_role("button", name="Get list").click()


def answer_of(body: Any, status: int = 200, content_type: str = "application/json") -> Any:
    """A route handler that answers as the server does for a list on another site."""

    def answer(route: Route) -> None:
        route.fulfill(status=status, body=json.dumps(body), content_type=content_type)

    return answer


def problem_of(status: int, kind: str, detail: str) -> Any:
    body = {"type": f"/docs/problems#{kind}", "title": kind, "status": status, "detail": detail}
    return answer_of(body, status, "application/problem+json")


def watched(anime_id: int, name: str, rating: int | None) -> dict[str, Any]:
    return {
        **{"anime_id": anime_id, "name": name, "listed_as": name, "rating": rating},
        **{"status": "completed", "found_by": "mal_id"},
    }


IMPORTED = {
    **{"source": "anilist-api", "user_id": None, "saved": False, "unmatched": [], "skipped": []},
    "counts": {"read": 3, "matched": 2, "planned": 1, "unmatched": 0, "skipped": 0, "found_by": {}},
    "matched": [watched(1535, "Death Note", 9), watched(9253, "Steins;Gate", None)],
    "planned": [{"anime_id": 1, "name": "Cowboy Bebop", "in_catalog": True}],
}


def test_import_by_name_asks_the_server_on_demand(page: Page) -> None:
    sent: list[Request] = []

    def answer(route: Route) -> None:
        sent.append(route.request)
        answer_of(IMPORTED)(route)

    page.route(BY_NAME, answer)
    page.goto("/list")
    page.wait_for_load_state("networkidle")
    assert sent == []
    read_name(page, "AniList", " @somebody ")
    expect(page.get_by_text("3 titles read: 2 found, 1 planned.")).to_be_visible()
    page.get_by_role("button", name="Add to my list").click()
    expect(page.get_by_role("link", name="List 2 titles")).to_be_visible()
    assert opinions(page) == {1535: 9, 9253: "seen"}
    assert planned(page) == [1]
    (request,) = sent
    assert request.url.endswith("/api/v1/imports/sites/anilist?dry_run=true")
    assert request.post_data_json == {"user_name": "somebody"}


def test_only_sites_that_the_server_asks_are_offered(page: Page) -> None:
    page.goto("/list")
    expect(page.get_by_role("radio", name="AniList")).to_be_visible()
    expect(page.get_by_role("radio", name="Kitsu")).to_be_visible()
    expect(page.get_by_role("radio", name="MyAnimeList")).to_have_count(0)
    page.route("**/api/v1/imports", answer_of({"sites": [], "formats": []}))
    page.goto("/list")
    expect(page.get_by_role("textbox", name="Titles, one per line")).to_be_visible()
    expect(page.get_by_role("heading", name="By username")).to_have_count(0)


def test_pasted_titles_are_found_and_added(page: Page) -> None:
    page.goto("/list")
    page.get_by_role("textbox", name="Titles, one per line").fill("Steins;Gate 9/10\ndeath note\nqqqq qqqq\n")
    page.get_by_role("button", name="Find titles").click()
    expect(page.get_by_text("3 titles read: 2 found, 1 not in this catalog.")).to_be_visible()
    page.get_by_role("button", name="Add to my list").click()
    expect(page.get_by_role("link", name="List 2 titles")).to_be_visible()
    assert opinions(page) == {9253: 9, 1535: "seen"}


def test_file_of_another_kind_is_read(page: Page) -> None:
    page.goto("/list")
    choose(page, "list.csv", "title,score,status\nDeath Note,85,completed\nSteins;Gate,,planned\n")
    expect(page.get_by_text("2 titles read: 1 found, 1 planned.")).to_be_visible()


REFUSED = {
    "no such user": problem_of(404, "external-user", "AniList has no user 'somebody'. Check the spelling"),
    "private": problem_of(403, "external-list-private", "The list of 'somebody' on AniList is private."),
    "too often": problem_of(503, "external-site", "AniList wants fewer requests. Try again in 30 s"),
    "not a list": problem_of(502, "external-answer", "AniList sent an answer that cannot be read: no."),
    "too long": problem_of(413, "export-too-long", "somebody has more than 5,000 titles on AniList."),
}
WORDS = {
    **{"no such user": "no user 'somebody'", "private": "is private", "too often": "Try again in 30 s"},
    **{"not a list": "cannot be read", "too long": "more than 5,000 titles"},
}


@pytest.mark.parametrize("case", REFUSED)
def test_failed_import_by_username_is_explained(page: Page, watch: Watch, case: str) -> None:
    watch.expect_error("Failed to load resource")
    page.route(BY_NAME, REFUSED[case])
    read_name(page, "AniList", "somebody")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(WORDS[case])
    expect(alert.get_by_role("button", name="Try again")).to_be_visible()


def test_failed_import_from_myanimelist_offers_its_export(page: Page, watch: Watch) -> None:
    watch.expect_error("Failed to load resource")
    sites = [{"name": "mal", "label": "MyAnimeList"}]
    page.route("**/api/v1/imports", answer_of({"sites": sites, "formats": []}))
    page.route(BY_NAME, problem_of(403, "external-list-private", "The list of 'somebody' is private."))
    read_name(page, "MyAnimeList", "somebody")
    alert = page.get_by_role("alert")
    expect(alert.get_by_role("link", name="export your list from MyAnimeList")).to_be_visible()


def test_file_can_be_dropped_anywhere_on_page(page_with_list: Page) -> None:
    page_with_list.goto("/list")
    panel = page_with_list.get_by_role("group").filter(
        has=page_with_list.get_by_role("heading", name="Import a list")
    )
    assert panel.get_attribute("open") is None
    drop = """(heading, text) => {
        const data = new DataTransfer()
        data.items.add(new File([text], 'animelist.xml', {type: 'text/xml'}))
        const fire = (type) => heading.dispatchEvent(
            new DragEvent(type, {bubbles: true, cancelable: true, dataTransfer: data}))
        return ['dragover', 'drop'].map(fire)
    }"""
    taken = page_with_list.get_by_role("heading", level=1).evaluate(
        drop, export(anime(1, "Cowboy Bebop", 7, "Completed"))
    )
    assert taken == [False, False]  # the browser would show the file instead
    expect(panel.get_by_text("1 title read: 1 found.")).to_be_visible()
    expect(panel.get_by_role("button", name="Add to my list")).to_be_in_viewport()


def test_import_over_the_limit_is_refused(page: Page, watch: Watch) -> None:
    watch.expect_error(r"status of 413")
    page.goto("/list")
    choose(page, "list.csv", "mal_id,score\n" + "".join(f"{number},5\n" for number in range(1, 5_002)))
    expect(page.get_by_role("alert")).to_contain_text("more than 5,000 titles")
