"""`ranker`: forecasts of likes and ratings that follow the list."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.artifacts.snapshot import Snapshot
from recommender.data.query import Query
from recommender.models.hybrid import Hybrid
from recommender.models.ranker import Forecast, Ranker
from tests.conftest import TITLES


def forecast(snapshot: Snapshot, entries: list[tuple[int, int]]) -> Forecast:
    context = snapshot.context(Query.of(entries))
    return snapshot.models[Ranker].forecast(context, np.arange(TITLES))


def test_forecast_orders_ratings_as_probabilities(snapshot: Snapshot) -> None:
    found = forecast(snapshot, [(3, 9), (40, 4), (77, 8)])
    assert ((found.like_probabilities > 0) & (found.like_probabilities < 1)).all()
    assert ((found.ratings >= 1) & (found.ratings <= 10)).all()
    order = np.argsort(found.like_probabilities)
    assert (np.diff(found.ratings[order]) >= 0).all()


def test_forecast_is_lower_for_a_person_who_rates_low(snapshot: Snapshot) -> None:
    rows = list(range(0, 60, 3))
    kind = forecast(snapshot, [(row, 9 + row % 2) for row in rows])
    harsh = forecast(snapshot, [(row, 3 + row % 2) for row in rows])
    assert harsh.like_probabilities.mean() < kind.like_probabilities.mean()
    assert harsh.ratings.mean() < kind.ratings.mean()


def test_scores_are_hybrids_weighed_by_the_probability(snapshot: Snapshot) -> None:
    ranker, context = snapshot.models[Ranker], snapshot.context(Query.of([(3, 9), (40, 4), (77, 8)]))
    weights = ranker.like_probabilities(context) ** ranker.config.like_power
    assert ranker.scores(context) == pytest.approx(snapshot.models[Hybrid].scores(context) * weights)


def test_forecast_of_some_titles_equals_that_of_all(snapshot: Snapshot) -> None:
    entries, rows = [(3, 9), (40, 4), (77, 8)], np.array([250, 3, 17])
    some = snapshot.models[Ranker].forecast(snapshot.context(Query.of(entries)), rows)
    every = forecast(snapshot, entries)
    assert some.ratings == pytest.approx(every.ratings[rows], abs=1e-5)
    assert some.like_probabilities == pytest.approx(every.like_probabilities[rows], abs=1e-6)
