"""What the knobs of a page cost and gain: each turned from 0 to 1, the other left alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from recommender.pipeline.page import Wishes

from evaluation.harness.candidates import SERVED, as_served, facts_of
from evaluation.harness.contest import Row, ask_ours
from evaluation.harness.questions import Questions
from evaluation.metrics.quality import Quality
from recommender.artifacts.snapshot import Snapshot


@dataclass(frozen=True)
class Knob:
    """A number of `Wishes`.

    Attributes:
        name: of the wish.
        values: where it is put, 0..1.
        wishes: at a value, all else as it is unless wished otherwise.
        gains: what it is turned for, and `gain`, how much of it there is.
    """

    name: str
    values: tuple[float, ...]
    wishes: Callable[[float], Wishes]
    gains: str
    gain: Callable[[Quality], float]


KNOBS = (
    Knob(
        "diversity",
        (0.0, 0.2, 0.4, 0.6, 0.8, 1.0),
        lambda value: Wishes(diversity=value),
        "variety",
        lambda quality: quality.variety.value,
    ),
    Knob(
        "niche",
        (0.0, 0.25, 0.5, 0.75, 1.0),
        lambda value: Wishes(niche=value),
        "novelty",
        lambda quality: quality.novelty,
    ),
)


@dataclass(frozen=True, eq=False)
class Curve:
    """How people are served as a knob is turned.

    Attributes:
        rows: value of the knob -> what came out, in the order of the values.
    """

    knob: Knob
    rows: Mapping[float, Row]


def curves(snapshot: Snapshot, questions: Questions) -> tuple[Curve, ...]:
    """One for each of `KNOBS`, of the algorithm that is served."""
    facts = facts_of(snapshot)

    @cache  # both knobs begin alike
    def row(wishes: Wishes) -> Row:
        name = f"diversity {wishes.diversity:g}, niche {wishes.niche:g}"
        return ask_ours(name, as_served(snapshot, snapshot.algorithms[SERVED], wishes), questions, facts)

    return tuple(Curve(knob, {value: row(knob.wishes(value)) for value in knob.values}) for knob in KNOBS)
