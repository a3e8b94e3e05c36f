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

ANILIST, JIKAN = "https://graphql.anilist.co/**", "https://api.jikan.moe/**"
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
    page.get_by_text("Not in this catalog", exact=True).click()
    expect(page.get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()
    assert opinions(page) == {}
    page.get_by_role("button", name="Add to my list").click()
    expect(page.get_by_text("2 titles added.")).to_be_visible()
    assert opinions(page) == {1535: 9, 9253: "seen"}
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Your list is empty")).to_be_visible()


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
    page.on("request", lambda request: sent.append(request) if "imports" in request.url else None)
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


def answer_of(body: Any, status: int = 200, **headers: str) -> Any:
    """A route handler that answers as another site does."""
    text = body if isinstance(body, str) else json.dumps(body)

    def answer(route: Route) -> None:
        route.fulfill(
            status=status,
            body=text,
            content_type="application/json",
            headers={"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "*", **headers},
        )

    return answer


def anilist(*entries: dict[str, Any]) -> dict[str, Any]:
    collection = {"hasNextChunk": False, "lists": [{"entries": list(entries)}]}
    return {"data": {"MediaListCollection": collection}}


def entry(mal_id: int | None, score: int, status: str) -> dict[str, Any]:
    title = {"romaji": f"Title {mal_id}", "english": None}
    return {
        "status": status,
        "score": score,
        "media": {"id": (mal_id or 7) + 10**6, "idMal": mal_id, "title": title},
    }


def test_anilist_import_sends_one_request_on_demand(page: Page) -> None:
    sent: list[Request] = []

    def answer(route: Route) -> None:
        sent.append(route.request)
        body = anilist(entry(1535, 85, "COMPLETED"), entry(9253, 0, "DROPPED"), entry(1, 0, "PLANNING"))
        answer_of(body)(route)

    page.route(ANILIST, answer)
    page.goto("/list")
    page.wait_for_load_state("networkidle")
    assert sent == []
    read_name(page, "AniList", " @somebody ")
    expect(page.get_by_text("3 titles read: 2 found, 1 planned.")).to_be_visible()
    page.get_by_role("button", name="Add to my list").click()
    expect(page.get_by_role("link", name="List 2 titles")).to_be_visible()
    assert opinions(page) == {1535: 9, 9253: "seen"}
    (request,) = [request for request in sent if request.method == "POST"]
    assert request.post_data_json["variables"]["name"] == "somebody"
    assert "cookie" not in request.headers
    assert "referer" not in request.headers


def jikan(*titles: tuple[int, int, int]) -> dict[str, Any]:
    return {
        "data": [
            {"watching_status": status, "score": score, "anime": {"mal_id": mal_id, "title": "T"}}
            for mal_id, score, status in titles
        ]
    }


def test_myanimelist_import_reads_list_by_username(page: Page) -> None:
    page.route(JIKAN, answer_of(jikan((1535, 9, 2), (9253, 0, 4), (1, 0, 6))))
    read_name(page, "MyAnimeList", "some/body")
    expect(page.get_by_text("3 titles read: 2 found, 1 planned.")).to_be_visible()


def refusal(message: str, status: int) -> dict[str, Any]:
    return {"errors": [{"message": message, "status": status}], "data": None}


REFUSED = {
    "no such user": ("AniList", answer_of(refusal("User not found", 404), 404), "no user “somebody”"),
    "private": ("AniList", answer_of(refusal("Private User", 404), 404), "is private"),
    "too often": (
        "AniList",
        answer_of(refusal("Too Many", 429), 429, **{"Retry-After": "30"}),
        "Try again in 30 s",
    ),
    "broken": ("AniList", answer_of("<html>502</html>", 502), "is having problems"),
    "not what was agreed": ("AniList", answer_of({"data": {"x": [1]}}), "an answer we can’t read"),
    "nothing in it": ("AniList", answer_of(anilist()), "is empty"),
    "away": ("AniList", lambda route: route.abort("namenotresolved"), "can’t reach"),
    "nobody on MyAnimeList": (
        "MyAnimeList",
        answer_of({"status": 404, "type": "BadResponseException", "message": "Resource does not exist"}, 404),
        "no user “somebody”",
    ),
    "Jikan is gone": (
        "MyAnimeList",
        answer_of({"status": 404, "type": "HttpException"}, 404),
        "no longer reads",
    ),
    "Jikan is broken": ("MyAnimeList", answer_of("[" * 9_999, 500), "is having problems"),
}


@pytest.mark.parametrize(("site", "answer", "words"), REFUSED.values(), ids=REFUSED)
def test_failed_import_by_username_is_explained(
    page: Page, watch: Watch, site: str, answer: Any, words: str
) -> None:
    watch.expect_error("Failed to load resource")
    page.route(ANILIST if site == "AniList" else JIKAN, answer)
    read_name(page, site, "somebody")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(words)
    expect(alert.get_by_role("button", name="Try again")).to_be_visible()
    way_out = alert.get_by_role("link", name="export your list from MyAnimeList")
    expect(way_out).to_have_count(1 if site == "MyAnimeList" else 0)


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
    watched = [entry(mal_id, 0, "COMPLETED") for mal_id in range(1, 5_002)]
    planned = [entry(mal_id, 0, "PLANNING") for mal_id in range(6_000, 6_500)]
    page.route(ANILIST, answer_of(anilist(*watched, *planned)))
    read_name(page, "AniList", "somebody")
    expect(page.get_by_role("alert")).to_contain_text(
        "5,001 watched titles; a list here can have at most 5,000"
    )
