"""Statistics of experiments, proven on simulated people whose true effects are known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from experiments.statistics import (
    MIN_UNITS,
    Estimate,
    Sample,
    boundary,
    difference,
    mean_of,
    sample_ratio_p,
)

RUNS, DAYS = 400, 28
METRICS = 3
ALPHA = 0.05 / METRICS  # for all of them together
PLANNED = 10_000
RATES = (0.8, 0.1, 0.03)  # clicks, likes, dismissals of a person
EFFECTS = (0.1, 0.03, -0.01)


def people(rng: np.random.Generator, rate: float, per_day: int) -> Sample:
    """Of RUNS experiments as they stand on each day: people differ, some do very much."""
    own = rng.gamma(0.5, rate / 0.5, (RUNS, DAYS, per_day))
    events = rng.poisson(own).astype(float)
    counts = np.cumsum(np.full((RUNS, DAYS), float(per_day)), axis=1)
    return Sample.of(counts, events.sum(2).cumsum(1), (events**2).sum(2).cumsum(1))


def experiments(seed: int, effects: tuple[float, ...], per_day: int) -> list[tuple[float, Estimate]]:
    """(true effect, what is estimated of it in each run on each day) of each metric."""
    rng = np.random.default_rng(seed)
    return [
        (
            effect,
            difference(people(rng, rate, per_day), people(rng, rate + effect, per_day), ALPHA, PLANNED),
        )
        for rate, effect in zip(RATES, effects, strict=True)
    ]


def always_covered(found: list[tuple[float, Estimate]]) -> NDArray[np.bool_]:
    """bool (RUNS,): every interval of every day and metric has the true effect in it."""
    return np.all([((one.low <= true) & (true <= one.high)).all(1) for true, one in found], axis=0)


@pytest.mark.parametrize("per_day", [15, 60])
def test_true_effects_are_in_the_intervals_every_day(per_day: int) -> None:
    assert always_covered(experiments(1, EFFECTS, per_day)).mean() >= 0.93


@pytest.mark.parametrize("per_day", [15, 60])
def test_no_effect_is_found_where_there_is_none(per_day: int) -> None:
    found = experiments(2, (0.0, 0.0, 0.0), per_day)
    assert np.any([one.excludes_zero.any(1) for _, one in found], axis=0).mean() <= 0.05


def test_usual_intervals_looked_at_daily_find_what_is_not_there() -> None:
    """The reason for the wider ones; and these people could make a test of them fail."""
    found = experiments(2, (0.0, 0.0, 0.0), 60)
    usual = [np.abs(one.value) > 1.96 * one.standard_error for _, one in found]
    assert np.any([days.any(1) for days in usual], axis=0).mean() > 0.3


def test_large_effects_are_found() -> None:
    found = experiments(3, (0.4, 0.0, 0.0), 60)
    assert found[0][1].excludes_zero[:, -1].mean() > 0.9


def test_detectable_effect_is_found_in_four_of_five() -> None:
    n, rng = 2_000, np.random.default_rng(4)
    control = Sample.of(n, 0, n)
    effect = float(difference(control, control, ALPHA, PLANNED).detectable)
    means = rng.normal(effect, 1 / np.sqrt(n), 2_000), rng.normal(0, 1 / np.sqrt(n), 2_000)
    samples = [Sample.of(n, n * mean, n * (1 + mean**2)) for mean in means]
    found = difference(samples[1], samples[0], ALPHA, PLANNED).excludes_zero.mean()
    assert 0.75 < found < 0.85


def test_means_are_in_their_intervals_every_day() -> None:
    sample = people(np.random.default_rng(6), 0.1, 60)
    found = mean_of(sample, 0.05, PLANNED)
    assert ((found.low <= 0.1) & (found.high >= 0.1)).all(1).mean() >= 0.93


def test_small_samples_say_nothing() -> None:
    few = Sample.of(MIN_UNITS - 1, 50, 50)
    many = Sample.of(MIN_UNITS, 50, 50)
    assert np.isinf(mean_of(few, 0.05, PLANNED).margin)
    assert np.isfinite(mean_of(many, 0.05, PLANNED).margin)
    assert np.isinf(difference(few, many, 0.05, PLANNED).margin)


def test_sample_without_an_event_does_not_rule_them_out() -> None:
    nothing = Sample.of(1_000, 0, 0)
    assert nothing.mean == 0
    assert mean_of(nothing, 0.05, PLANNED).high > 0.003


def test_boundary_is_narrowest_where_it_was_planned() -> None:
    n = np.arange(1_000, 40_000, 500)
    widths = boundary(n, 0.05, 10_000) / np.sqrt(n)  # of intervals
    assert (np.diff(widths) < 0).all()
    at = {planned: float(boundary(10_000, 0.05, planned)) for planned in (1_000, 10_000, 100_000)}
    assert at[10_000] < min(at[1_000], at[100_000])
    assert 2.5 < at[10_000] < 3.2  # the usual one, which allows one look: 1.96


def test_sample_ratio_of_the_weights_is_not_suspicious() -> None:
    rng = np.random.default_rng(7)
    alarms = 0
    for _ in range(RUNS):
        counts = rng.multinomial(100, [0.5, 0.3, 0.2], DAYS).cumsum(axis=0)
        alarms += any(sample_ratio_p(day, [5, 3, 2]) < 0.01 for day in counts)
    assert alarms / RUNS <= 0.01


def test_sample_ratio_that_is_off_is_noticed() -> None:
    assert sample_ratio_p([5_300, 4_700], [1, 1]) < 1e-4
    assert sample_ratio_p([5_030, 4_970], [1, 1]) > 0.5
    assert sample_ratio_p([0, 0], [1, 1]) == 1
