"""Quality of the rankings that one algorithm makes for the cases of a protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from evaluation.metrics.ranking import (
    Mean,
    adult_share,
    hit_at,
    later_part_share,
    ndcg_at,
    recall_at,
    shows_two_of_one,
    variety,
)
from evaluation.protocols.holdout import Case
from recommender.data.query import Query

SHOWN = 10  # titles that a user looks at
DEPTH = 20  # titles in a ranking
Recommend = Callable[[Query, int], NDArray[np.int64]]  # (query, k) -> anime rows, best first
Known = TypeVar("Known")


@dataclass(frozen=True, eq=False)
class TitleFacts:
    """Facts on the titles that metrics need.

    Attributes:
        likes: int64 (n_anime,), of the training data.
        n_users: of the training data.
        nsfw: bool (n_anime,), adult titles.
        entries: int32 (n_anime,) or None: the row of the title that each one's franchise starts with.
        groups: int32 (n_anime,) or None: the franchise of each title.
        terms: csr (n_anime, n_terms) or None: describes titles, rows of length 1.
    """

    likes: NDArray[np.int64]
    n_users: int
    nsfw: NDArray[np.bool_]
    entries: NDArray[np.int32] | None = None
    groups: NDArray[np.int32] | None = None
    terms: csr_array | None = None


@dataclass(frozen=True, eq=False)
class Rankings:
    """The rankings of one algorithm for the cases of one protocol, in their order.

    Attributes:
        ranked: for each case int64 (at most DEPTH,), anime rows, best first.
        milliseconds: median time of one ranking.
    """

    ranked: tuple[NDArray[np.int64], ...]
    milliseconds: float

    def check(self, cases: Sequence[Case]) -> Rankings:
        """Itself.

        Raises:
            ValueError: there are not as many rankings as cases, or one repeats a title or has a title that
                was sent.
        """
        if len(self.ranked) != len(cases):
            raise ValueError(f"{len(cases)} cases need as many rankings, got {len(self.ranked)}")
        for number, (ranked, case) in enumerate(zip(self.ranked, cases, strict=True)):
            if len(np.unique(ranked)) < len(ranked):
                raise ValueError(f"ranking {number} has a title twice")
            if np.isin(ranked, case.query.anime_rows).any():
                raise ValueError(f"ranking {number} has a title that was sent")
        return self


@dataclass(frozen=True, eq=False)
class Quality:
    """All metrics of one algorithm under one protocol.

    Attributes:
        ndcg: NDCG@10, ideal gain over min(10, relevant).
        recall: Recall@20, hits / min(20, relevant).
        hit_rate: HR@10, share of cases with at least one hit.
        coverage: share of the catalog that is in any first 10.
        popularity: mean over the first 10s of a title's likes.
        novelty: mean over the first 10s of -log2(likes / users): bits of surprise.
        variety: mean dissimilarity of the titles of a first 10, see ranking.variety.
        nsfw_leak: share of the first 10s that is adult, of users who sent no adult title.
        later_parts: share of the first 10s that is a later part of a franchise whose start was not sent.
        near_duplicates: share of the first 10s with two titles of one franchise.
        milliseconds: median time of one ranking.
        ndcgs: float64 (n_cases,), of which `ndcg` is the mean.
    """

    ndcg: Mean
    recall: Mean
    hit_rate: Mean
    coverage: float
    popularity: float
    novelty: float
    variety: Mean
    nsfw_leak: Mean
    later_parts: Mean
    near_duplicates: Mean
    milliseconds: float
    ndcgs: NDArray[np.float64]


def rank_cases(
    recommend: Recommend,
    cases: Sequence[Case],
    clock: Callable[[], float],
    progress: Callable[[], None] = lambda: None,
) -> Rankings:
    """Rank `DEPTH` titles for every case, one after the other.

    Args:
        recommend: the algorithm.
        cases: of one protocol.
        clock: the time in seconds.
        progress: called after each case.
    """
    ranked, seconds = [], []
    for case in cases:
        started = clock()
        ranked.append(recommend(case.query, DEPTH))
        seconds.append(clock() - started)
        progress()
    return Rankings(tuple(ranked), float(np.median(seconds) * 1_000) if seconds else float("nan"))


def ndcgs(rankings: Rankings, cases: Sequence[Case]) -> NDArray[np.float64]:
    """float64 (n_cases,): NDCG@10 of each ranking; NaN where nothing is relevant."""
    pairs = zip(rankings.ranked, cases, strict=True)
    return np.array([ndcg_at(ranked, case.relevant, SHOWN) for ranked, case in pairs], dtype=np.float64)


def measure(rankings: Rankings, cases: Sequence[Case], facts: TitleFacts) -> Quality:
    """All metrics of the rankings for the cases of one protocol."""
    every_ndcg = ndcgs(rankings, cases)
    pairs = list(zip(rankings.ranked, cases, strict=True))
    tops = [(ranked[:SHOWN], case.query.anime_rows) for ranked, case in pairs]
    shown = np.concatenate([top for top, _ in tops]) if tops else np.empty(0, np.int64)
    popularity, surprise = _likes_and_surprise(facts, shown)
    entries, groups, terms = facts.entries, facts.groups, facts.terms
    return Quality(
        ndcg=Mean.of(every_ndcg),
        recall=Mean.of(recall_at(ranked, case.relevant, DEPTH) for ranked, case in pairs),
        hit_rate=Mean.of(hit_at(ranked, case.relevant, SHOWN) for ranked, case in pairs),
        coverage=len(np.unique(shown)) / len(facts.likes),
        popularity=popularity,
        novelty=surprise,
        variety=_unknown_without(terms, lambda known: (variety(top, known) for top, _ in tops)),
        nsfw_leak=Mean.of(adult_share(top, sent, facts.nsfw) for top, sent in tops),
        later_parts=_unknown_without(entries, lambda known: (later_part_share(*top, known) for top in tops)),
        near_duplicates=_unknown_without(groups, lambda known: (shows_two_of_one(t, known) for t, _ in tops)),
        milliseconds=rankings.milliseconds,
        ndcgs=every_ndcg,
    )


def _likes_and_surprise(facts: TitleFacts, shown: NDArray[np.int64]) -> tuple[float, float]:
    if not len(shown):
        return float("nan"), float("nan")
    likes = facts.likes[shown]
    return float(likes.mean()), float(-np.log2((likes + 1.0) / (facts.n_users + 2.0)).mean())


def _unknown_without(known: Known | None, values: Callable[[Known], Iterable[float]]) -> Mean:
    return Mean.of(()) if known is None else Mean.of(values(known))
