"""`neural`: what it learns of two clusters of titles, and what it refuses to load."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recommender.artifacts.arrays import DirectoryReader, DirectoryWriter
from recommender.data.query import Query
from recommender.kernels.towers import TwoTowerConfig
from recommender.models.base import Floats, MissingLibraryError, Models
from recommender.models.neural import Neural, NeuralConfig
from tests.recommender.small import Lists, catalog, context, likes, ratings, training_data

N_ANIME = 24
UNKNOWN = N_ANIME - 1  # liked by nobody
CONFIG = NeuralConfig(towers=TwoTowerConfig(dims=16, epochs=5))


def clusters(n_users: int = 400) -> Lists:
    """Half of the people like most even titles, the others most odd ones; all have two of the other kind."""
    rng = np.random.default_rng(11)
    return {
        user: {a: 9 for a in range(user % 2, UNKNOWN, 2) if rng.random() < 0.6}
        | {int(a): 5 for a in rng.choice(np.arange(1 - user % 2, UNKNOWN, 2), 2, replace=False)}
        for user in range(n_users)
    }


def fit(lists: Lists, n_anime: int = N_ANIME, config: NeuralConfig = CONFIG) -> Neural:
    return Neural.fit(training_data(ratings(lists, n_anime)), Models(), config)


@pytest.fixture(scope="module")
def model() -> Neural:
    """Fitted on the clusters, once for all tests."""
    return fit(clusters())


def scores(model: Neural, query: Query, n_anime: int = N_ANIME) -> Floats:
    return model.scores(context(query, catalog(n_anime), model))


@pytest.mark.parametrize("rows", [[2], [2, 8], [3, 7, 11]])
def test_titles_of_the_cluster_that_is_liked_rank_first(model: Neural, rows: list[int]) -> None:
    found = scores(model, likes(rows))
    unseen = np.setdiff1d(np.arange(UNKNOWN), rows)
    mates = unseen[unseen % 2 == rows[0] % 2]
    best = unseen[np.argsort(-found[unseen])][: len(mates)]
    assert sorted(best.tolist()) == mates.tolist()


def test_scores_are_shares_and_zero_for_unknown_titles(model: Neural) -> None:
    found = scores(model, likes([2, 8]))
    assert found.sum() == pytest.approx(1, abs=1e-5)
    assert found[UNKNOWN] == 0
    assert (found[:UNKNOWN] > 0).all()


def test_order_of_a_list_does_not_matter(model: Neural) -> None:
    entries = [(2, 10), (3, 4), (8, 7), (9, 0)]
    forward, backward = (scores(model, Query.of(order)) for order in (entries, entries[::-1]))
    assert forward.tobytes() == backward.tobytes()


def test_bad_title_lowers_those_like_it(model: Neural) -> None:
    before = scores(model, likes([2, 3]))
    after = scores(model, Query.of([(2, 10), (3, 1)]))
    others = np.arange(4, UNKNOWN)
    like_the_bad_one = others[others % 2 == 1]
    assert after[like_the_bad_one].sum() < before[like_the_bad_one].sum() / 2


def test_similar_titles_are_of_the_same_cluster(model: Neural) -> None:
    for row in (4, 9):
        found = model.similarities(row)
        assert ((found >= 0) & (found <= 1)).all()
        order = np.argsort(-found[:UNKNOWN], kind="stable")
        assert (order[:8] % 2 == row % 2).all()
    assert not model.similarities(UNKNOWN).any()


def test_one_liked_title_is_answered_by_similar_ones(model: Neural) -> None:
    assert scores(model, likes([4])).tolist() == model.similarities(4).tolist()
    assert scores(model, Query.of([(4, 1)]))[3] > scores(model, Query.of([(4, 1)]))[6]


def test_people_with_one_taste_have_similar_vectors(model: Neural) -> None:
    first, second, other = (model.vector(likes(rows)) for rows in ([2, 8, 10], [4, 6, 12], [3, 5, 11]))
    assert first @ second > first @ other + 0.5


def test_preferred_genres_are_those_of_the_list(model: Neural) -> None:
    genres = model.preferred_genres(context(likes([3, 7]), catalog(N_ANIME), model))
    order = list(genres)
    assert (order[0], order[-1]) == ("Odd", "Even")


@pytest.mark.parametrize(
    ("lists", "n_anime"),
    [
        ({}, 0),
        ({}, 5),
        ({1: {0: 10}}, 1),
        ({user: {0: 10} for user in range(30)}, 1),
        ({1: {0: 10, 1: 9}}, 2),
    ],
    ids=["nothing", "no people", "one person", "one title", "one person with two titles"],
)
def test_too_little_to_learn_from_gives_finite_scores(lists: Lists, n_anime: int) -> None:
    model = fit(lists, n_anime, replace(CONFIG, people=1))
    for query in (likes([]), likes(range(n_anime))):
        assert np.isfinite(scores(model, query, n_anime)).all()
    assert all(np.isfinite(model.similarities(row)).all() for row in range(n_anime))


def test_titles_below_the_floor_are_unknown() -> None:
    model = fit({user: {0: 10, 1: 9} if user < 9 else {0: 10} for user in range(30)}, 2)
    assert model.rows.tolist() == [0]


@pytest.mark.parametrize(
    ("name", "damage", "message"),
    [
        ("rows", lambda rows: rows[::-1].copy(), "must be strictly ascending"),
        ("rows", lambda rows: rows + 2, "has values from"),
        ("inputs", lambda values: values[1:], "expected float32"),
        ("inputs", lambda values: values.astype(np.float64), "expected float32"),
        ("titles", lambda values: values * np.float32(2), "has values from"),
        ("popularity", lambda values: -values, "has values from"),
        ("scale", lambda values: values * np.float32(np.nan), "has values from"),
        ("gain", lambda values: values[:3], "expected float32"),
        ("bias", lambda values: np.full_like(values, np.inf), "has values from"),
    ],
)
def test_damaged_arrays_are_refused(
    model: Neural, tmp_path: Path, name: str, damage: Callable[[np.ndarray], np.ndarray], message: str
) -> None:
    model.save(DirectoryWriter(tmp_path, "neural"))
    path = tmp_path / f"neural.{name}.npy"
    np.save(path, damage(np.load(path)))
    with pytest.raises(ValueError, match=message):
        Neural.load(DirectoryReader(tmp_path, "neural", N_ANIME), Models(), CONFIG)


def test_loaded_model_scores_as_the_saved_one(model: Neural, tmp_path: Path) -> None:
    model.save(DirectoryWriter(tmp_path, "neural"))
    loaded = Neural.load(DirectoryReader(tmp_path, "neural", N_ANIME), Models(), CONFIG)
    for query in (likes([]), likes([1]), Query.of([(2, 10), (3, 1), (UNKNOWN, 9)])):
        assert scores(loaded, query).tobytes() == scores(model, query).tobytes()


def test_missing_library_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keras", None)
    monkeypatch.delitem(sys.modules, "recommender.kernels.two_tower", raising=False)
    with pytest.raises(MissingLibraryError, match=r"keras is not installed.*-r requirements-embeddings\.txt"):
        fit(clusters(60))
