"""Runs every algorithm, candidates and baselines, on the same queries and measures the rankings."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import numpy as np

from evaluation.baselines.run import Baseline, make_task, run_baseline
from evaluation.harness.queries import Queries
from evaluation.metrics.quality import Quality, Rankings, Recommend, TitleFacts, measure, rank_cases
from evaluation.metrics.ranking import Mean
from recommender.data.ratings_matrix import RatingsMatrix

# (label, number of cases) -> a context that yields a function to call after each case
Progress = Callable[[str, int], AbstractContextManager[Callable[[], None]]]


@contextmanager
def no_progress(_label: str, _total: int) -> Iterator[Callable[[], None]]:
    """Reports nothing. See Progress."""
    yield lambda: None


@dataclass(frozen=True)
class Cost:
    """Seconds of fitting, and the peak resident memory of the process."""

    fit_seconds: float
    peak_mb: float


@dataclass(frozen=True, eq=False)
class Result:
    """Quality of one algorithm.

    Attributes:
        by_length: NDCG@10 by how many titles of a user are known, see Queries.ndcg_by_length.
        cost: of a baseline; candidates are fitted together.
    """

    name: str
    history: Quality
    favorites: Quality
    by_length: Mapping[str, Mean]
    cost: Cost | None = None

    def quality(self, protocol: str) -> Quality:
        """Under one of `PROTOCOLS`."""
        return {"history": self.history, "favorites": self.favorites}[protocol]


def evaluate_candidate(
    name: str, recommend: Recommend, queries: Queries, facts: TitleFacts, progress: Progress = no_progress
) -> Result:
    """Measure one of our algorithms, in this process."""
    with progress(name, len(queries.cases)) as step:
        rankings = [rank_cases(recommend, cases, time.perf_counter, step) for cases in queries.parts]
    return _result(name, rankings, queries, facts)


def evaluate_baseline(
    name: str, baseline: Baseline, queries: Queries, facts: TitleFacts, train: RatingsMatrix, seed: int
) -> Result:
    """Measure another library's model, in a process of its own.

    Raises:
        BaselineError: it could not be run.
        ValueError: it recommended something impossible, see Rankings.check.
    """
    ranked, reply = run_baseline(name, baseline, make_task(train, queries.cases, seed))
    rankings = [Rankings(tuple(part), reply.milliseconds) for part in queries.split(ranked)]
    return _result(name, rankings, queries, facts, Cost(reply.fit_seconds, reply.peak_mb))


def compare_best(candidates: Sequence[Result], baselines: Sequence[Result], protocol: str) -> str:
    """A sentence on the best candidate against the best baseline, user by user."""
    candidate, baseline = (
        max(results, key=lambda result: result.quality(protocol).ndcg.value)
        for results in (candidates, baselines)
    )
    ours, theirs = candidate.quality(protocol), baseline.quality(protocol)
    difference = Mean.of(ours.ndcgs - theirs.ndcgs)
    better = float(np.nanmean(ours.ndcgs > theirs.ndcgs))
    worse = float(np.nanmean(ours.ndcgs < theirs.ndcgs))
    return (
        f"{protocol}: `{candidate.name}` against the best baseline, `{baseline.name}`: NDCG@10 "
        f"{difference.value:+.3f} ±{difference.margin:.3f}; better for {better:.0%} of the users, "
        f"worse for {worse:.0%}."
    )


def _result(
    name: str, rankings: Sequence[Rankings], queries: Queries, facts: TitleFacts, cost: Cost | None = None
) -> Result:
    for part, cases in zip(rankings, queries.parts, strict=True):
        part.check(cases)
    history = measure(rankings[0], queries.history, facts)
    favorites = measure(rankings[1], queries.favorites, facts)
    return Result(name, history, favorites, queries.ndcg_by_length(history, rankings[2:]), cost)
