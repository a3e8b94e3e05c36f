"""Every entry of an exported list ends in one place: matched, unmatched, or skipped with a reason."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from ingest.mal import MalEntry, Status
from serving.imports import match_entries

CATALOG = {1, 2, 3}


def entry(anime_id: int, rating: int = 0, status: Status | None = Status.COMPLETED) -> MalEntry:
    return MalEntry(anime_id, f"Title {anime_id}", rating, status)


def test_a_title_that_was_watched_counts_with_its_rating_or_as_unrated() -> None:
    listed = [entry(1, 9, Status.WATCHING), entry(2, 0, Status.ON_HOLD), entry(3, 0, Status.DROPPED)]
    found = match_entries(listed, CATALOG.__contains__)
    assert found.matched == tuple(listed)
    assert found.ratings == {1: 9, 2: 0, 3: 0}


def test_a_dropped_title_keeps_the_rating_that_it_has() -> None:
    assert match_entries([entry(1, 3, Status.DROPPED)], CATALOG.__contains__).ratings == {1: 3}


def test_an_unknown_id_is_unmatched_whatever_its_title_says() -> None:
    namesake = MalEntry(99, "Title 1", 8, Status.COMPLETED)
    found = match_entries([namesake], CATALOG.__contains__)
    assert (found.matched, found.unmatched) == ((), (namesake,))


def test_what_does_not_count_is_skipped_with_the_reason() -> None:
    listed = [
        entry(1, 10, Status.PLAN_TO_WATCH),
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
        (0, "no MyAnimeList id"),
        (3, "listed before: the first entry counts"),
        (99, "listed before: the first entry counts"),
    ]
    assert found.ratings == {3: 5}


def test_a_title_that_was_planned_and_then_watched_counts() -> None:
    found = match_entries([entry(1, 0, Status.PLAN_TO_WATCH), entry(1, 7)], CATALOG.__contains__)
    assert found.ratings == {1: 7}


@given(
    st.lists(
        st.builds(entry, st.integers(0, 6), st.integers(0, 10), st.none() | st.sampled_from(Status)),
        max_size=20,
    )
)
def test_no_entry_is_lost_and_none_is_there_twice(listed: list[MalEntry]) -> None:
    found = match_entries(listed, CATALOG.__contains__)
    ended = [*found.matched, *found.unmatched, *(skipped for skipped, _ in found.skipped)]
    assert Counter(ended) == Counter(listed)
    assert found.ratings.keys() <= CATALOG
    assert len(found.ratings) == len(found.matched)
