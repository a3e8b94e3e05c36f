"""Names of submitted lists: typos are forgiven, in a long list of unknown names only in the first."""

from __future__ import annotations

import pytest

from recommender.artifacts.snapshot import Snapshot
from serving import lists
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
