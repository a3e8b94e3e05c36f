"""Recall of the neighbor search of `user-user` against an exact search."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evaluation.harness.candidates import contexts
from evaluation.protocols.holdout import Case, Holdout
from recommender.artifacts.snapshot import Snapshot
from recommender.models.user_user import UserUser

CASES = 300  # of each protocol


def neighbor_recall(
    snapshot: Snapshot, cases: Sequence[Case], *, through_index: bool | None, k: int = 200
) -> float:
    """Share of the exact k nearest users that a search returns.

    Args:
        through_index: True forces the approximate index; None searches as the server does.
    """
    user_user, context_of = snapshot.models[UserUser], contexts(snapshot)
    shares = []
    for case in cases[:CASES]:
        context = context_of(case.query)
        exact = user_user.neighbors(context, k, through_index=False).user_ids
        returned = user_user.neighbors(context, k, through_index=through_index).user_ids
        shares.append(len(np.intersect1d(exact, returned)) / max(1, len(exact)))
    return float(np.mean(shares))


def recall_sentences(snapshot: Snapshot, holdout: Holdout) -> list[str]:
    """Findings on recall, as served and through the index alone."""
    sentences = []
    for search, through_index in (("as served", None), ("through the index alone", True)):
        history, favorites = (
            neighbor_recall(snapshot, cases, through_index=through_index)
            for cases in (holdout.history, holdout.favorites)
        )
        sentences.append(
            f"Recall of the exact 200 nearest users, {search}: {history:.3f} for history, "
            f"{favorites:.3f} for favorites, {(history + favorites) / 2:.3f} on average."
        )
    return sentences
