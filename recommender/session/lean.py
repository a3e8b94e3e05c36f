"""A query that leans toward what a person did lately. Pure functions: no clock, no storage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.events import EventKind
from domain.ranges import FAVORITE
from recommender.data.query import Query

# int64 rows -> float32 (len(rows), len(rows)): logs of how much more often both are liked than by chance
Lifts = Callable[[NDArray[np.int64]], NDArray[np.float32]]
AGE_STEP_S = 300  # ages are compared in such steps: within one, an answer stays the same


@dataclass(frozen=True)
class SessionConfig:
    """Chosen on simulated sessions of hidden people; see docs/benchmarks."""

    # what the newest event counts, a title of the list being 1
    weights: Mapping[EventKind, float] = field(
        default_factory=lambda: {EventKind.LIKE: 1.0, EventKind.CLICK: 1.0, EventKind.VIEW: 0.7}
    )
    half_life: float = 20.0  # newer titles after which half of it is left
    half_life_hours: float = 12.0
    # a title whose mean log-lift with the others is `chance` counts half, more quickly so where it is steep
    chance: float = 0.2
    steepness: float = 4.0
    compared_from: int = 3  # titles
    least: float = 0.05  # a title that counts for less counts for nothing
    titles: int = 50  # the newest ones
    dismissed: float = 0.6  # what a dismissed title counts, …
    dismissed_rating: int = 3  # … as if it had this rating
    list_length: float = 15.0  # a longer list counts as so many titles, …
    turned: float = 3.0  # … once so much evidence is new, and before that in part
    passed_over: int = 3  # impressions without another event that mean nothing, …
    sinking: float = 0.85  # … and each further one multiplies the score by this


class Activity(NamedTuple):
    """Recent events of one person with one title.

    Attributes:
        row: of the title.
        counts: how many events of each kind.
        age_s: seconds since the newest event that is not an impression.
    """

    row: int
    counts: Mapping[EventKind, int]
    age_s: float

    @property
    def is_passed_over(self) -> bool:
        """True where the title was shown, and nothing was done with it."""
        return set(self.counts) == {EventKind.IMPRESSION}

    @property
    def is_dismissed(self) -> bool:
        return EventKind.DISMISS in self.counts and EventKind.LIKE not in self.counts


class Evidence(NamedTuple):
    """One title of a session, as evidence for or against titles like it.

    Attributes:
        weight: 0..1, how much it counts; of a dismissed title, how much against.
    """

    row: int
    weight: float
    is_dismissed: bool


def evidence_of(
    activity: Iterable[Activity], config: SessionConfig, lifts: Lifts | None = None
) -> list[Evidence]:
    """The titles that count, newest first. A title that nobody likes together with the others counts less: it
    may have been clicked by chance.

    Args:
        lifts: None: all go together.
    """
    done = sorted((one for one in activity if not one.is_passed_over), key=lambda one: (one.age_s, one.row))
    found = []
    for place, one in enumerate(done[: config.titles]):
        hours = max(one.age_s, 0) // AGE_STEP_S * AGE_STEP_S / 3_600
        fading = 0.5 ** (place / config.half_life + hours / config.half_life_hours)
        strongest = max(config.weights.get(kind, 0.0) for kind in one.counts)
        weight = config.dismissed if one.is_dismissed else strongest
        found.append(Evidence(one.row, weight * fading, one.is_dismissed))
    wanted = np.flatnonzero([not one.is_dismissed for one in found])
    if lifts is not None and len(wanted) >= config.compared_from:
        rows = np.array([found[place].row for place in wanted], dtype=np.int64)
        of_pairs = lifts(rows).astype(np.float64)
        np.fill_diagonal(of_pairs, 0)
        together = of_pairs.sum(axis=0) / (len(rows) - 1)
        trust = 1 / (1 + np.exp(-config.steepness * (together - config.chance)))
        for place, factor in zip(wanted.tolist(), trust.tolist(), strict=True):
            found[place] = found[place]._replace(weight=found[place].weight * factor)
    return [one for one in found if one.weight >= config.least]


def lean(query: Query, recent: Sequence[Evidence], config: SessionConfig) -> Query:
    """The query with recent titles as evidence; the same query where there are none.

    A title that was clicked, viewed or liked counts as a favorite, and may be recommended unless it is in the
    list. A dismissed one counts as disliked, and is not recommended.
    """
    if not recent:
        return query
    wanted = sum(one.weight for one in recent if not one.is_dismissed)
    factor = 1.0
    if query.length > config.list_length:
        factor = (config.list_length / query.length) ** min(wanted / config.turned, 1.0)
    counted = (query.weights * np.float32(factor)).tolist()
    listed = zip(query.anime_rows.tolist(), query.ratings.tolist(), counted, strict=True)
    entries = {row: (rating, weight) for row, rating, weight in listed}
    unlisted = set()
    for one in recent:
        rating, weight = entries.get(one.row, (FAVORITE, 0.0))
        if one.row not in entries and not one.is_dismissed:
            unlisted.add(one.row)
        if one.row not in entries and one.is_dismissed:
            rating = config.dismissed_rating
        entries[one.row] = rating, max(weight, one.weight)
    rows = np.array(sorted(entries), dtype=np.int64)
    ratings, weights = zip(*(entries[row] for row in rows.tolist()), strict=True)
    return replace(
        query,
        anime_rows=rows,
        ratings=np.array(ratings, dtype=np.uint8),
        weights=np.array(weights, dtype=np.float32),
        recent_rows=np.array(sorted(unlisted), dtype=np.int64),
    )


def sunk(
    activity: Sequence[Activity], config: SessionConfig
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """int64, titles that were shown often and passed over; float64, below 1, factors of their scores.

    None, as long as nothing else was done: who only looks at the same page again finds it as it was.
    """
    if all(one.is_passed_over for one in activity):
        return np.empty(0, np.int64), np.empty(0, np.float64)
    times = {one.row: one.counts[EventKind.IMPRESSION] for one in activity if one.is_passed_over}
    often = {row: count - config.passed_over for row, count in times.items() if count > config.passed_over}
    return np.array(list(often), np.int64), config.sinking ** np.array(list(often.values()), np.float64)
