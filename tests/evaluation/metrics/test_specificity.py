"""Metrics of many pages, against values worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluation.metrics.specificity import (
    covered_titles,
    debiased_ndcg_at,
    fewest_likes,
    genre_divergence,
    genre_weights,
    mean_jaccard,
    median_likes,
)
from tests.recommender.small import catalog

NO_PAGE: NDArray[np.int64] = np.empty(0, np.int64)


def rows(*titles: int) -> NDArray[np.int64]:
    return np.array(titles, np.int64)


def test_debiased_ndcg_counts_a_like_by_its_rarity() -> None:
    likes = rows(100, 4, 25, 0)  # weights .1, .5, .2, 1
    ideal = 0.5 + 0.2 / math.log2(3)
    assert debiased_ndcg_at(rows(2, 1), rows(1, 2), likes, 10) == pytest.approx(
        (0.2 + 0.5 / math.log2(3)) / ideal
    )
    assert debiased_ndcg_at(rows(1, 2), rows(1, 2), likes, 10) == 1.0
    assert debiased_ndcg_at(rows(3), rows(3), likes, 10) == 1.0


def test_debiased_ndcg_ideal_has_only_k_titles() -> None:
    assert debiased_ndcg_at(rows(1), rows(0, 1), rows(100, 4), 1) == 1.0
    assert debiased_ndcg_at(rows(0), rows(0, 1), rows(100, 4), 1) == pytest.approx(0.2)
    assert math.isnan(debiased_ndcg_at(rows(0), rows(), rows(1), 10))


def test_mean_jaccard_is_over_all_pairs_of_pages() -> None:
    # {0, 1} and {1, 2} share 1 of 3; neither shares anything with {5, 6}
    mean = mean_jaccard([rows(0, 1), rows(1, 2), rows(5, 6)])
    assert mean.value == pytest.approx((1 / 3) / 3)
    # means of the pages with the others: 1/6, 1/6, 0
    spread = np.std([1 / 6, 1 / 6, 0.0])
    assert mean.margin == pytest.approx(2 * 1.96 * spread / math.sqrt(3))


def test_mean_jaccard_of_equal_empty_and_single_pages() -> None:
    assert mean_jaccard([rows(3, 4), rows(4, 3)]).value == 1.0
    assert mean_jaccard([rows(3), NO_PAGE]).value == 0.0
    assert mean_jaccard([NO_PAGE, NO_PAGE]).value == 0.0
    assert math.isnan(mean_jaccard([rows(3)]).value)


def test_covered_titles_of_few_pages_are_those_of_all() -> None:
    mean = covered_titles([rows(0, 1), rows(1, 2), rows(9)], seed=1)
    assert (mean.value, mean.margin) == (4.0, 0.0)
    assert math.isnan(covered_titles([], seed=1).value)


def test_covered_titles_count_draws_of_pages() -> None:
    # of two of these pages, two draws in three have the title that all share and two others
    mean = covered_titles([rows(0, 1), rows(0, 1), rows(0, 2)], seed=1, count=2)
    assert 2.4 < mean.value < 2.9
    assert mean.margin == pytest.approx(1.96 * 0.47, abs=0.1)
    assert covered_titles([rows(0, 1)] * 5, seed=1, count=1).value == 2.0


def test_median_likes_are_of_all_titles_shown() -> None:
    likes = rows(10, 20, 30, 40)
    assert median_likes([rows(0, 1), rows(3)], likes, seed=1).value == 20.0
    assert median_likes([rows(0, 3), NO_PAGE], likes, seed=1).value == 25.0
    assert median_likes([rows(2)] * 9, likes, seed=1).margin == 0.0
    assert median_likes([rows(0), rows(3)], likes, seed=1).margin > 0.0
    assert math.isnan(median_likes([NO_PAGE], likes, seed=1).value)


def test_fewest_likes_are_of_the_least_liked_title() -> None:
    assert fewest_likes([rows(0, 1), NO_PAGE, rows(2)], rows(9, 7, 8)) == 7.0
    assert math.isnan(fewest_likes([NO_PAGE], rows(1)))


def test_genre_weights_share_a_title_among_its_genres() -> None:
    titles = catalog(4)  # 0: Even, Every 0; 1: Odd, Every 1; …
    weights = genre_weights(titles).toarray()
    genres = list(titles.genre_masks)
    assert weights[0].tolist() == [0.5 if genre in ("even", "every 0") else 0.0 for genre in genres]
    assert weights.sum(axis=1).tolist() == [1.0] * 4


def test_genre_divergence_compares_shares_of_genres() -> None:
    genres = genre_weights(catalog(11))
    # liked: half Even, half Every 0; shown: Even, Odd a quarter each, Every 0 and Every 1 a quarter each
    mixed = 0.99 * 0.25 + 0.01 * 0.5
    assert genre_divergence(rows(0, 1), rows(10), genres) == pytest.approx(math.log(0.5 / mixed))
    assert genre_divergence(rows(0), rows(10, 0), genres) == pytest.approx(0.0)


def test_genre_divergence_is_finite_without_a_common_genre() -> None:
    genres = genre_weights(catalog(11))
    assert genre_divergence(rows(1), rows(0), genres) == pytest.approx(math.log(100))
    assert genre_divergence(NO_PAGE, rows(0), genres) == pytest.approx(math.log(100))
    assert math.isnan(genre_divergence(rows(1), NO_PAGE, genres))
