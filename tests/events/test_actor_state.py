"""The state of an actor: whatever the order of the records, and however often they come."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

import events.actor_state
from domain.events import Event, EventKind
from events.actor_state import KNOWN_IDS, MAX_EVENTS, MAX_TITLES, ActorState
from events.records import Ended, Record, Undone, decode, encode, to_ms

NOW = datetime(2026, 11, 27, 20, 0)
SESSION = UUID(int=1, version=4)


def event(number: int, anime_id: int = 1, kind: EventKind = EventKind.CLICK, minute: int = 0) -> Event:
    return Event(UUID(int=number), kind, anime_id, NOW + timedelta(minutes=minute), session_id=SESSION)


def state_of(*records: Record) -> ActorState:
    state = ActorState()
    state.apply(*records)
    return state


def trends_of(*records: Record) -> dict[int, int]:
    """The trends that the steps say, one after the other."""
    state, trends = ActorState(), dict[int, int | None]()
    for record in records:
        trends |= state.apply(record).trends
    return {title: last for title, last in trends.items() if last is not None}


EVENTS = st.builds(
    event,
    st.integers(1, 40),
    st.integers(1, 5),
    st.sampled_from(EventKind),
    st.integers(0, 10),
)
# one event per id, as clients make them; then undone ones, and seldom an end
SETS = st.tuples(
    st.lists(EVENTS, max_size=30, unique_by=lambda one: one.event_id),
    st.lists(st.builds(Undone, st.builds(UUID, int=st.integers(1, 40))), max_size=5),
    st.lists(st.just(Ended()), max_size=1),
).map(lambda parts: [record for part in parts for record in part])


@given(SETS, st.randoms(use_true_random=False))
def test_order_and_repeats_change_nothing(records: list[Record], chance: random.Random) -> None:
    shuffled = [*records, *chance.choices(records, k=len(records))] if records else []
    chance.shuffle(shuffled)
    assert state_of(*shuffled).published() == state_of(*records).published()
    assert trends_of(*shuffled) == trends_of(*records)


@given(SETS)
def test_undone_events_are_as_if_they_had_never_come(records: list[Record]) -> None:
    undone = {str(record.event_id) for record in records if isinstance(record, Undone)}
    left = [one for one in records if not (isinstance(one, Event) and str(one.event_id) in undone)]
    published = state_of(*records).published()
    assert published.get("titles") == state_of(*left).published().get("titles")
    assert trends_of(*records) == trends_of(*left)


@given(SETS, st.integers(0, 40))
def test_state_goes_on_after_it_was_stored(records: list[Record], until: int) -> None:
    begun = state_of(*records[:until])
    restored = ActorState.restored(json.loads(json.dumps(begun.stored())))
    restored.apply(*records[until:])
    assert restored.published() == state_of(*records).published()


@given(SETS, st.randoms(use_true_random=False))
def test_bounds_keep_the_newest_in_any_order(records: list[Record], chance: random.Random) -> None:
    many = [record for record in records if isinstance(record, Event)]
    shuffled = many * 2
    chance.shuffle(shuffled)
    original, events.actor_state.MAX_EVENTS = events.actor_state.MAX_EVENTS, 4
    try:
        kept = state_of(*shuffled).events
        assert trends_of(*shuffled) == trends_of(*many)
    finally:
        events.actor_state.MAX_EVENTS = original
    newest = sorted(many, key=lambda one: (one.happened_at, str(one.event_id)))[-4:]
    assert set(kept) == {str(one.event_id) for one in newest}


def test_published_state_has_bounds() -> None:
    many = [event(number, anime_id=number, minute=number) for number in range(1, MAX_EVENTS + 50)]
    state = state_of(*many)
    published = state.published()
    assert [title for title, *_ in published["titles"]] == list(range(MAX_EVENTS + 49, MAX_EVENTS - 1, -1))
    assert (len(published["titles"]), len(published["ids"])) == (MAX_TITLES, KNOWN_IDS)
    assert len(state.events) == MAX_EVENTS


def test_published_state_names_titles_newest_first() -> None:
    shown, viewed = EventKind.IMPRESSION, EventKind.VIEW
    state = state_of(event(1, 7), event(2, 7, shown, 9), event(3, 8, viewed, 1), event(4, 9, shown, 5))
    assert state.published() == {
        "titles": [
            [8, to_ms(NOW + timedelta(minutes=1)), {"view": 1}],
            [7, to_ms(NOW), {"click": 1, "impression": 1}],
            [9, to_ms(NOW + timedelta(minutes=5)), {"impression": 1}],
        ],
        "ids": [str(UUID(int=number)) for number in (2, 4, 3, 1)],
    }


def test_ended_actor_stays_ended() -> None:
    state = state_of(event(1), Ended(), event(2))
    assert state.published() == {"ended": True}
    assert trends_of(event(1), Ended(), event(2)) == {}


def test_step_says_what_trends_no_longer() -> None:
    state = state_of(event(1, 7), event(2, 7, minute=3))
    assert state.apply(Undone(UUID(int=2))).trends == {7: to_ms(NOW)}
    assert state.apply(Undone(UUID(int=1))).trends == {7: None}
    assert state.apply(Undone(UUID(int=1))) == (False, {})


@given(SETS)
def test_records_survive_being_written(records: list[Record]) -> None:
    assert [decode(encode(record)) for record in records] == records
