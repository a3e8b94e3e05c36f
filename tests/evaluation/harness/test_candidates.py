"""Candidates over a real model: each algorithm in its own order, and the default one as it is served."""

from __future__ import annotations

import numpy as np

from evaluation.harness.candidates import as_served, candidates, own_order, scores_of
from evaluation.harness.neighbor_recall import neighbor_recall
from evaluation.protocols.holdout import HoldoutConfig, hold_out
from recommender.artifacts.snapshot import Snapshot
from recommender.models.registry import ALGORITHMS, DEFAULT_ALGORITHM
from tests.recommender.small import likes

QUERY = likes([3, 10, 20, 40, 60])


def test_candidates_are_the_registry_and_the_served_default(snapshot: Snapshot) -> None:
    served = f"{DEFAULT_ALGORITHM}, as served"
    assert [name for name in candidates(snapshot, ALGORITHMS) if name != served] == list(ALGORITHMS)
    assert served in candidates(snapshot, [DEFAULT_ALGORITHM])
    assert list(candidates(snapshot, ["popular"])) == ["popular"]


def test_own_order_follows_the_scores(snapshot: Snapshot) -> None:
    for algorithm in ALGORITHMS:
        ranked = own_order(snapshot, algorithm)(QUERY, 20)
        scores = scores_of(snapshot, algorithm)(QUERY)
        unseen = QUERY.unseen(len(scores))
        assert len(ranked) == 20
        assert unseen[ranked].all()
        positive = ranked[scores[ranked] > 0]
        assert (np.diff(scores[positive]) <= 0).all()
        assert scores[unseen].max() == scores[ranked].max()


def test_served_pages_have_one_title_of_a_franchise(snapshot: Snapshot) -> None:
    ranked = as_served(snapshot, DEFAULT_ALGORITHM)(QUERY, 20)
    groups = snapshot.franchises.groups[ranked]
    assert len(np.unique(groups)) == len(ranked) == 20
    assert not snapshot.catalog.nsfw[ranked].any()


def test_neighbor_recall_of_an_exact_search_is_1(snapshot: Snapshot) -> None:
    cases = hold_out(snapshot.ratings, HoldoutConfig(users=5)).favorites
    assert neighbor_recall(snapshot, cases, through_index=False) == 1.0
    assert 0.5 < neighbor_recall(snapshot, cases, through_index=True) <= 1.0
