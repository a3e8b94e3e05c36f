"""`blend`: a weighted sum of other algorithms' scores, each in units of its own best titles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender.artifacts.snapshot import Snapshot
from recommender.data.query import Query
from recommender.models.blend import BEST, SPEC, Blend
from recommender.models.context import ScoringContext
from recommender.models.popularity import Popularity
from recommender.models.registry import BLENDED, ModelConfig, check_weights
from tests.recommender.small import catalog, context, likes, popularity

LIST = Query.of([(3, 10), (40, 9), (90, 3), (120, 0)])


def order(scores: NDArray[np.float32]) -> list[int]:
    """Of the titles outside the list, best first."""
    return [row for row in np.argsort(-scores, kind="stable").tolist() if row not in LIST.anime_rows]


def in_units(snapshot: Snapshot, name: str) -> NDArray[np.float64]:
    """The scores of an algorithm, in those of its best titles outside the list."""
    scores = snapshot.scorer(name).scores(snapshot.context(LIST)).astype(float)
    best = np.sort(np.delete(scores, LIST.anime_rows))[-BEST:]
    return scores / np.maximum(best, 0).mean()


@pytest.mark.parametrize("name", BLENDED)
def test_one_weight_alone_keeps_the_order_of_its_algorithm(snapshot: Snapshot, name: str) -> None:
    own = order(snapshot.scorer(name).scores(snapshot.context(LIST)))
    for weight in (1.0, 0.001):
        blended = snapshot.scorer("blend").scores(snapshot.context(LIST, weights={name: weight}))
        assert order(blended)[:20] == own[:20]


def test_scores_are_the_weighted_sum_of_comparable_ones(snapshot: Snapshot) -> None:
    weights = {"hybrid": 0.25, "item-item": 1.0, "popular": 0.5, "user-user": 0.0}
    blended = snapshot.scorer("blend").scores(snapshot.context(LIST, weights=weights))
    expected = sum(weight * in_units(snapshot, name) for name, weight in weights.items())
    assert blended == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_blend_without_weights_has_those_of_its_description(snapshot: Snapshot) -> None:
    assert SPEC.algorithm is not None
    assert SPEC.algorithm.weights == {"item-item": 0.5, "user-user": 0.3, "content-based": 0.2}
    own, explicit = snapshot.context(LIST), snapshot.context(LIST, weights=SPEC.algorithm.weights)
    assert np.array_equal(snapshot.scorer("blend").scores(own), snapshot.scorer("blend").scores(explicit))


def test_contributions_are_weighted_as_the_scores(snapshot: Snapshot) -> None:
    weights = {"item-item": 0.2, "user-user": 0.7, "content-based": 1.0, "popular": 1.0}
    request, rows = snapshot.context(LIST, weights=weights), np.array([0, 7, 200])
    without = snapshot.context(LIST, weights={name: w for name, w in weights.items() if name != "popular"})
    parts = snapshot.models[Blend].contributions(request, rows)
    assert parts.shape == (4, 3)
    assert parts.sum(axis=0) == pytest.approx(snapshot.models[Blend].scores(without)[rows], abs=1e-4)


def test_algorithm_that_knows_nothing_adds_nothing() -> None:
    nothing = popularity(np.zeros(5))
    request = context(likes([1]), catalog(5), nothing)
    scores = Blend().scores(replace(request, weights={Popularity: 1.0}))
    assert scores.tolist() == [0.0] * 5


def test_list_of_every_title_leaves_finite_scores() -> None:
    request: ScoringContext = context(likes(range(4)), catalog(4), popularity([1, 0.5, 0.2, 0.1]))
    assert np.isfinite(Blend().scores(replace(request, weights={Popularity: 1.0}))).all()


def test_manifest_without_a_blend_is_read_as_one_with_it() -> None:
    config = ModelConfig.default()
    stored = config.to_dict()
    del stored["models"]["blend"]
    assert ModelConfig.from_dict(stored) == config
    assert "blend" in config.algorithms


@pytest.mark.parametrize(
    ("algorithm", "weights", "reason"),
    [
        ("hybrid", {"item-item": 1.0}, "weights go with blend, not with hybrid"),
        ("blend", {"blend": 1.0}, "'blend' cannot have a weight; known are hybrid, user-user, item-item"),
        ("blend", {"nearest": 1.0}, "'nearest' cannot have a weight"),
        ("blend", {"item-item": 1.5}, "a weight is from 0 to 1, not 1.5"),
        ("blend", {"item-item": -0.5}, "a weight is from 0 to 1, not -0.5"),
        ("blend", {"item-item": float("nan")}, "a weight is from 0 to 1, not nan"),
        ("blend", {"item-item": 0.0, "popular": 0.0}, "at least one of the weights must be above 0"),
    ],
)
def test_impossible_weights_are_refused(algorithm: str, weights: dict[str, float], reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{reason}"):
        check_weights(algorithm, weights)
