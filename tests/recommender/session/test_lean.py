"""A query that leans toward recent events."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from domain.events import EventKind
from domain.ranges import FAVORITE
from recommender.data.query import Query
from recommender.session.lean import Activity, SessionConfig, evidence_of, lean, sunk

CONFIG = SessionConfig()


def did(row: int, kind: EventKind = EventKind.CLICK, *, minutes_ago: float = 0, times: int = 1) -> Activity:
    return Activity(row, {kind: times}, 60 * minutes_ago)


def leaning(query: Query, *activity: Activity) -> Query:
    return lean(query, evidence_of(activity, CONFIG), CONFIG)


def weights(query: Query) -> dict[int, float]:
    return dict(zip(query.anime_rows.tolist(), query.weights.tolist(), strict=True))


def test_query_without_events_is_the_same() -> None:
    query = Query.of([(1, 9)])
    assert leaning(query) is query
    assert leaning(query, did(3, EventKind.IMPRESSION, times=9)) is query


def test_clicked_title_counts_as_a_favorite_that_may_be_shown() -> None:
    query = leaning(Query.of([(1, 9)]), did(3))
    assert dict(zip(query.anime_rows.tolist(), query.ratings.tolist(), strict=True)) == {1: 9, 3: FAVORITE}
    assert weights(query) == {1: 1.0, 3: 1.0}
    assert query.unseen(100)[3]
    assert not query.unseen(100)[1]
    assert query.listed_rows.tolist() == [1]


@pytest.mark.parametrize("kinds", [(EventKind.VIEW, EventKind.CLICK), (EventKind.CLICK, EventKind.LIKE)])
def test_stronger_kind_counts_for_no_less(kinds: tuple[EventKind, EventKind]) -> None:
    weaker, stronger = (weights(leaning(Query.of([]), did(3, kind)))[3] for kind in kinds)
    assert weaker <= stronger


def test_evidence_fades_with_newer_titles_and_with_time() -> None:
    query = leaning(Query.of([]), *(did(row, minutes_ago=row) for row in range(10)))
    of_rows = [weights(query)[row] for row in range(10)]
    assert of_rows == sorted(of_rows, reverse=True)
    assert of_rows[9] < of_rows[0]
    later = leaning(Query.of([]), did(0, minutes_ago=60 * CONFIG.half_life_hours))
    assert weights(later)[0] == pytest.approx(0.5 * of_rows[0])
    assert leaning(Query.of([]), did(0, minutes_ago=60 * 24 * 30)).anime_rows.tolist() == []


def test_answer_is_the_same_within_minutes() -> None:
    sooner, later = (weights(leaning(Query.of([]), did(0, minutes_ago=ago))) for ago in (1, 4))
    assert sooner == later


def test_dismissed_title_counts_against_and_is_not_shown() -> None:
    query = leaning(Query.of([(1, 9)]), did(3, EventKind.DISMISS))
    assert not query.unseen(100)[3]
    assert query.liked_rows.tolist() == [1]


def test_opinion_in_the_list_stands() -> None:
    query = leaning(Query.of([(1, 9), (2, 4)]), did(2), did(1, EventKind.DISMISS))
    assert query.ratings.tolist() == [9, 4]
    assert not query.unseen(100)[[1, 2]].any()


def test_long_list_makes_room_as_more_is_new() -> None:
    query = Query.of([(row, 9) for row in range(40)])
    lengths = []
    for clicks in range(4):
        turned = leaning(query, *(did(50 + row, minutes_ago=row) for row in range(clicks)))
        lengths.append(sum(weight for row, weight in weights(turned).items() if row < 40))
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] == 40
    assert lengths[-1] < 1.5 * CONFIG.list_length
    short = leaning(Query.of([(1, 9), (2, 9)]), did(3))
    assert weights(short)[1] == 1.0


def test_titles_passed_over_often_sink() -> None:
    activity = [
        did(1, EventKind.IMPRESSION, times=CONFIG.passed_over),
        did(2, EventKind.IMPRESSION, times=CONFIG.passed_over + 1),
        did(3, EventKind.IMPRESSION, times=CONFIG.passed_over + 5),
        Activity(4, {EventKind.IMPRESSION: 50, EventKind.CLICK: 1}, 0),
    ]
    rows, factors = sunk(activity, CONFIG)
    assert rows.tolist() == [2, 3]
    assert 0 < factors[1] < factors[0] < 1


def test_nothing_sinks_for_who_has_only_looked() -> None:
    rows, factors = sunk([did(row, EventKind.IMPRESSION, times=50) for row in (1, 2)], CONFIG)
    assert len(rows) == len(factors) == 0


def test_title_that_goes_with_none_of_the_others_counts_less() -> None:
    def lifts(rows: NDArray[np.int64]) -> NDArray[np.float32]:
        return np.where((rows[:, None] == 9) | (rows == 9), -0.5, 0.8).astype(np.float32)

    activity = [did(row, minutes_ago=row) for row in (1, 2, 3, 9)]
    found = {one.row: one.weight for one in evidence_of(activity, CONFIG, lifts)}
    assert found[9] < 0.5 * min(found[row] for row in (1, 2, 3))
    pair = evidence_of(activity[-2:], CONFIG, lifts)
    assert pair == evidence_of(activity[-2:], CONFIG)
