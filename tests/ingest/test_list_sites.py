"""Lists by user name, from local servers that behave, and misbehave, like the sites."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import pytest

from domain.ranges import WatchStatus
from ingest.lists.entry import ListTooLargeError
from ingest.sites import client as client_module
from ingest.sites.client import (
    BadSiteAnswerError,
    PrivateListError,
    SiteBusyError,
    SiteError,
    SiteUnavailableError,
    UnknownSiteUserError,
)
from ingest.sites.registry import SITES, list_sites
from ingest.sites.site import ListSite
from ingest.sites.turns import Turns
from tests.ingest.fake_sites import CLIENT_ID, FakeSite, Reply, anilist_site, fake_site, kitsu_site, mal_site

ANSWERS = {"mal": mal_site, "anilist": anilist_site, "kitsu": kitsu_site}
TITLES = 1_001  # two pages of MyAnimeList, three of the others
EVERY = pytest.mark.parametrize("name", SITES)


@pytest.fixture
def running(name: str) -> Iterator[FakeSite]:
    with fake_site(ANSWERS[name](TITLES)) as site:
        yield site


@pytest.fixture
def site(name: str, running: FakeSite) -> ListSite:
    """The client as servers have it, but for the address and the pauses."""
    return at(list_sites(SITES, CLIENT_ID)[name], running, pause_s=0.01)


_shared: list[Turns] = []  # of a worker


def _share(turns: Turns) -> None:
    _shared.append(turns)


def _take(now: float) -> float:
    return _shared[0].take(now)


def at(site: ListSite, running: FakeSite, **changes: object) -> ListSite:
    return replace(site, client=replace(site.client, url=running.url, **changes))  # type: ignore[arg-type]


def test_addresses_are_fixed_and_encrypted() -> None:
    addresses = {name: site.client.url for name, site in list_sites(SITES, CLIENT_ID).items()}
    assert addresses == {
        "mal": "https://api.myanimelist.net/v2",
        "anilist": "https://graphql.anilist.co",
        "kitsu": "https://kitsu.io/api/edge",
    }


def test_mal_is_offered_with_a_client_id_only() -> None:
    assert list(list_sites(SITES, "")) == ["anilist", "kitsu"]
    assert list(list_sites(("mal",), CLIENT_ID)) == ["mal"]
    assert list_sites((), CLIENT_ID) == {}


@EVERY
def test_list_is_read_page_by_page(name: str, site: ListSite, running: FakeSite) -> None:
    listed = site.fetch("somebody", 5_000)
    assert len(listed.entries) == TITLES
    assert [entry.name for entry in listed.entries[:2]] == ["Title 1", "Title 2"]
    assert listed.format.name == f"{name}-api"
    assert len(running.requests) == {"mal": 2, "anilist": 3, "kitsu": 4}[name]


@pytest.mark.parametrize("name", ["anilist"])
def test_thousand_titles_of_anilist_take_two_requests(name: str, site: ListSite) -> None:
    with fake_site(anilist_site(1_000)) as running:
        assert len(at(site, running).fetch("somebody", 5_000).entries) == 1_000
        assert len(running.requests) == 2


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("mal", (1, 0, WatchStatus.PLAN_TO_WATCH)),
        ("anilist", (1, 9, WatchStatus.COMPLETED)),
        ("kitsu", (1, 9, WatchStatus.COMPLETED)),
    ],
)
def test_entry_has_id_rating_and_status(
    site: ListSite, first: tuple[int, int, WatchStatus], running: FakeSite
) -> None:
    entry = site.fetch("somebody", 5_000).entries[0]
    assert (entry.anime_id, entry.rating, entry.status) == first


@EVERY
def test_unknown_user_is_told(site: ListSite, running: FakeSite) -> None:
    with pytest.raises(UnknownSiteUserError, match=r"has no user 'nobody'. Check the spelling"):
        site.fetch("nobody", 5_000)


@pytest.mark.parametrize("name", ["mal", "anilist"])
def test_private_list_is_told(site: ListSite, running: FakeSite) -> None:
    with pytest.raises(PrivateListError, match=r"is private. Make it public in the settings there"):
        site.fetch("hidden", 5_000)


@pytest.mark.parametrize("name", ["kitsu"])
def test_kitsu_user_is_found_by_the_name_shown(site: ListSite, running: FakeSite) -> None:
    assert len(site.fetch("Some-Name", 5_000).entries) == TITLES


@EVERY
def test_longer_list_is_refused(site: ListSite, running: FakeSite) -> None:
    with pytest.raises(ListTooLargeError, match="more than 1,000 titles"):
        site.fetch("somebody", 1_000)


@pytest.mark.parametrize("name", ["mal"])
def test_refused_client_id_is_the_operators(site: ListSite, running: FakeSite) -> None:
    wrong = replace(site, client=replace(site.client, headers={"X-MAL-CLIENT-ID": "x"}))
    with pytest.raises(BadSiteAnswerError, match="refuses MAL_CLIENT_ID"):
        wrong.fetch("somebody", 5_000)


PASSING = {
    "an error": Reply({}, 503),
    "a page of a proxy": Reply(b"<html>502</html>", 502),
    "a cut answer": Reply({"data": []}, cut=3),
    "a moment too often": Reply({}, 429, {"Retry-After": "0"}),
}


@EVERY
@pytest.mark.parametrize("trouble", PASSING.values(), ids=PASSING)
def test_passing_trouble_is_sat_out(site: ListSite, running: FakeSite, trouble: Reply) -> None:
    running.troubles = [trouble, trouble]
    assert len(site.fetch("somebody", 5_000).entries) == TITLES


@EVERY
def test_lasting_trouble_is_told_after_three_attempts(site: ListSite, running: FakeSite) -> None:
    running.troubles = [Reply({}, 500)] * 9
    with pytest.raises(SiteUnavailableError, match=r"has problems \(500\). Try again in 30 s"):
        site.fetch("somebody", 5_000)
    assert len(running.requests) == 3


@EVERY
def test_long_retry_after_is_honored_by_everybody(site: ListSite, running: FakeSite) -> None:
    running.troubles = [Reply({}, 429, {"Retry-After": "37"})]
    with pytest.raises(SiteBusyError, match=r"wants fewer requests. Try again in 37 s") as caught:
        site.fetch("somebody", 5_000)
    assert caught.value.retry_after_s == 37
    with pytest.raises(SiteUnavailableError) as again:
        site.fetch("someone_else", 5_000)
    assert 30 < again.value.retry_after_s <= 37
    assert len(running.requests) == 1


@pytest.mark.parametrize(
    ("header", "least", "most"), [("Fri, 31 Dec 9999 23:59:59 GMT", 3_600, 3_600), ("soon", 60, 60)]
)
@pytest.mark.parametrize("name", ["mal"])
def test_retry_after_may_be_a_date_or_nonsense(
    site: ListSite, running: FakeSite, header: str, least: int, most: int
) -> None:
    running.troubles = [Reply({}, 429, {"Retry-After": header})]
    with pytest.raises(SiteUnavailableError) as caught:
        site.fetch("somebody", 5_000)
    assert least <= caught.value.retry_after_s <= most


@pytest.mark.parametrize("name", ["anilist"])
def test_requests_of_a_minute_are_counted(site: ListSite, running: FakeSite) -> None:
    site = at(site, running, turns=Turns(4))
    assert len(site.fetch("somebody", 5_000).entries) == TITLES
    with pytest.raises(SiteBusyError, match="is asked too often from here"):
        site.fetch("somebody", 5_000)
    assert len(running.requests) == 4


def test_anilist_is_asked_30_times_a_minute_by_all_workers() -> None:
    anilist = list_sites(SITES, "")["anilist"].client.turns
    assert anilist.per_minute == 30
    with ProcessPoolExecutor(
        3, mp_context=get_context("fork"), initializer=_share, initargs=(anilist,)
    ) as workers:
        waits = list(workers.map(_take, [1_000.0 + number for number in range(40)]))
    assert sum(wait == 0 for wait in waits) == 30


def test_turn_comes_back_after_a_minute() -> None:
    turns = Turns(2)
    assert [turns.take(now) for now in (5.0, 25.0, 30.0, 64.0, 65.0, 66.0)] == [0, 0, 35, 1, 0, 19]


def test_pause_of_one_worker_holds_for_all() -> None:
    turns = Turns()
    with ProcessPoolExecutor(
        1, mp_context=get_context("fork"), initializer=_share, initargs=(turns,)
    ) as workers:
        assert workers.submit(_take, 7.0).result() == 0
        turns.pause(50.0)
        turns.pause(40.0)
        assert workers.submit(_take, 7.0).result() == 43


def test_killed_worker_leaves_the_turns_free() -> None:
    turns = Turns(1)
    if not (child := os.fork()):
        with turns._alone():
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert turns.take(1.0) == 0


MALFORMED = {
    "no JSON": Reply(b"<html>"),
    "half of it": Reply(b'{"data": [{"no'),
    "nothing": Reply(b""),
    "null": Reply(),
    "a list": Reply([]),
    "another shape": Reply({"data": {"x": [1]}}),
    "entries of another shape": Reply({"data": {"MediaListCollection": {"lists": [{"entries": [7]}]}}}),
    "deep": Reply(b"[" * 100_000),
    "not found, by a proxy": Reply(b"no such host", 418),
}


@EVERY
@pytest.mark.parametrize("reply", MALFORMED.values(), ids=MALFORMED)
def test_malformed_answer_is_told(site: ListSite, running: FakeSite, reply: Reply) -> None:
    running.troubles = [reply] * 2
    with pytest.raises(BadSiteAnswerError, match="sent an answer that cannot be read"):
        site.fetch("somebody", 5_000)


@EVERY
def test_endless_answer_is_cut_off(
    site: ListSite, running: FakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "MAX_BYTES", 10_000)
    running.troubles = [Reply(b"[" + b" " * 200_000 + b"]")]
    with pytest.raises(BadSiteAnswerError, match="longer than 10,000 bytes"):
        site.fetch("somebody", 5_000)


@EVERY
def test_slow_site_is_given_up_on(site: ListSite, running: FakeSite) -> None:
    running.troubles = [Reply({}, delay_s=0.6)] * 5
    slow = at(site, running, timeout_s=0.3)
    with pytest.raises(SiteUnavailableError, match=r"does not answer in time|takes longer than 0.3 s"):
        slow.fetch("somebody", 5_000)


@pytest.mark.parametrize("name", ["anilist"])
def test_unreachable_site_is_told(site: ListSite, running: FakeSite) -> None:
    nowhere = replace(site, client=replace(site.client, url="http://127.0.0.1:9"))
    with pytest.raises(SiteUnavailableError, match=r"AniList cannot be reached. Try again in 30 s"):
        nowhere.fetch("somebody", 5_000)


@EVERY
def test_answer_that_breaks_off_is_told(site: ListSite, running: FakeSite) -> None:
    running.troubles = [Reply({"data": []}, cut=3)] * 3
    with pytest.raises(SiteUnavailableError, match=r"breaks off in the middle of its answer"):
        site.fetch("somebody", 5_000)


@EVERY
@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:1/x", "https://127.0.0.1:1/x", "//169.254.169.254/", "/elsewhere"]
)
def test_redirect_to_another_address_is_not_followed(site: ListSite, running: FakeSite, target: str) -> None:
    running.troubles = [Reply(None, 302, {"Location": target})] * 3
    with pytest.raises(SiteError, match="it leads to another address"):
        site.fetch("somebody", 5_000)
    assert len(running.requests) == 1


@pytest.mark.parametrize("name", ["anilist"])
def test_anilist_outage_is_told_in_its_words(site: ListSite, running: FakeSite) -> None:
    message = "The AniList API has been temporarily disabled."
    running.troubles = [Reply({"errors": [{"message": message, "status": 403}], "data": None}, 403)]
    with pytest.raises(SiteUnavailableError, match="refuses this at the moment: 'The AniList API has been"):
        site.fetch("somebody", 5_000)


@pytest.mark.parametrize("name", ["mal"])
def test_waiting_uses_no_more_than_the_time_for_a_list(site: ListSite, running: FakeSite) -> None:
    running.troubles = [Reply({}, 429, {"Retry-After": "3"})] * 9
    brief = at(site, running, timeout_s=1.0)
    with pytest.raises(SiteUnavailableError, match="takes longer than 1 s for the list"):
        brief.fetch("somebody", 5_000)
    assert len(running.requests) == 1
