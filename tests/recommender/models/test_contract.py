"""What every algorithm promises, whatever the list."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.artifacts.snapshot import Snapshot
from recommender.data.overlay import Overlay
from recommender.data.query import Query, Recommender
from recommender.models.registry import ALGORITHMS
from tests.conftest import TITLES
from tests.recommender.small import a_list, random_lists

RATINGS = st.integers(0, 10)
ROWS = st.integers(0, TITLES - 1)
KNOWN_LISTS = {
    "empty": {},
    "only unrated": dict.fromkeys(range(0, 40, 3), 0),
    "all 10": dict.fromkeys(range(0, 60, 4), 10),
    "all 1": dict.fromkeys(range(0, 60, 4), 1),
    "one title": {17: 10},
    "one unrated title": {17: 0},
    "one hated title": {17: 1},
    "all but one": dict.fromkeys(range(TITLES - 1), 9),
    "all titles": dict.fromkeys(range(TITLES), 9),
}
LISTS = st.dictionaries(ROWS, RATINGS, max_size=30) | st.dictionaries(
    ROWS, RATINGS, min_size=80, max_size=250
)
ALLOWED = st.none() | st.tuples(st.integers(0, 2**32 - 1), st.floats(0, 1)).map(
    lambda chosen: np.random.default_rng(chosen[0]).random(TITLES) < chosen[1]
)


@pytest.fixture(scope="module", params=ALGORITHMS)
def algorithm(request: pytest.FixtureRequest, snapshot: Snapshot) -> Recommender:
    """Each algorithm of the world's model."""
    return snapshot.algorithms[request.param]


@pytest.fixture(scope="module", params=ALGORITHMS)
def overlaid(request: pytest.FixtureRequest, snapshot: Snapshot) -> Recommender:
    """The same with people newer than the model."""
    lists = random_lists(20, TITLES).items()
    newer = Overlay.empty(TITLES).extended((user_id, a_list(titles)) for user_id, titles in lists)
    return snapshot.with_overlay(newer).algorithms[request.param]


def keeps_its_promises(algorithm: Recommender, query: Query, k: int) -> None:
    allowed = query.candidates(TITLES)
    ranking = algorithm.recommend(query, k)
    assert len(ranking) == len(ranking.scores) == min(k, int(allowed.sum()))
    assert len(np.unique(ranking.anime_rows)) == len(ranking)
    assert allowed[ranking.anime_rows].all()
    assert not np.isin(ranking.anime_rows, query.anime_rows).any()
    assert ranking.anime_rows.dtype == np.dtype(np.int64)
    assert ranking.scores.dtype == np.dtype(np.float32)
    assert np.isfinite(ranking.scores).all()
    assert ((ranking.scores >= 0) & (ranking.scores <= 1)).all()
    assert (np.diff(ranking.scores) <= 0).all()
    again = algorithm.recommend(query, k)
    assert again.anime_rows.tobytes() == ranking.anime_rows.tobytes()
    assert again.scores.tobytes() == ranking.scores.tobytes()
    scores = algorithm.scores(query)
    assert scores.shape == (TITLES,)
    assert scores.dtype == np.dtype(np.float32)
    assert np.isfinite(scores).all()


def test_the_algorithms_are_those_that_can_be_asked_for(snapshot: Snapshot) -> None:
    assert list(snapshot.algorithms) == list(ALGORITHMS)
    assert [info.name for info in ALGORITHMS.values()] == list(ALGORITHMS)
    assert len(snapshot.catalog) == TITLES


@settings(max_examples=40, deadline=None)
@given(entries=LISTS, allowed=ALLOWED, k=st.integers(0, TITLES + 5))
def test_any_list_is_answered(
    algorithm: Recommender, entries: dict[int, int], allowed: np.ndarray | None, k: int
) -> None:
    keeps_its_promises(algorithm, Query.of(entries.items(), allowed=allowed), k)


@settings(max_examples=20, deadline=None)
@given(entries=LISTS, allowed=ALLOWED, k=st.integers(1, 50))
def test_any_list_is_answered_with_newer_people_too(
    overlaid: Recommender, entries: dict[int, int], allowed: np.ndarray | None, k: int
) -> None:
    keeps_its_promises(overlaid, Query.of(entries.items(), allowed=allowed), k)


@pytest.mark.parametrize("k", [1, 20, TITLES])
@pytest.mark.parametrize("kind", KNOWN_LISTS)
def test_the_extreme_lists_are_answered(algorithm: Recommender, kind: str, k: int) -> None:
    keeps_its_promises(algorithm, Query.of(KNOWN_LISTS[kind].items()), k)


@pytest.mark.parametrize("kind", KNOWN_LISTS)
def test_where_nothing_is_allowed_nothing_is_recommended(algorithm: Recommender, kind: str) -> None:
    nothing = Query.of(KNOWN_LISTS[kind].items(), allowed=np.zeros(TITLES, bool))
    assert len(algorithm.recommend(nothing, 20)) == 0


@settings(max_examples=15, deadline=None)
@given(entries=LISTS, allowed=ALLOWED, k=st.integers(1, 30))
def test_fewer_are_the_beginning_of_more(
    algorithm: Recommender, entries: dict[int, int], allowed: np.ndarray | None, k: int
) -> None:
    query = Query.of(entries.items(), allowed=allowed)
    few, many = algorithm.recommend(query, k), algorithm.recommend(query, TITLES)
    assert few.anime_rows.tolist() == many.anime_rows[:k].tolist()
    assert few.scores.tolist() == many.scores[:k].tolist()


@settings(max_examples=15, deadline=None)
@given(entries=LISTS, allowed=ALLOWED)
def test_a_filter_takes_titles_away_and_leaves_the_scores_of_the_others(
    algorithm: Recommender, entries: dict[int, int], allowed: np.ndarray | None
) -> None:
    everything = algorithm.recommend(Query.of(entries.items()), TITLES)
    kept = algorithm.recommend(Query.of(entries.items(), allowed=allowed), TITLES)
    mask = np.ones(TITLES, bool) if allowed is None else allowed
    assert kept.anime_rows.tolist() == everything.anime_rows[mask[everything.anime_rows]].tolist()
    assert kept.scores.tolist() == everything.scores[mask[everything.anime_rows]].tolist()
