"""`item2vec`: mates of a planted world come first, reasons add up, tiny data are no problem."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender.data.query import Query
from recommender.models.base import MissingLibraryError, Models
from recommender.models.item2vec import Item2Vec, Item2VecConfig
from tests.recommender.small import (
    Lists,
    catalog,
    checkerboard,
    context,
    random_lists,
    ratings,
    training_data,
)

CONFIG = Item2VecConfig(people=3, dims=8)
MATES = checkerboard(200)


def fit(lists: Lists, n_anime: int = 20, config: Item2VecConfig = CONFIG) -> Item2Vec:
    return Item2Vec.fit(training_data(ratings(lists, n_anime)), Models(), config)


def scores(model: Item2Vec, entries: dict[int, int]) -> NDArray[np.float32]:
    return model.scores(context(Query.of(entries.items()), catalog(len(model.vectors)), model))


@pytest.fixture(scope="module")
def model() -> Item2Vec:
    return fit(MATES)


def test_mates_of_the_liked_titles_come_first(model: Item2Vec) -> None:
    found = scores(model, {2: 10, 6: 9})
    assert found[0::2].min() > found[1::2].max()


def test_scores_are_cosines_with_the_mean_of_the_likes(model: Item2Vec) -> None:
    mean = (model.vectors[2] + model.vectors[7]) / 2
    cosines = model.vectors @ mean / np.linalg.norm(mean)
    assert scores(model, {2: 10, 7: 8, 5: 3}) == pytest.approx(np.maximum(cosines, 0) * model.prior, abs=1e-6)


def test_prior_is_a_power_of_the_likes(model: Item2Vec) -> None:
    likes = ratings(MATES, 20).likes
    assert model.prior == pytest.approx((likes / likes.max()) ** CONFIG.prior_power, abs=1e-6)


def test_contributions_add_up_to_every_score(model: Item2Vec) -> None:
    request = context(Query.of([(2, 10), (7, 8), (5, 3)]), catalog(20), model)
    parts = model.contributions(request, np.arange(20))
    assert parts.sum(axis=0) == pytest.approx(model.scores(request), abs=1e-5)
    assert (parts[1] == 0).all()  # of the title that is not liked


def test_vectors_have_length_one_or_none() -> None:
    lists = {
        user: {0: 9, 1: 9, **({2: 9} if user < 4 else {}), **({3: 9} if user < 5 else {})}
        for user in range(20)
    }
    model = fit(lists, 5, replace(CONFIG, people=5))
    assert np.linalg.norm(model.vectors, axis=1) == pytest.approx([1, 1, 0, 1, 0])


def test_unknown_titles_have_no_scores(model: Item2Vec) -> None:
    wider = fit(MATES, 24)
    assert (scores(wider, {2: 10})[20:] == 0).all()
    assert (scores(wider, {22: 10}) == 0).all()


def test_only_the_most_liked_titles_are_known() -> None:
    model = fit(MATES, config=replace(CONFIG, titles=6))
    likes = ratings(MATES, 20).likes
    assert (
        np.flatnonzero(model.vectors.any(axis=1)).tolist()
        == np.sort(np.argsort(-likes, kind="stable")[:6]).tolist()
    )


@pytest.mark.parametrize(
    ("lists", "n_anime"),
    [
        ({}, 0),
        ({}, 3),
        ({1: {0: 9}}, 1),
        ({user: {0: 9} for user in range(9)}, 2),
        (random_lists(60, 24), 24),
    ],
    ids=["nothing", "no people", "one person", "one title", "small"],
)
def test_fit_takes_data_of_any_size(lists: dict[int, dict[int, int]], n_anime: int) -> None:
    model = fit(lists, n_anime)
    assert model.vectors.shape == (n_anime, CONFIG.dims)
    assert np.isfinite(scores(model, {0: 10} if n_anime else {})).all()


def test_missing_library_is_named_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gensim.models", None)
    with pytest.raises(
        MissingLibraryError, match=r"gensim is not installed; .* requirements-embeddings\.txt"
    ):
        fit(MATES)
