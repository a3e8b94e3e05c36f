"""Every entry of an exported list ends in one place: matched, unmatched, or skipped with a reason."""

from __future__ import annotations

import gzip
import io
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from domain.ranges import PROFILE_IDS, WatchStatus
from ingest.lists.entry import ListEntry
from recommender.artifacts.store import ModelStore, Version
from serving.errors import ExportTooLongError, NothingToSaveError, UnknownUserError, UnreadableExportError
from serving.imports import ImportedList, match_entries
from serving.live import LiveModel
from serving.services import Services
from tests.ingest.exports import anime, export
from tests.serving.worlds import STRANGER

CATALOG = {1, 2, 3}
EXPORT = export(
    anime(106, "Story", 9, "Completed"),
    anime(108, "Story", 0, "Dropped"),
    anime(999_999, "Too New", 5, "Completed"),
)


def entry(anime_id: int, rating: int = 0, status: WatchStatus | None = WatchStatus.COMPLETED) -> ListEntry:
    return ListEntry(anime_id or None, f"Title {anime_id}", rating, status)


def test_watched_title_counts_rated_or_unrated() -> None:
    listed = [
        entry(1, 9, WatchStatus.WATCHING),
        entry(2, 0, WatchStatus.ON_HOLD),
        entry(3, 0, WatchStatus.DROPPED),
    ]
    found = match_entries(listed, CATALOG.__contains__)
    assert found.matched == tuple(listed)
    assert found.ratings == {1: 9, 2: 0, 3: 0}


def test_dropped_title_keeps_its_rating() -> None:
    assert match_entries([entry(1, 3, WatchStatus.DROPPED)], CATALOG.__contains__).ratings == {1: 3}


def test_unknown_id_is_unmatched_despite_a_known_title() -> None:
    namesake = ListEntry(99, "Title 1", 8, WatchStatus.COMPLETED)
    found = match_entries([namesake], CATALOG.__contains__)
    assert (found.matched, found.unmatched) == ((), (namesake,))


def test_skipped_entry_has_a_reason() -> None:
    listed = [
        entry(1, 10, WatchStatus.PLAN_TO_WATCH),
        entry(2, 10, None),
        entry(0, 10),
        entry(3, 5),
        entry(3, 6),
        entry(99),
        entry(99),
    ]
    found = match_entries(listed, CATALOG.__contains__)
    assert [(skipped.anime_id, reason) for skipped, reason in found.skipped] == [
        (1, "plan to watch: not watched yet"),
        (2, "no status: it may not have been watched"),
        (None, "no MyAnimeList id"),
        (3, "listed before: the first entry counts"),
        (99, "listed before: the first entry counts"),
    ]
    assert found.ratings == {3: 5}


def test_title_planned_then_watched_counts() -> None:
    found = match_entries([entry(1, 0, WatchStatus.PLAN_TO_WATCH), entry(1, 7)], CATALOG.__contains__)
    assert found.ratings == {1: 7}


@given(
    st.lists(
        st.builds(entry, st.integers(0, 6), st.integers(0, 10), st.none() | st.sampled_from(WatchStatus)),
        max_size=20,
    )
)
def test_every_entry_ends_in_exactly_one_place(listed: list[ListEntry]) -> None:
    found = match_entries(listed, CATALOG.__contains__)
    ended = [*found.matched, *found.unmatched, *(skipped for skipped, _ in found.skipped)]
    assert Counter(ended) == Counter(listed)
    assert found.ratings.keys() <= CATALOG
    assert len(found.ratings) == len(found.matched)


def import_mal(services: Services, content: bytes, save_for: int | None = None) -> ImportedList:
    imports = services.imports
    return imports.match(imports.read_mal(io.BytesIO(content)), save_for)


@pytest.fixture
def services(embedded: Engine, store: ModelStore, embedded_version: Version) -> Services:
    """Services over the small world."""
    live = LiveModel(store, embedded, embedded_version, interval_s=0, overlay_max_users=100)
    return Services.over(embedded, live, max_list_titles=3)


def test_import_without_a_user_saves_nothing(services: Services) -> None:
    found = import_mal(services, gzip.compress(EXPORT.encode()))
    assert found.entries.ratings == {106: 9, 108: 0}
    assert [entry.anime_id for entry in found.entries.unmatched] == [999_999]
    assert found.saved is False
    with pytest.raises(UnknownUserError):
        services.users.saved_titles(STRANGER)


def test_import_replaces_the_saved_list_of_its_user(services: Services) -> None:
    services.users.add(STRANGER, {110: 3})
    assert import_mal(services, EXPORT.encode(), STRANGER).saved is True
    saved = {title.anime_id: title.rating for title in services.users.saved_titles(STRANGER)}
    assert saved == {106: 9, 108: 0, 999_999: 5}  # the last one is kept until the catalog has it


def test_import_of_newer_titles_alone_is_kept(services: Services) -> None:
    services.users.add(STRANGER, {110: 3})
    unmatched = export(anime(999_999, "x", 5, "Completed"))
    assert import_mal(services, unmatched.encode(), STRANGER).saved is True
    saved = {title.anime_id: title.rating for title in services.users.saved_titles(STRANGER)}
    assert saved == {999_999: 5}


@pytest.mark.parametrize("entries", [[], [anime(106, "x", 5, "")], [anime(0, "x", 5, "Completed")]])
def test_import_without_a_title_replaces_nothing(services: Services, entries: list[str]) -> None:
    services.users.add(STRANGER, {110: 3})
    with pytest.raises(NothingToSaveError, match="the saved list stays as it was"):
        import_mal(services, export(*entries).encode(), STRANGER)
    assert [title.anime_id for title in services.users.saved_titles(STRANGER)] == [110]


def test_import_creates_no_profile(services: Services) -> None:
    with pytest.raises(UnknownUserError, match="may have been erased"):
        import_mal(services, EXPORT.encode(), PROFILE_IDS[0])


def test_import_refuses_what_it_cannot_read(services: Services) -> None:
    with pytest.raises(UnreadableExportError, match="not XML"):
        import_mal(services, b"{}")
    four = export(*(anime(anime_id, "x", 5, "Completed") for anime_id in range(106, 110)))
    with pytest.raises(ExportTooLongError, match="more than 3 titles"):
        import_mal(services, four.encode())
