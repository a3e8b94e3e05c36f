"""Truth of reasons: how far a recommended title falls without the liked title named as the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics.ranking import NAN, Mean
from evaluation.protocols.holdout import Case
from recommender.data.query import Query

SAMPLE = 30  # liked titles of a list that are removed, one at a time

# query -> float64 (n_anime,), the odds that each title is liked next, in any unit
Odds = Callable[[Query], NDArray[np.float64]]


class Reason(NamedTuple):
    """Anime rows of a recommended title, and of the liked title named as the reason, if any."""

    shown: int
    named: int | None


@dataclass(frozen=True)
class Standing:
    """Influence of one liked title on a recommended one, against the other titles of the list.

    Attributes:
        above_median: share of cases where the recommended title falls further without it than without
            the median other one.
        largest: … than without any other one.
        in_three: … than without all but two.
    """

    above_median: Mean
    largest: Mean
    in_three: Mean


@dataclass(frozen=True)
class ReasonQuality:
    """Truth of the reasons under one protocol. The intervals are over users.

    Attributes:
        named_share: share of the recommended titles that have a reason.
        named: standing of the titles named.
        chance: standing of liked titles at random.
    """

    named_share: Mean
    named: Standing
    chance: Standing


def reason_quality(
    odds: Odds,
    reasons: Callable[[Query], Sequence[Reason]],
    cases: Sequence[Case],
    seed: int,
    progress: Callable[[], None] = lambda: None,
) -> ReasonQuality:
    """Remove the liked titles from each list, one at a time, and measure how far recommended titles fall.

    A fall is of the logarithm of a title's share of the odds of all titles that are not in the list. Of a
    long list a sample is removed, which includes the title named.

    Args:
        reasons: query -> recommended titles with their reasons.
        progress: called after each case.
    """
    rng = np.random.default_rng(seed)
    named_shares, named, chance = [], [], []
    for case in cases:
        page = reasons(case.query)
        named_shares.append(float(np.mean([reason.named is not None for reason in page])) if page else NAN)
        sample = rng.permutation(case.query.liked_rows)[: SAMPLE - 1]
        if standings := list(_standings(odds, case.query, page, sample)):
            named.append(np.mean([standing for standing, _ in standings], axis=0))
            chance.append(np.mean([average for _, average in standings], axis=0))
        progress()
    return ReasonQuality(Mean.of(named_shares), _mean(named), _mean(chance))


def _standings(
    odds: Odds, query: Query, reasons: Sequence[Reason], sample: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """For each title with a reason: `_standing` of the title named, and the mean of all compared titles."""
    pairs = [(shown, named) for shown, named in reasons if named is not None]
    shown = np.array([shown for shown, _ in pairs], dtype=np.int64)
    removed = np.union1d(sample, np.array([named for _, named in pairs], dtype=np.int64))
    before = _log_shares(odds(query), shown, query)
    falls = {row: before - _log_shares(odds(_without(query, row)), shown, query) for row in removed.tolist()}
    for place, (_, named) in enumerate(pairs):
        compared = np.union1d(sample, named)
        if len(compared) > 1:
            all_falls = np.array([falls[row][place] for row in compared.tolist()])
            every = np.array([_standing(all_falls, which) for which in range(len(compared))])
            yield every[compared == named][0], every.mean(axis=0)


def _log_shares(odds: NDArray[np.float64], shown: NDArray[np.int64], query: Query) -> NDArray[np.float64]:
    """float64 (len(shown),): of the odds of all titles that are not in the list of `query`."""
    logarithms: NDArray[np.float64] = np.log(odds[shown]) - np.log(np.delete(odds, query.anime_rows).sum())
    return logarithms


def _without(query: Query, row: int) -> Query:
    """The query without one title of its list."""
    return query.only(query.anime_rows != row)


def _standing(falls: NDArray[np.float64], which: int) -> tuple[bool, bool, bool]:
    """(above the median of the others, the largest, among the three largest)."""
    others = np.delete(falls, which)
    larger = int((others >= falls[which]).sum())
    return bool(falls[which] > np.median(others)), larger == 0, larger < 3


def _mean(standings: Sequence[NDArray[np.float64]]) -> Standing:
    """Mean over users."""
    return Standing(*(Mean.of(column) for column in np.reshape(standings, (-1, 3)).T))
