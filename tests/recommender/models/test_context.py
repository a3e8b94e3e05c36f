"""ScoringContext and its cache: computed once for a request, shared with no other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender.models.base import Models, cached_on_context
from recommender.models.context import ScoringContext
from recommender.models.popularity import Popularity
from tests.recommender.small import catalog, context, likes, popularity

TITLES = catalog(4)


class Counting:
    """A model that counts how often it computes."""

    def __init__(self) -> None:
        self.computed: list[str] = []

    @cached_on_context
    def scores(self, context: ScoringContext) -> NDArray[np.float32]:
        """One for each title of the list."""
        self.computed.append("scores")
        return np.isin(np.arange(context.n_anime), context.query.anime_rows).astype(np.float32)

    @cached_on_context
    def evidence(self, context: ScoringContext) -> float:
        """The sum of the scores."""
        self.computed.append("evidence")
        return float(self.scores(context).sum())


def test_cached_method_is_computed_once_for_a_request() -> None:
    model = Counting()
    request = context(likes([1, 2]), TITLES, model)
    assert [model.evidence(request) for _ in range(3)] == [2.0] * 3
    assert model.scores(request).tolist() == [0, 1, 1, 0]
    assert model.computed == ["evidence", "scores"]


def test_requests_share_no_cached_value() -> None:
    model = Counting()
    found = [model.scores(context(likes(rows), TITLES, model)).tolist() for rows in ([0], [3], [0])]
    assert found == [[1, 0, 0, 0], [0, 0, 0, 1], [1, 0, 0, 0]]
    assert model.computed == ["scores"] * 3


def test_changed_request_shares_no_cached_value() -> None:
    model = Counting()
    request = context(likes([0]), TITLES, model)
    assert model.scores(request).tolist() == [1, 0, 0, 0]
    assert model.scores(replace(request, query=likes([3]))).tolist() == [0, 0, 0, 1]


def test_models_of_one_class_share_no_cached_value() -> None:
    one, two = Counting(), Counting()
    request = context(likes([0]), TITLES, one)
    assert one.evidence(request) == two.evidence(request) == 1.0
    assert one.computed == two.computed == ["evidence", "scores"]


def test_cached_method_keeps_its_name_and_docstring() -> None:
    assert (Counting.evidence.__name__, Counting.evidence.__doc__) == ("evidence", "The sum of the scores.")


def test_models_are_found_by_class() -> None:
    model = popularity([1, 2])
    models = Models().with_model(model)
    assert models[Popularity].prior.tolist() == [1, 2]
    assert (list(models), len(models)) == ([Popularity], 1)


def test_models_without_the_class_raise() -> None:
    with pytest.raises(KeyError, match="Popularity"):
        Models()[Popularity]


def test_with_model_replaces_one_of_its_class_in_a_copy() -> None:
    before = Models().with_model(popularity([1, 2]))
    after = before.with_model(popularity([3, 4])).with_model(Counting())
    assert after[Popularity].prior.tolist() == [3, 4]
    assert (before[Popularity].prior.tolist(), len(before), len(after)) == ([1, 2], 1, 2)
