"""Recent events of one person, title by title."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.events import EventKind, TitleActivity
from events.recent import MAX_TITLES, activity_of

NOW = datetime(2026, 11, 27, 20, 0)


def test_activity_is_of_the_set_of_events_in_any_order() -> None:
    click, view, shown = EventKind.CLICK, EventKind.VIEW, EventKind.IMPRESSION
    events = [(1, click, NOW), (1, shown, NOW + timedelta(hours=1)), (2, view, NOW + timedelta(minutes=1))]
    found = activity_of(events)
    assert [one.anime_id for one in found] == [2, 1]
    assert found[1] == TitleActivity(1, {click: 1, shown: 1}, NOW)
    assert activity_of(reversed(events)) == found


def test_only_the_newest_titles_are_kept() -> None:
    events = [(row, EventKind.CLICK, NOW + timedelta(seconds=row)) for row in range(MAX_TITLES + 7)]
    found = [one.anime_id for one in activity_of(events)]
    assert found == list(range(MAX_TITLES + 6, 6, -1))
