"""Results: who counts, for what, and that the figures are those of the statistics."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
import pytest

from db.exposures import ExposedUnit, Outcome
from domain.experiments import INTERLEAVED
from experiments.results import MEASURES, Results, results_of
from tests.experiments.declared import experiment

START = datetime(2026, 12, 1)
LATER = START + timedelta(days=10)
CLICK, LIKE, DISMISS = MEASURES


def exposed(unit: int, variant: str = "model", hours: float = 0) -> ExposedUnit:
    return ExposedUnit(variant, UUID(int=unit), START + timedelta(hours=hours))


def done(
    unit: int, anime_id: int = 1, kind: str = "click", hours: float = 1, teams: list[list[int]] | None = None
) -> Outcome:
    return Outcome(UUID(int=unit), kind, anime_id, START + timedelta(hours=hours), teams)


def results(
    units: list[ExposedUnit], outcomes: list[Outcome], now: datetime = LATER, **changes: object
) -> Results:
    return results_of(experiment(**changes), units, outcomes, now)


def test_different_titles_within_the_time_count() -> None:
    outcomes = [
        *(done(1, 5), done(1, 5, hours=2), done(1, 6, hours=23.9)),  # two titles in time
        *(done(1, 7, hours=24), done(1, 8, hours=-0.1)),  # too late, too early
        *(done(1, 5, "like"), done(2, 9), done(3, 9)),
    ]
    found = results([exposed(1), exposed(2, "shuffled")], outcomes)
    model, shuffled = found.variants
    assert (model.exposed, model.counted, shuffled.exposed) == (1, 1, 1)
    assert [model.rates[measure].value for measure in MEASURES] == [2, 1, 0]
    assert [shuffled.rates[measure].value for measure in MEASURES] == [1, 0, 0]


def test_unit_counts_when_its_time_is_over() -> None:
    units, outcomes = [exposed(1), exposed(2, hours=12)], [done(1), done(2, hours=13)]
    now = START + timedelta(hours=24)
    (model, _), later = results(units, outcomes, now).variants, results(units, outcomes).variants
    assert (model.exposed, model.counted) == (2, 1)
    assert later[0].counted == 2
    assert results(units, outcomes, now, counted_days=2).variants[0].counted == 0


def test_unit_of_two_variants_counts_nowhere() -> None:
    found = results([exposed(1), exposed(1, "shuffled", 3), exposed(2)], [done(1), done(2)])
    assert (found.switched, found.variants[0].exposed, found.variants[1].exposed) == (1, 1, 0)


def test_variant_that_is_not_declared_any_more_is_ignored() -> None:
    found = results([exposed(1, "gone"), exposed(2)], [done(1)])
    assert [one.exposed for one in found.variants] == [1, 0]


def many(rate: dict[str, float], people: int, seed: int = 1) -> tuple[list[ExposedUnit], list[Outcome]]:
    rng = np.random.default_rng(seed)
    units = [exposed(number, list(rate)[number % len(rate)], number / people) for number in range(people)]
    outcomes = [
        done(number, title, hours=number / people + 0.5)
        for number, unit in enumerate(units)
        for title in range(rng.poisson(rate[unit.variant]))
    ]
    return units, outcomes


def test_effect_is_found_in_the_counts_of_people() -> None:
    found = results(*many({"model": 1.0, "shuffled": 0.5}, 3_000))
    clicks, likes, dismissals = found.effects
    assert (clicks.variant, [one.measure for one in found.effects]) == ("shuffled", list(MEASURES))
    assert clicks.change.excludes_zero
    assert clicks.change.low is not None
    assert clicks.change.high is not None
    assert clicks.change.low < -0.5 < clicks.change.high < 0
    assert clicks.detectable is not None
    assert not likes.change.excludes_zero
    assert not dismissals.change.excludes_zero
    assert not found.is_suspicious


def test_too_few_people_say_nothing() -> None:
    effect = results(*many({"model": 1.0, "shuffled": 0.1}, 100)).effects[0]
    assert (effect.change.low, effect.change.high, effect.detectable) == (None, None, None)
    assert not effect.change.excludes_zero


def test_sample_ratio_is_that_of_the_weights() -> None:
    units, _ = many({"model": 1.0, "shuffled": 1.0}, 2_000)
    uneven = [{"name": "model", "weight": 2}, {"name": "shuffled", "weight": 1}]
    assert not results(units, []).is_suspicious
    assert results(units, [], variants=uneven).is_suspicious


@pytest.mark.parametrize("prefers", [0, 1])
def test_interleaved_clicks_count_for_the_team(prefers: int) -> None:
    units = [exposed(number, INTERLEAVED) for number in range(400)]
    outcomes = [
        done(number, 10 * (prefers if number % 3 else 1 - prefers) + 1, teams=[[1, 2], [11, 12]])
        for number in range(300)
    ]
    found = results(units, [*outcomes, *outcomes], interleave=True)
    preference = found.preference
    assert preference is not None
    assert (found.effects, found.sample_ratio_p) == ((), None)
    assert (found.variants[0].name, found.variants[0].exposed) == (INTERLEAVED, 400)
    assert (preference.units, preference.clicks[prefers], preference.clicks[1 - prefers]) == (300, 200, 100)
    assert preference.score.value == pytest.approx((2 * prefers - 1) / 3)
    assert preference.score.excludes_zero
