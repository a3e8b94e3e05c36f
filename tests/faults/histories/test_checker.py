"""The checker finds every promise that a history breaks, and nothing in one that breaks none."""

from __future__ import annotations

import pytest

from tests.faults.histories.checker import problems
from tests.faults.histories.history import (
    LISTS,
    History,
    Neighbors,
    Outcome,
    Read,
    Supporters,
    View,
    Write,
    list_of,
    shared_with_watcher,
)

SOMEBODY, OTHER, STRANGER = 900_001, 900_002, 2**52 + 1
OLD, NEW, HALF = list_of(0), list_of(1), {**list_of(1), 106: 1}
UNKNOWN = Outcome.UNKNOWN


def saved(ratings: object, started: float, outcome: Outcome = Outcome.ACKNOWLEDGED) -> Write:
    assert ratings is None or isinstance(ratings, dict)
    return Write(SOMEBODY, ratings, started, started + 1, outcome)


def saw(view: View, seen: object, started: float, session: str = "a") -> Read:
    assert seen is None or isinstance(seen, (dict, int))
    return Read(session, view, SOMEBODY, seen, started, started + 1)


KEPT = {
    "nothing happens": History(),
    "the newest list is read": History([saved(OLD, 0), saved(NEW, 2)], [saw(View.LIST, NEW, 4)]),
    "a read beside a write sees either": History(
        [saved(OLD, 0), saved(NEW, 2)], [saw(View.LIST, OLD, 2.2), saw(View.LIST, NEW, 2.4)]
    ),
    "a write without an answer is there": History(
        [saved(OLD, 0), saved(NEW, 2, UNKNOWN)], [saw(View.LIST, OLD, 4), saw(View.LIST, NEW, 6)]
    ),
    "a refused write is not": History(
        [saved(OLD, 0), saved(NEW, 2, Outcome.REFUSED)], [saw(View.LIST, OLD, 4)], stored={SOMEBODY: OLD}
    ),
    "the erased come back by a write only": History(
        [saved(OLD, 0), saved(None, 2), saved(NEW, 6)],
        [saw(View.LIST, None, 4), saw(View.EXISTS, True, 8)],
        [Neighbors("a", {}, 4, 5), Neighbors("a", {SOMEBODY: 2}, 8, 9)],
        [Supporters("a", 0, 4, 5), Supporters("a", 1, 8, 9)],
    ),
    "nobody explains in an outage": History(
        [saved(OLD, 0)], supporters=[Supporters("a", -3, 4, 5, nobody=True)], outages=[(3, 6)]
    ),
    "a stranger comes from a write without an answer": History(
        [Write(None, NEW, 0, 1, UNKNOWN)],
        neighbors=[Neighbors("a", {STRANGER: 2}, 2, 3)],
        supporters=[Supporters("a", 1, 2, 3), Supporters("a", 0, 2, 3)],
        stored={STRANGER: NEW},
    ),
}
BROKEN = {
    "a write is lost": (
        History([saved(OLD, 0)], [saw(View.LIST, None, 2)]),
        "is lost",
    ),
    "a neighbor is lost": (
        History([saved(OLD, 0)], neighbors=[Neighbors("a", {}, 2, 3)]),
        "is lost",
    ),
    "a write is lost on disk": (History([saved(OLD, 0)], stored={}), "is lost"),
    "a read is stale": (
        History([saved(OLD, 0), saved(NEW, 2)], [saw(View.LIST, OLD, 4)]),
        "is shown by an older list",
    ),
    "a neighbor is stale": (
        History([saved(OLD, 0), saved(NEW, 2)], neighbors=[Neighbors("a", {SOMEBODY: 1}, 4, 5)]),
        "is shown by an older list",
    ),
    "a session goes back": (
        History([saved(OLD, 0), saved(NEW, 2, UNKNOWN)], [saw(View.LIST, NEW, 4), saw(View.LIST, OLD, 6)]),
        "is shown by an older list",
    ),
    "another session goes back": (
        History(
            [saved(OLD, 0), saved(NEW, 2, UNKNOWN)], [saw(View.LIST, NEW, 4), saw(View.LIST, OLD, 6, "b")]
        ),
        "is shown by an older list",
    ),
    "half a list is saved": (
        History([saved(NEW, 0, UNKNOWN)], [saw(View.LIST, HALF, 2)]),
        "is shown by a list that nobody saved",
    ),
    "half a list is on disk": (
        History([saved(NEW, 0, UNKNOWN)], stored={SOMEBODY: HALF}),
        "is shown by a list that nobody saved",
    ),
    "a refused list is saved": (
        History([saved(OLD, 0), saved(NEW, 2, Outcome.REFUSED)], [saw(View.LIST, NEW, 4)]),
        "is shown by a list that nobody saved",
    ),
    "the future is read": (
        History([saved(OLD, 0), saved(NEW, 6)], [saw(View.LIST, NEW, 2)]),
        "is shown by a list that nobody saved",
    ),
    "the erased have a list": (
        History([saved(OLD, 0), saved(None, 2)], [saw(View.LIST, OLD, 4)]),
        "is shown, though erased",
    ),
    "the erased are neighbors": (
        History([saved(OLD, 0), saved(None, 2)], neighbors=[Neighbors("a", {SOMEBODY: 1}, 4, 5)]),
        "is shown, though erased",
    ),
    "the erased are on disk": (
        History([saved(OLD, 0), saved(None, 2)], stored={SOMEBODY: OLD}),
        "is shown, though erased",
    ),
    "the erased explain": (
        History([saved(OLD, 0), saved(None, 2)], supporters=[Supporters("a", 1, 4, 5)]),
        "told of 1 people instead of 0 to 0",
    ),
    "somebody does not explain": (
        History([saved(OLD, 0)], supporters=[Supporters("a", 0, 2, 3)]),
        "told of 0 people instead of 1 to 1",
    ),
    "nobody explains before an outage": (
        History([saved(OLD, 0)], supporters=[Supporters("a", -3, 2, 3, nobody=True)], outages=[(4, 6)]),
        "told of -3 people instead of 1 to 1",
    ),
    "the erased explain in an outage": (
        History([saved(OLD, 0), saved(None, 2)], supporters=[Supporters("a", 1, 4, 5)], outages=[(3, 6)]),
        "told of 1 people instead of 0 to 0",
    ),
    "a stranger is a neighbor": (
        History([saved(OLD, 0)], neighbors=[Neighbors("a", {SOMEBODY: 1, STRANGER: 3}, 2, 3)]),
        f"{STRANGER} was never saved",
    ),
    "a stranger is on disk": (
        History([Write(None, NEW, 0, 1, UNKNOWN)], stored={STRANGER: OLD}),
        f"{STRANGER} was never saved",
    ),
    "one write makes two strangers": (
        History([Write(None, NEW, 0, 1, UNKNOWN)], stored={STRANGER: NEW, STRANGER + 1: NEW}),
        "was never saved",
    ),
    "an answer is a 500": (History(unexpected=["GET /readyz answered 500"]), "answered 500"),
}


@pytest.mark.parametrize("history", KEPT.values(), ids=KEPT.keys())
def test_history_that_keeps_every_promise_passes(history: History) -> None:
    assert problems(history) == []


@pytest.mark.parametrize(("history", "sentence"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_promise_is_found(history: History, sentence: str) -> None:
    assert sentence in " ".join(problems(history))


def test_lists_of_different_numbers_differ() -> None:
    numbers = [*range(500), *range(LISTS - 500, LISTS)]
    assert len({tuple(sorted(list_of(number).items())) for number in numbers}) == len(numbers)
    assert [shared_with_watcher(list_of(number)) for number in range(9)] == [*range(1, 9), 1]
    with pytest.raises(ValueError, match="117649 is not from 0 to 117648"):
        list_of(LISTS)
