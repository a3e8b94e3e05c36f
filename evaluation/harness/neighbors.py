"""How many of the nearest people `user-user` finds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evaluation.protocols.holdout import Case
from recommender.models.user_user import UserUser

CASES = 300


def neighbor_recall(model: UserUser, cases: Sequence[Case], *, forced: bool, k: int = 200) -> float:
    """Share of the exact k nearest people that are found, as served or through the index in every case."""
    shares = []
    for case in cases[:CASES]:
        exact = model.exact_neighbors(case.query, k)
        found = model.indexed_neighbors(case.query, k) if forced else model.neighbors(case.query, k)
        shares.append(len(np.intersect1d(exact.user_ids, found.user_ids)) / max(1, len(exact.user_ids)))
    return float(np.mean(shares))


def recall_sentences(
    model: UserUser, history_cases: Sequence[Case], favorites_cases: Sequence[Case]
) -> list[str]:
    """What of the exact neighbors is found, as served and by the index alone."""
    sentences = []
    for how, forced in (("as served", False), ("through the index alone", True)):
        history = neighbor_recall(model, history_cases, forced=forced)
        favorites = neighbor_recall(model, favorites_cases, forced=forced)
        sentences.append(
            f"Of the exact 200 nearest people, {how}: {history:.3f} found for history, {favorites:.3f} for "
            f"favorites, {(history + favorites) / 2:.3f} on average."
        )
    return sentences
