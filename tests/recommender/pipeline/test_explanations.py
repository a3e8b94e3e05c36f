"""Reasons come from the sums that the scores are, and agree with leaving a title out."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.artifacts.snapshot import Snapshot
from recommender.data.query import Contributor, Query
from recommender.pipeline.explanations import explain
from tests.conftest import TITLES

ADDITIVE = ["item-item", "user-user", "content-based"]
RNG = np.random.default_rng(4)
LISTS = [
    Query.of(
        zip(RNG.choice(TITLES, 12, replace=False).tolist(), RNG.integers(6, 11, 12).tolist(), strict=True)
    )
    for _ in range(15)
]
NOTHING = np.zeros(TITLES, bool)


def contributor(snapshot: Snapshot, name: str) -> Contributor:
    algorithm = snapshot.algorithms[name]
    assert isinstance(algorithm, Contributor)
    return algorithm


@pytest.mark.parametrize("name", ADDITIVE)
def test_contributions_add_up_to_the_scores(snapshot: Snapshot, name: str) -> None:
    algorithm = snapshot.algorithms[name]
    for query in LISTS:
        rows = algorithm.recommend(query, 20).anime_rows
        parts = contributor(snapshot, name).contributions(query, rows)
        assert parts.sum(axis=0) == pytest.approx(algorithm.scores(query)[rows], abs=1e-5)


@pytest.mark.parametrize("name", ["hybrid", "ranker"])
def test_what_the_list_accounts_for_is_at_most_the_score(snapshot: Snapshot, name: str) -> None:
    for query in LISTS:
        rows = snapshot.algorithms[name].recommend(query, 20).anime_rows
        parts = contributor(snapshot, name).contributions(query, rows)
        assert (parts >= 0).all()
        assert (parts.sum(axis=0) <= snapshot.algorithms[name].scores(query)[rows] + 1e-5).all()


@pytest.mark.parametrize("name", ["item-item", "content-based", "hybrid"])
def test_without_the_named_title_a_score_falls_more_than_without_another(
    snapshot: Snapshot, name: str
) -> None:
    algorithm, agreed, asked = snapshot.algorithms[name], 0, 0
    for query in LISTS:
        ranking = algorithm.recommend(query, 3)
        told = explain(algorithm, snapshot.user_user, snapshot.catalog, query, ranking, NOTHING)
        for row, explanation in zip(ranking.anime_rows.tolist(), told, strict=True):
            if not explanation.because:
                continue
            entries = list(zip(query.anime_rows.tolist(), query.ratings.tolist(), strict=True))
            left = {}
            for title, _ in entries:
                without = Query.of([entry for entry in entries if entry[0] != title])
                scores = algorithm.scores(without)
                # a score is relative to the best one for hybrid: compare with the middle of the catalog
                left[title] = float(scores[row] / scores.max())
            named = left[explanation.because[0][0]]
            agreed += named <= float(np.median(list(left.values())))
            asked += 1
    assert asked >= 20
    assert agreed / asked >= 0.7


def test_hidden_titles_are_not_named(snapshot: Snapshot) -> None:
    query = LISTS[0]
    ranking = snapshot.item_item.recommend(query, 10)
    named = explain(snapshot.item_item, snapshot.user_user, snapshot.catalog, query, ranking, NOTHING)
    hidden = NOTHING.copy()
    hidden[[row for explanation in named for row, _ in explanation.because]] = True
    after = explain(snapshot.item_item, snapshot.user_user, snapshot.catalog, query, ranking, hidden)
    assert any(explanation.because for explanation in named)
    assert not {row for told in after for row, _ in told.because} & set(np.flatnonzero(hidden).tolist())


def test_people_and_genres_are_counted(snapshot: Snapshot) -> None:
    query = LISTS[1]
    ranking = snapshot.user_user.recommend(query, 5)
    told = explain(snapshot.user_user, snapshot.user_user, snapshot.catalog, query, ranking, NOTHING)
    nearest = snapshot.user_user.neighbors(query, snapshot.config.user_user.neighbors)
    users = snapshot.ratings.users.rows(nearest.user_ids)
    liked = snapshot.ratings.only_liked.rows_of(users)
    for row, explanation in zip(ranking.anime_rows.tolist(), told, strict=True):
        assert explanation.people == int(liked[:, [row]].sum())
        assert set(explanation.genres) <= set(snapshot.catalog[row].genres)


@pytest.mark.parametrize("name", ["hybrid", "item-item", "user-user", "content-based", "ranker", "popular"])
def test_an_empty_list_has_no_reasons(snapshot: Snapshot, name: str) -> None:
    algorithm, query = snapshot.algorithms[name], Query.of([])
    ranking = algorithm.recommend(query, 5)
    told = explain(algorithm, snapshot.user_user, snapshot.catalog, query, ranking, NOTHING)
    assert [(e.because, e.people, e.genres) for e in told] == [((), 0, ())] * 5
