"""Cost and gain of the page options that are numbers: each varied from 0 to 1, the rest as by default."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from evaluation.harness.candidates import as_served, title_facts
from evaluation.harness.harness import Progress, Result, evaluate_candidate, no_progress
from evaluation.harness.queries import Queries
from evaluation.metrics.quality import Quality
from recommender.artifacts.snapshot import Snapshot
from recommender.models.registry import DEFAULT_ALGORITHM
from recommender.pipeline.options import PageOptions


@dataclass(frozen=True)
class VariedOption:
    """A number of `PageOptions`.

    Attributes:
        name: its field.
        values: those measured, 0..1.
        gain_name, gain: the quality that it is meant to raise.
    """

    name: str
    values: tuple[float, ...]
    gain_name: str
    gain: Callable[[Quality], float]

    def options(self, value: float) -> PageOptions:
        """The default options but for this one."""
        changes: dict[str, Any] = {self.name: value}
        return replace(PageOptions(), **changes)


VARIED_OPTIONS = (
    VariedOption(
        "diversity", (0.0, 0.2, 0.4, 0.6, 0.8, 1.0), "variety", lambda quality: quality.variety.value
    ),
    VariedOption("niche", (0.0, 0.25, 0.5, 0.75, 1.0), "novelty", lambda quality: quality.novelty),
)


@dataclass(frozen=True, eq=False)
class OptionCurve:
    """Quality of pages as one option grows.

    Attributes:
        results: value of the option -> quality, in the order of the values.
    """

    option: VariedOption
    results: Mapping[float, Result]


def option_curves(
    snapshot: Snapshot, queries: Queries, progress: Progress = no_progress
) -> tuple[OptionCurve, ...]:
    """A curve for each of `VARIED_OPTIONS`, of the default algorithm as it is served."""
    facts = title_facts(snapshot)

    @cache  # all curves start with the default options
    def result(options: PageOptions) -> Result:
        name = f"diversity {options.diversity:g}, niche {options.niche:g}"
        recommend = as_served(snapshot, DEFAULT_ALGORITHM, options)
        return evaluate_candidate(name, recommend, queries, facts, progress)

    return tuple(
        OptionCurve(option, {value: result(option.options(value)) for value in option.values})
        for option in VARIED_OPTIONS
    )
