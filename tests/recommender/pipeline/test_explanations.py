"""Explanations: contributions add up to scores and agree with removing a title from the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from domain.relations import Relation
from domain.titles import Title
from recommender.artifacts.snapshot import Snapshot
from recommender.data.catalog import Catalog
from recommender.data.query import Query
from recommender.fitting import fit_snapshot
from recommender.models.base import Contributor
from recommender.models.context import ScoringContext
from recommender.models.registry import ALGORITHMS
from recommender.models.user_user import UserUser
from recommender.pipeline.explanations import Description, Explanation, SharedListExplainer
from tests.conftest import TITLES
from tests.recommender.conftest import SMALL_CONFIG
from tests.recommender.small import catalog, likes, own_order, random_lists, ratings

ADDITIVE = ["item-item", "user-user", "title-similarity", "content-based", "blend"]
RNG = np.random.default_rng(4)
LISTS = [
    Query.of(
        zip(RNG.choice(TITLES, 12, replace=False).tolist(), RNG.integers(6, 11, 12).tolist(), strict=True)
    )
    for _ in range(15)
]
NOTHING = np.zeros(TITLES, bool)


def contributor(snapshot: Snapshot, name: str) -> Contributor:
    scorer = snapshot.scorer(name)
    assert isinstance(scorer, Contributor)
    return scorer


def explained(
    snapshot: Snapshot, name: str, context: ScoringContext, k: int, hidden: NDArray[np.bool_] = NOTHING
) -> list[tuple[int, Explanation]]:
    """(row, explanation) of the k best titles."""
    scorer = snapshot.scorer(name)
    ranking = own_order(scorer, context, k)
    explanations: Sequence[Explanation] = SharedListExplainer().explain(scorer, context, ranking, hidden)
    return list(zip(ranking.anime_rows.tolist(), explanations, strict=True))


@pytest.mark.parametrize("name", ADDITIVE)
def test_contributions_add_up_to_the_scores(snapshot: Snapshot, name: str) -> None:
    scorer = contributor(snapshot, name)
    for query in LISTS:
        context = snapshot.context(query)
        rows = own_order(scorer, context, 20).anime_rows
        parts = scorer.contributions(context, rows)
        assert parts.shape == (len(query.anime_rows), len(rows))
        assert parts.sum(axis=0) == pytest.approx(scorer.scores(context)[rows], abs=1e-5)


@pytest.mark.parametrize("name", ["hybrid", "ranker"])
def test_contributions_are_at_most_the_score(snapshot: Snapshot, name: str) -> None:
    scorer = contributor(snapshot, name)
    for query in LISTS:
        context = snapshot.context(query)
        rows = own_order(scorer, context, 20).anime_rows
        parts = scorer.contributions(context, rows)
        assert (parts >= 0).all()
        assert (parts.sum(axis=0) <= scorer.scores(context)[rows] + 1e-5).all()


@pytest.mark.parametrize("name", ["item-item", "content-based", "hybrid"])
def test_score_falls_most_without_the_title_named(snapshot: Snapshot, name: str) -> None:
    scorer, agreed, compared = snapshot.scorer(name), 0, 0
    for query in LISTS:
        for row, explanation in explained(snapshot, name, snapshot.context(query), 3):
            if not explanation.because:
                continue
            entries = list(zip(query.anime_rows.tolist(), query.ratings.tolist(), strict=True))
            remaining = {}
            for title, _ in entries:
                without = Query.of([entry for entry in entries if entry[0] != title])
                scores = scorer.scores(snapshot.context(without))
                # a score is relative to the best one for hybrid: compare with the middle of the catalog
                remaining[title] = float(scores[row] / scores.max())
            named = remaining[explanation.because[0][0]]
            agreed += named <= float(np.median(list(remaining.values())))
            compared += 1
    assert compared >= 20
    assert agreed / compared >= 0.7


def test_hidden_titles_are_not_named(snapshot: Snapshot) -> None:
    context = snapshot.context(LISTS[0])
    before = {row for _, e in explained(snapshot, "item-item", context, 10) for row, _ in e.because}
    hidden = NOTHING.copy()
    hidden[list(before)] = True
    after = {row for _, e in explained(snapshot, "item-item", context, 10, hidden) for row, _ in e.because}
    assert before
    assert not before & after


def test_explanation_counts_users_and_names_genres(snapshot: Snapshot) -> None:
    context, user_user = snapshot.context(LISTS[1]), snapshot.models[UserUser]
    nearest = user_user.neighbors(context, user_user.config.neighbors)
    users = snapshot.ratings.users.rows(nearest.user_ids)
    liked = snapshot.ratings.only_liked.rows_of(users)
    for row, explanation in explained(snapshot, "user-user", context, 5):
        assert explanation.users == int(liked[:, [row]].sum())
        assert set(explanation.genres) <= set(snapshot.catalog[row].genres)


def test_genres_of_half_the_list_are_shared(snapshot: Snapshot) -> None:
    context = snapshot.context(LISTS[1])
    liked = [snapshot.catalog[row].genres for row in context.query.liked_rows.tolist()]
    for row, explanation in explained(snapshot, "user-user", context, 20):
        assert explanation.genres == tuple(
            genre
            for genre in snapshot.catalog[row].genres
            if sum(genre in of_title for of_title in liked) * 2 >= len(liked)
        )


def test_titles_of_the_list_are_not_read(snapshot: Snapshot) -> None:
    """Reading a title parses JSON: thousands of them, for each title of a page, took 14 s."""
    reads: list[int] = []

    class Counted(Catalog):
        def __getitem__(self, anime_row: int) -> Title:
            reads.append(anime_row)
            return super().__getitem__(anime_row)

    context = snapshot.context(LISTS[1])
    counted = replace(context, catalog=Counted(snapshot.catalog.titles))
    rows = [row for row, _ in explained(snapshot, "hybrid", counted, 10)]
    assert len(rows) == 10
    assert set(reads) <= set(rows)


def test_explanation_names_liked_titles_most_first(snapshot: Snapshot) -> None:
    context = snapshot.context(LISTS[2])
    ranking = own_order(snapshot.scorer("hybrid"), context, 10)
    for score, (_, found) in zip(ranking.scores, explained(snapshot, "hybrid", context, 10), strict=True):
        parts = [part for _, part in found.because]
        assert len(parts) <= SharedListExplainer().max_titles
        assert parts == sorted(parts, reverse=True)
        assert all(part > 0 for part in parts)
        assert sum(parts) <= score + 1e-5
        assert {row for row, _ in found.because} <= set(context.query.liked_rows.tolist())


@pytest.mark.parametrize("name", ALGORITHMS)
def test_empty_list_has_no_reasons(snapshot: Snapshot, name: str) -> None:
    found = explained(snapshot, name, snapshot.context(Query.of([])), 5)
    assert [explanation for _, explanation in found] == [Explanation((), 0, ())] * 5


def test_title_that_nobody_rated_is_explained_by_what_it_is() -> None:
    """Of 24 titles, 20 and 23 are new: 20 continues 2, and shares its studio with 4."""
    titles = [
        replace(title, name=f"Nakora{row}", studios=(f"Studio {row % 4}",))
        for row, title in enumerate(catalog(24).titles)
    ]
    lists = {
        user: {row: 9 for row in of_user if row not in (20, 23)}
        for user, of_user in random_lists(60, 24).items()
    }
    snapshot = fit_snapshot(
        Catalog(tuple(titles)), ratings(lists, 24), [Relation(2, 20, "sequel")], config=SMALL_CONFIG
    )
    context = snapshot.context(likes([1, 2, 4]))
    found = dict(explained(snapshot, "hybrid", context, 24))
    sequel, other = found[20].description, found[23].description
    assert sequel == Description(franchise=2, studio="Studio 0", of_studio=4)
    assert other == Description()
    assert all(explanation.description is None for row, explanation in found.items() if row not in (20, 23))
    hidden = np.arange(24) == 2
    shown = dict(explained(snapshot, "hybrid", context, 24, hidden))[20].description
    assert shown == Description(studio="Studio 0", of_studio=4)
    popular = dict(explained(snapshot, "popular", context, 24))
    assert {explanation.description for explanation in popular.values()} == {None}
