"""`popular`: counts, means and order against a table worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from domain.titles import Title
from recommender.data.catalog import Catalog
from recommender.data.query import Query
from recommender.models.base import Models
from recommender.models.popularity import Popularity, PopularityConfig
from tests.recommender.small import Lists, catalog, context, likes, own_order, ratings, training_data

TITLES = catalog(5)
#            title 0   1      2      3 (nobody), 4 (nobody)
LISTS = {1: {0: 10, 1: 6}, 2: {0: 9, 1: 0, 2: 3}, 3: {0: 8, 2: 8}}


def fit(lists: Lists = LISTS, titles: Catalog = TITLES, prior_ratings: float = 0.0) -> Popularity:
    data = training_data(ratings(lists, len(titles)), titles)
    return Popularity.fit(data, Models(), PopularityConfig(prior_ratings))


def order(model: Popularity, query: Query, titles: Catalog = TITLES) -> list[int]:
    return own_order(model, context(query, titles, model), len(titles)).anime_rows.tolist()


def test_likes_watchers_and_means_equal_counts() -> None:
    found = fit()
    assert found.likes.tolist() == [3, 0, 1, 0, 0]
    assert found.watchers.tolist() == [3, 2, 2, 0, 0]  # also those who gave no rating
    assert found.mean_ratings[:3] == pytest.approx([9.0, 6.0, 5.5])


def test_histograms_count_every_rating_and_its_absence() -> None:
    found = fit()
    assert (found.histograms.shape, found.histograms.dtype) == ((5, 11), np.uint32)
    assert np.argwhere(found.histograms).tolist() == [[0, 8], [0, 9], [0, 10], [1, 0], [1, 6], [2, 3], [2, 8]]
    assert found.histograms.sum() == 7
    assert found.raters.tolist() == [3, 1, 2, 0, 0]
    assert found.plain_means[:3].tolist() == [9.0, 6.0, 5.5]
    assert np.isnan(found.plain_means[3:]).all()


def test_mean_ratings_are_drawn_toward_the_overall_mean() -> None:
    overall = 44 / 6
    expected = [(27 + 2 * overall) / 5, (6 + 2 * overall) / 3, (11 + 2 * overall) / 4, overall, overall]
    assert fit(prior_ratings=2.0).mean_ratings == pytest.approx(expected)


def test_popularity_orders_by_likes_then_by_members() -> None:
    model = fit()
    ranking = own_order(model, context(Query.of([]), TITLES, model), 5)
    assert ranking.anime_rows.tolist() == [0, 2, 4, 3, 1]
    assert ranking.scores[0] == 1.0
    assert (np.diff(ranking.scores) < 0).all()


def test_all_members_together_weigh_less_than_one_like() -> None:
    titles = Catalog((Title(0, "Famous", members=10**6), Title(1, "Liked once")))
    assert order(fit({1: {1: 10}}, titles), Query.of([]), titles) == [1, 0]


def test_popularity_is_the_same_for_every_list() -> None:
    model = fit()
    assert order(model, likes([0, 4])) == [2, 3, 1]
    scores = [model.scores(context(query, TITLES, model)).tolist() for query in (likes([0]), Query.of([]))]
    assert scores[0] == scores[1]


def test_popularity_without_ratings_orders_by_members() -> None:
    model = fit({}, catalog(4), PopularityConfig().prior_ratings)
    assert order(model, Query.of([]), catalog(4)) == [3, 2, 1, 0]
    assert model.mean_ratings.tolist() == [0.0] * 4
