"""Asks every algorithm, ours and others', the same questions, and measures the answers."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.baselines.run import Peer, run_peer, task_of
from evaluation.harness.progress import steps
from evaluation.harness.questions import Questions
from evaluation.metrics.quality import Answers, Facts, Quality, Recommend, ask, measure
from evaluation.metrics.ranking import Mean
from recommender.data.ratings_matrix import RatingsMatrix
from scripts.console import errors

PROTOCOLS = {  # what is sent
    "history": "80 % of a list, with ratings",
    "favorites": "five titles, no ratings",
}


@dataclass(frozen=True)
class Cost:
    """What learning took: seconds, and the process's resident memory at its highest."""

    fit_seconds: float
    peak_mb: float


@dataclass(frozen=True, eq=False)
class Row:
    """How one algorithm did.

    Attributes:
        known: NDCG@10 by how much is known of a person, see Questions.known.
        cost: of a peer; ours are learned together.
    """

    name: str
    history: Quality
    favorites: Quality
    known: Mapping[str, Mean]
    cost: Cost | None = None

    def quality(self, protocol: str) -> Quality:
        """Under one of `PROTOCOLS`."""
        return {"history": self.history, "favorites": self.favorites}[protocol]


def ask_ours(name: str, recommend: Recommend, questions: Questions, facts: Facts) -> Row:
    """One of our algorithms, in this process."""
    with steps(name, len(questions.cases)) as step:
        answers = [ask(recommend, cases, time.perf_counter, step) for cases in questions.parts]
    return _row(name, answers, questions, facts)


def ask_peer(
    name: str, peer: Peer, questions: Questions, facts: Facts, train: RatingsMatrix, seed: int
) -> Row:
    """Another library's model, in a process of its own.

    Raises:
        PeerError: it could not be run. ValueError: it gave answers that cannot be.
    """
    errors.print(f"… {name}", highlight=False)
    ranked, reply = run_peer(name, peer, task_of(train, questions.cases, seed))
    answers = [Answers(tuple(part), reply.milliseconds) for part in questions.split(ranked)]
    return _row(name, answers, questions, facts, Cost(reply.fit_seconds, reply.peak_mb))


def lead(ours: Sequence[Row], peers: Sequence[Row], protocol: str) -> str:
    """A sentence: the best of ours against the best of theirs, person by person."""
    (one, mine), (other, theirs) = (
        max(((row.name, row.quality(protocol)) for row in rows), key=lambda found: found[1].ndcg.value)
        for rows in (ours, peers)
    )
    difference = Mean.of(mine.ndcgs - theirs.ndcgs)
    ahead = float(np.nanmean(mine.ndcgs > theirs.ndcgs))
    behind = float(np.nanmean(mine.ndcgs < theirs.ndcgs))
    return (
        f"{protocol}: `{one}` against the best of the others, `{other}`: NDCG@10 {difference.value:+.3f} "
        f"±{difference.margin:.3f}; better for {ahead:.0%} of the people, worse for {behind:.0%}."
    )


def _row(
    name: str, answers: Sequence[Answers], questions: Questions, facts: Facts, cost: Cost | None = None
) -> Row:
    for part, cases in zip(answers, questions.parts, strict=True):
        part.check(cases)
    history = measure(answers[0], questions.history, facts)
    favorites = measure(answers[1], questions.favorites, facts)
    return Row(name, history, favorites, questions.known(history, answers[2:]), cost)
