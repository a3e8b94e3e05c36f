"""Results of an experiment: a function of its exposures and of the events that name their pages.

A unit counts once `counted_days` have passed since its first page, by what it did in that time. So each is
one draw that never changes, which is what the statistics ask for. A title counts once, however often somebody
clicks it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from db.exposures import ExposedUnit, Outcome, UnitId
from domain.events import EventKind
from domain.experiments import INTERLEAVED
from experiments.declaration import Experiment
from experiments.interleaving import score
from experiments.statistics import Estimate, Sample, difference, mean_of, sample_ratio_p

ALPHA = 0.05  # all intervals of an experiment's effects hold together, at all times, with 95 %
MEASURES = (EventKind.CLICK, EventKind.LIKE, EventKind.DISMISS)
SUSPICIOUS = 0.01  # p of the sample ratio


class Figure(NamedTuple):
    """A value with its interval; None: too early to say."""

    value: float
    low: float | None
    high: float | None

    @classmethod
    def of(cls, estimate: Estimate) -> Figure:
        ends = float(estimate.low), float(estimate.high)
        low, high = (end if np.isfinite(end) else None for end in ends)
        return cls(float(estimate.value), low, high)

    @property
    def excludes_zero(self) -> bool:
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


class VariantResult(NamedTuple):
    """One variant.

    Attributes:
        exposed: units that got a page of it.
        counted: those of them whose time is over.
        rates: measure -> different titles for each counted unit.
    """

    name: str
    exposed: int
    counted: int
    rates: Mapping[EventKind, Figure]


class Effect(NamedTuple):
    """The change of a rate by a variant, against the first one.

    Attributes:
        change: of the rate.
        detectable: the smallest change that this many units find in 80 of 100 experiments; None: too early.
    """

    variant: str
    measure: EventKind
    change: Figure
    detectable: float | None


class Preference(NamedTuple):
    """The one of two interleaved rankings that people choose from.

    Attributes:
        units: who clicked something while they counted.
        clicks: titles of each ranking that were clicked.
        score: -1 .. 1, see `interleaving.score`: above 0 they prefer the second.
    """

    units: int
    clicks: tuple[int, int]
    score: Figure


@dataclass(frozen=True)
class Results:
    """The outcome of an experiment so far.

    Attributes:
        switched: units that got pages of several variants, as when weights were changed; they count nowhere.
        sample_ratio_p: of units being assigned by weight; below SUSPICIOUS something is wrong.
        preference: of an interleaved experiment only.
    """

    experiment: Experiment
    variants: Sequence[VariantResult]
    effects: Sequence[Effect]
    switched: int
    sample_ratio_p: float | None
    preference: Preference | None = None

    @property
    def is_suspicious(self) -> bool:
        return self.sample_ratio_p is not None and self.sample_ratio_p < SUSPICIOUS


def results_of(
    experiment: Experiment, units: Iterable[ExposedUnit], outcomes: Iterable[Outcome], now: datetime
) -> Results:
    """Evaluate an experiment as it stands."""
    names = [INTERLEAVED] if experiment.interleave else [variant.name for variant in experiment.variants]
    variants, switched = _variants(units, names)
    window = timedelta(days=experiment.counted_days)
    counted = {
        unit: first_at
        for of_variant in variants.values()
        for unit, first_at in of_variant.items()
        if first_at + window <= now
    }
    in_time = [
        one
        for one in outcomes
        if one.unit_id in counted and timedelta(0) <= one.received_at - counted[one.unit_id] < window
    ]
    titles: dict[tuple[UnitId, str], set[int]] = defaultdict(set)
    for one in in_time:
        titles[one.unit_id, one.kind].add(one.anime_id)
    samples = {
        (name, measure): _sample(
            [len(titles.get((unit, measure), ())) for unit in variants[name] if unit in counted]
        )
        for name in names
        for measure in MEASURES
    }
    found = [
        VariantResult(
            name,
            len(variants[name]),
            int(samples[name, MEASURES[0]].n),
            {
                measure: Figure.of(mean_of(samples[name, measure], ALPHA, experiment.planned_units))
                for measure in MEASURES
            },
        )
        for name in names
    ]
    if experiment.interleave:
        return Results(experiment, found, (), switched, None, _preference(experiment, in_time))
    weights = [variant.weight for variant in experiment.variants]
    ratio = sample_ratio_p([len(variants[name]) for name in names], weights)
    return Results(experiment, found, _effects(experiment, names, samples), switched, ratio)


def _variants(
    units: Iterable[ExposedUnit], names: Collection[str]
) -> tuple[dict[str, dict[UnitId, datetime]], int]:
    """Variant -> unit -> its first page, of units with one variant; and how many have several."""
    units = [one for one in units if one.variant in names]
    seen = Counter(one.unit_id for one in units)
    variants: dict[str, dict[UnitId, datetime]] = {name: {} for name in names}
    for one in units:
        if seen[one.unit_id] == 1:
            variants[one.variant][one.unit_id] = one.first_at
    return variants, sum(count > 1 for count in seen.values())


def _effects(
    experiment: Experiment, names: Sequence[str], samples: Mapping[tuple[str, EventKind], Sample]
) -> list[Effect]:
    """Of every variant but the first, on every measure."""
    control, *others = names
    alpha = ALPHA / (len(others) * len(MEASURES))  # Bonferroni
    effects = []
    for name in others:
        for measure in MEASURES:
            estimate = difference(
                samples[control, measure], samples[name, measure], alpha, experiment.planned_units
            )
            detectable = float(estimate.detectable)
            effects.append(
                Effect(name, measure, Figure.of(estimate), detectable if np.isfinite(detectable) else None)
            )
    return effects


def _preference(experiment: Experiment, outcomes: Iterable[Outcome]) -> Preference:
    """From the clicks on titles that one of the two rankings had put on the page."""
    credited: dict[UnitId, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    for one in outcomes:
        if one.kind == EventKind.CLICK and one.teams is not None:
            for team, own in zip(one.teams, credited[one.unit_id], strict=True):
                if one.anime_id in team:
                    own.add(one.anime_id)
    counts = [(len(first), len(second)) for first, second in credited.values() if first or second]
    sample = _sample([score(first, second) for first, second in counts], low=-1.0)
    clicks = sum(first for first, _ in counts), sum(second for _, second in counts)
    estimate = mean_of(sample, ALPHA, experiment.planned_units)
    return Preference(len(counts), clicks, Figure.of(estimate))


def _sample(values: Sequence[float], low: float = 0.0) -> Sample:
    array = np.array(values, dtype=np.float64)
    return Sample.of(len(array), array.sum(), (array**2).sum(), low)
