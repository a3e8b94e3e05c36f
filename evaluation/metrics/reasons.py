"""Whether reasons are true: how far a recommended title falls without the liked title named for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics.ranking import NAN, Mean
from evaluation.protocols.holdout import Case
from recommender.data.query import Query

SAMPLE = 30  # liked titles of a list that are taken out, one at a time

# query -> float64 (n_anime,), how likely each title is the next, in any unit
Odds = Callable[[Query], NDArray[np.float64]]


class Reason(NamedTuple):
    """Anime rows of a recommended title, and of the liked title that is named for it, if any is."""

    shown: int
    named: int | None


@dataclass(frozen=True)
class Standing:
    """How much one liked title does for what is recommended, against the others of its list.

    Attributes:
        above_median: share of cases where what is recommended falls further without it than without the
            median other one.
        largest: … than without any other one.
        in_three: … than without all but two.
    """

    above_median: Mean
    largest: Mean
    in_three: Mean


@dataclass(frozen=True)
class ReasonQuality:
    """Of one protocol. The intervals are over people.

    Attributes:
        given: share of the recommended titles for which a liked one is named.
        named: of the titles that are named.
        chance: of liked titles taken at random.
    """

    given: Mean
    named: Standing
    chance: Standing


def reason_quality(
    odds: Odds,
    reasons: Callable[[Query], Sequence[Reason]],
    cases: Sequence[Case],
    seed: int,
    progress: Callable[[], None] = lambda: None,
) -> ReasonQuality:
    """Take the liked titles out of each list, one at a time, and see how far what is recommended falls.

    A fall is of the logarithm of a title's share of the odds of all titles that are not in the list. Of a
    long list a sample is taken out, with the title that is named among it.

    Args:
        reasons: what is recommended, and why.
        progress: called after each case.
    """
    rng = np.random.default_rng(seed)
    given, named, chance = [], [], []
    for case in cases:
        found = reasons(replace(case.query))
        given.append(float(np.mean([reason.named is not None for reason in found])) if found else NAN)
        sample = rng.permutation(case.query.liked_rows)[: SAMPLE - 1]
        if standings := list(_standings(odds, case.query, found, sample)):
            named.append(np.mean([of_named for of_named, _ in standings], axis=0))
            chance.append(np.mean([of_any for _, of_any in standings], axis=0))
        progress()
    return ReasonQuality(Mean.of(given), _mean(named), _mean(chance))


def _standings(
    odds: Odds, query: Query, reasons: Sequence[Reason], sample: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """For each title with a reason, `_standing` of the title named, and the mean of all that compete."""
    pairs = [(shown, named) for shown, named in reasons if named is not None]
    shown = np.array([shown for shown, _ in pairs], dtype=np.int64)
    taken_out = np.union1d(sample, np.array([named for _, named in pairs], dtype=np.int64))
    before = _log_shares(odds(replace(query)), shown, query)
    falls = {
        row: before - _log_shares(odds(_without(query, row)), shown, query) for row in taken_out.tolist()
    }
    for place, (_, named) in enumerate(pairs):
        compete = np.union1d(sample, named)
        if len(compete) > 1:
            of_shown = np.array([falls[row][place] for row in compete.tolist()])
            every = np.array([_standing(of_shown, which) for which in range(len(compete))])
            yield every[compete == named][0], every.mean(axis=0)


def _log_shares(odds: NDArray[np.float64], shown: NDArray[np.int64], query: Query) -> NDArray[np.float64]:
    """float64 (len(shown),): of the odds of all titles that are not in the list of `query`."""
    logarithms: NDArray[np.float64] = np.log(odds[shown]) - np.log(np.delete(odds, query.anime_rows).sum())
    return logarithms


def _without(query: Query, row: int) -> Query:
    """The query without one title of its list."""
    kept = query.anime_rows != row
    return replace(query, anime_rows=query.anime_rows[kept], ratings=query.ratings[kept])


def _standing(falls: NDArray[np.float64], which: int) -> tuple[bool, bool, bool]:
    """Whether one is above the median of the others, the largest, among the three largest."""
    others = np.delete(falls, which)
    larger = int((others >= falls[which]).sum())
    return bool(falls[which] > np.median(others)), larger == 0, larger < 3


def _mean(standings: Sequence[NDArray[np.float64]]) -> Standing:
    """Over people."""
    return Standing(*(Mean.of(column) for column in np.reshape(standings, (-1, 3)).T))
