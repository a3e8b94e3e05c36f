"""Residuals: agreement of titles against a dense computation, and the habits of one person."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from domain.ranges import LIKED_FROM
from recommender.data.query import Query
from recommender.models.base import Models
from recommender.models.item_item import ItemItem, ItemItemConfig
from recommender.models.residuals import Expected, Residuals, ResidualsConfig
from tests.recommender.small import catalog, context, random_lists, ratings, training_data

N_ANIME = 20
PEOPLE = random_lists(80, N_ANIME)
CONFIG = ResidualsConfig(neighbors=N_ANIME)
NO_WEIGHTS = csr_array((N_ANIME, N_ANIME), dtype=np.float32)
EVERY_TITLE = ItemItem(ItemItemConfig(), np.arange(N_ANIME), NO_WEIGHTS, NO_WEIGHTS)
MODEL = Residuals.fit(training_data(ratings(PEOPLE, N_ANIME)), Models().with_model(EVERY_TITLE), CONFIG)


def expect(entries: list[tuple[int, int]]) -> Expected:
    return MODEL.expect(context(Query.of(entries), catalog(N_ANIME), MODEL))


def dense() -> tuple[np.ndarray, np.ndarray]:
    """(like rates, agreement), worked out on the whole table."""
    table = np.full((len(PEOPLE), N_ANIME), np.nan)
    for row, titles in enumerate(PEOPLE.values()):
        for title, rating in titles.items():
            if rating:
                table[row, title] = rating >= LIKED_FROM
    counts, likes = (~np.isnan(table)).sum(axis=0), np.nansum(table, axis=0)
    overall = likes.sum() / counts.sum()
    rates = (likes + 10 * overall) / (counts + 10)
    person = (np.nansum(table, axis=1) + 5 * overall) / ((~np.isnan(table)).sum(axis=1) + 5)
    left = np.nan_to_num(table - person[:, None] - (rates - overall)[None, :])
    seen = (~np.isnan(table)).astype(float)
    together, agreement = seen.T @ seen, left.T @ left
    lengths = np.sqrt(np.diag(agreement) + 10)
    agreement = agreement * together / (together + 50) / np.outer(lengths, lengths)
    np.fill_diagonal(agreement, 0)
    return rates, agreement


def test_agreement_equals_a_dense_computation() -> None:
    rates, agreement = dense()
    assert pytest.approx(rates, abs=1e-5) == MODEL.like_rates
    assert MODEL.agreement.toarray() == pytest.approx(agreement, abs=1e-5)


def test_expected_ignores_titles_without_a_rating() -> None:
    with_unrated = expect([(2, 9), (5, 3), (9, 0)])
    without = expect([(2, 9), (5, 3)])
    assert with_unrated.like_rate == without.like_rate
    assert with_unrated.residuals.tolist() == without.residuals.tolist()


def test_favorites_alone_leave_the_overall_like_rate() -> None:
    assert expect([(row, 10) for row in range(8)]).like_rate == MODEL.overall
