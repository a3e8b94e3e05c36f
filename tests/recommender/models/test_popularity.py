"""`popular` against a table worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from domain.titles import Title
from recommender.data.catalog import Catalog
from recommender.data.query import Query
from recommender.models.popularity import Popularity, PopularityConfig
from tests.recommender.small import catalog, likes, ratings

#            title 0   1      2      3 (nobody), 4 (nobody)
LISTS = {1: {0: 10, 1: 6}, 2: {0: 9, 1: 0, 2: 3}, 3: {0: 8, 2: 8}}


def fit(prior_ratings: float = 0.0) -> Popularity:
    return Popularity.fit(ratings(LISTS, 5), catalog(5), PopularityConfig(prior_ratings))


def test_likes_watchers_and_means_are_counted() -> None:
    found = fit()
    assert found.likes.tolist() == [3, 0, 1, 0, 0]
    assert found.watchers.tolist() == [3, 2, 2, 0, 0]  # also those who gave no rating
    assert found.mean_ratings[:3] == pytest.approx([9.0, 6.0, 5.5])


def test_every_rating_is_counted_and_who_gave_none() -> None:
    found = fit()
    assert (found.histograms.shape, found.histograms.dtype) == ((5, 11), np.uint32)
    assert np.argwhere(found.histograms).tolist() == [[0, 8], [0, 9], [0, 10], [1, 0], [1, 6], [2, 3], [2, 8]]
    assert found.histograms.sum() == 7
    assert found.raters.tolist() == [3, 1, 2, 0, 0]
    assert found.plain_means[:3].tolist() == [9.0, 6.0, 5.5]
    assert np.isnan(found.plain_means[3:]).all()


def test_means_are_drawn_toward_the_overall_mean() -> None:
    overall = 44 / 6
    expected = [(27 + 2 * overall) / 5, (6 + 2 * overall) / 3, (11 + 2 * overall) / 4, overall, overall]
    assert fit(prior_ratings=2.0).mean_ratings == pytest.approx(expected)


def test_titles_come_by_likes_and_those_nobody_liked_by_members() -> None:
    ranking = fit().recommend(Query.of([]), 5)
    assert ranking.anime_rows.tolist() == [0, 2, 4, 3, 1]
    assert ranking.scores[0] == 1.0
    assert (np.diff(ranking.scores) < 0).all()


def test_all_members_together_weigh_less_than_one_like() -> None:
    titles = Catalog((Title(0, "Famous", members=10**6), Title(1, "Liked once")))
    found = Popularity.fit(ratings({1: {1: 10}}, 2), titles, PopularityConfig())
    assert found.recommend(Query.of([]), 2).anime_rows.tolist() == [1, 0]


def test_everybody_gets_the_same_without_what_they_know() -> None:
    assert fit().recommend(likes([0, 4]), 5).anime_rows.tolist() == [2, 3, 1]
    assert fit().scores(likes([0])).tolist() == fit().scores(Query.of([])).tolist()


def test_without_ratings_members_alone_decide() -> None:
    found = Popularity.fit(ratings({}, 4), catalog(4), PopularityConfig())
    assert found.recommend(Query.of([]), 4).anime_rows.tolist() == [3, 2, 1, 0]
    assert found.mean_ratings.tolist() == [0.0] * 4
