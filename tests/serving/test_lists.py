"""Names of submitted lists: typos are forgiven, in a long list of unknown names only in the first."""

from __future__ import annotations

import pytest

from domain.ranges import WatchStatus
from recommender.artifacts.snapshot import Snapshot
from serving import lists
from serving.errors import ListTooLongError
from serving.lists import SubmittedList, SubmittedTitle, resolve_list

SPELLED, MISSPELLED = "Steins;Gate", "Stiens;Gate"


def found(snapshot: Snapshot, *names: str) -> list[str]:
    """The names of a list that were resolved."""
    submitted = SubmittedList([SubmittedTitle(name=name) for name in names])
    return [entry.submitted for entry in resolve_list(submitted, snapshot, None).resolved]


def test_misspelled_names_are_found(snapshot: Snapshot) -> None:
    assert found(snapshot, MISSPELLED, SPELLED, MISSPELLED) == [MISSPELLED, SPELLED, MISSPELLED]


def test_typos_are_forgiven_up_to_a_number(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MAX_CORRECTIONS", 2)
    assert found(snapshot, SPELLED, "qqqq", MISSPELLED, MISSPELLED, SPELLED) == [SPELLED, MISSPELLED, SPELLED]


def test_planned_entries_are_kept_apart(snapshot: Snapshot) -> None:
    planned = WatchStatus.PLAN_TO_WATCH
    titles = [
        SubmittedTitle(20, rating=9, status=planned),
        SubmittedTitle(name=SPELLED, status=planned),
        SubmittedTitle(424_242, status=planned),
        SubmittedTitle(1535, rating=9, status=WatchStatus.COMPLETED),
    ]
    resolved = resolve_list(SubmittedList(titles, planned_ids=[7]), snapshot, None)
    assert list(resolved.ratings(snapshot.catalog)) == [1535]
    assert resolved.planned_ids == (7, 20, 9253, 424_242)
    assert resolved.unresolved == ()


def test_last_status_of_a_title_tells_if_it_is_unfinished(snapshot: Snapshot) -> None:
    dropped, completed = WatchStatus.DROPPED, WatchStatus.COMPLETED
    titles = [
        *(SubmittedTitle(20, status=status) for status in (dropped, completed)),
        *(SubmittedTitle(1535, rating=3, status=status) for status in (completed, dropped)),
        SubmittedTitle(9253, status=WatchStatus.ON_HOLD),
        SubmittedTitle(2167),
    ]
    resolved = resolve_list(SubmittedList(titles), snapshot, None)
    unfinished = {snapshot.catalog[row].anime_id: status for row, status in resolved.unfinished.items()}
    assert unfinished == {1535: dropped, 9253: WatchStatus.ON_HOLD}
    assert resolved.ratings(snapshot.catalog) == {20: 0, 1535: 3, 9253: 0, 2167: 10}


def test_planned_titles_count_towards_the_length_of_a_list(snapshot: Snapshot) -> None:
    submitted = SubmittedList([SubmittedTitle(20)], watched_ids=[1535], planned_ids=[2167])
    with pytest.raises(ListTooLongError):
        resolve_list(submitted, snapshot, 2)
