"""What is learned of likes: residuals against a dense computation, forecasts that follow the list."""

from __future__ import annotations

import numpy as np
import pytest

from domain.ratings import LIKED_FROM
from recommender.artifacts.snapshot import Snapshot
from recommender.data.query import Query
from recommender.models.residuals import Residuals, ResidualsConfig
from tests.conftest import TITLES
from tests.recommender.small import random_lists, ratings

N_ANIME = 20
PEOPLE = random_lists(80, N_ANIME)
CONFIG = ResidualsConfig(neighbors=N_ANIME)
MODEL = Residuals.fit(ratings(PEOPLE, N_ANIME), np.arange(N_ANIME), CONFIG)


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


def test_residuals_are_those_of_the_whole_table() -> None:
    rates, agreement = dense()
    assert pytest.approx(rates, abs=1e-5) == MODEL.like_rates
    assert MODEL.agreement.toarray() == pytest.approx(agreement, abs=1e-5)


def test_unrated_titles_say_nothing_of_taste() -> None:
    with_unrated = MODEL.expect(Query.of([(2, 9), (5, 3), (9, 0)]))
    without = MODEL.expect(Query.of([(2, 9), (5, 3)]))
    assert with_unrated.like_rate == without.like_rate
    assert with_unrated.residuals.tolist() == without.residuals.tolist()


def test_favorites_alone_do_not_make_somebody_who_likes_everything() -> None:
    assert MODEL.expect(Query.of([(row, 10) for row in range(8)])).like_rate == MODEL.overall


def test_a_forecast_is_a_probability_and_a_rating_and_both_agree(snapshot: Snapshot) -> None:
    rows = np.arange(TITLES)
    forecast = snapshot.ranker.forecast(Query.of([(3, 9), (40, 4), (77, 8)]), rows)
    assert ((forecast.like_probabilities > 0) & (forecast.like_probabilities < 1)).all()
    assert ((forecast.ratings >= 1) & (forecast.ratings <= 10)).all()
    order = np.argsort(forecast.like_probabilities)
    assert (np.diff(forecast.ratings[order]) >= 0).all()


def test_who_rates_low_is_expected_to_rate_lower(snapshot: Snapshot) -> None:
    rows = list(range(0, 60, 3))
    kind = snapshot.ranker.forecast(Query.of([(r, 9 + r % 2) for r in rows]), np.arange(TITLES))
    harsh = snapshot.ranker.forecast(Query.of([(r, 3 + r % 2) for r in rows]), np.arange(TITLES))
    assert harsh.like_probabilities.mean() < kind.like_probabilities.mean()
    assert harsh.ratings.mean() < kind.ratings.mean()
