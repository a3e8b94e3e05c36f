"""Properties of pages beyond accuracy: true reasons, the effect of a rating, new titles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.harness.candidates import contexts, scores_of, served_pages
from evaluation.harness.harness import Progress, no_progress
from evaluation.metrics.ranking import Mean
from evaluation.metrics.rating_effects import RatingEffect, rating_effects
from evaluation.metrics.reasons import Reason, ReasonQuality, reason_quality
from evaluation.protocols.cold_start import ColdStartConfig, cold_auc, hide_titles
from evaluation.protocols.holdout import PROTOCOLS, Case, Holdout, favorites_by_count
from recommender.artifacts.snapshot import Snapshot
from recommender.data.query import Query
from recommender.data.ratings_matrix import RatingsMatrix
from recommender.models.hybrid import SPEC as HYBRID
from recommender.models.hybrid import Hybrid
from recommender.models.item_item import ItemItem
from recommender.models.registry import DEFAULT_ALGORITHM
from serving.recommendations import RecommendOptions

EXPLAINED_LISTS = 150  # of each protocol
EXPLAINED_TITLES = 5  # of each list, from the top of its page
RATED_LISTS, FAVORITES = 200, 10  # lists to which a rating is added, and how many titles each has


@dataclass(frozen=True)
class NewTitles:
    """Quality of scores of titles without ratings.

    Attributes:
        titles: how many were hidden.
        users: how many like one of them.
        auc: algorithm -> see cold_auc.
    """

    titles: int
    users: int
    auc: dict[str, Mean]


def reasons(
    snapshot: Snapshot, holdout: Holdout, seed: int, progress: Progress = no_progress
) -> dict[str, ReasonQuality]:
    """Protocol -> how true the reasons are for the top of a served page.

    The page is of `hybrid`, whose scores tell the odds of a title.
    """
    hybrid, context_of, make_page = snapshot.models[Hybrid], contexts(snapshot), served_pages(snapshot)
    options = RecommendOptions(HYBRID.name, EXPLAINED_TITLES, explain=True)

    def odds(query: Query) -> NDArray[np.float64]:
        return hybrid.scores(context_of(query)).astype(np.float64) ** hybrid.config.temperature

    def first_reasons(query: Query) -> list[Reason]:
        page = make_page(query, options)
        first = [e.because[0][0] if e.because else None for e in page.explanations or ()]
        return [Reason(*pair) for pair in zip(page.ranking.anime_rows.tolist(), first, strict=True)]

    qualities = {}
    for protocol in PROTOCOLS:
        cases = _sample(holdout.cases(protocol), EXPLAINED_LISTS, seed)
        with progress(f"reasons, {protocol}", len(cases)) as step:
            qualities[protocol] = reason_quality(odds, first_reasons, cases, seed, step)
    return qualities


def ratings(
    snapshot: Snapshot, holdout: Holdout, seed: int, progress: Progress = no_progress
) -> dict[int | None, RatingEffect]:
    """Rating of an added title -> ranks of the titles that go with it, by the default algorithm."""
    cases = favorites_by_count(holdout, (FAVORITES,), RATED_LISTS, seed)[FAVORITES]
    scores, goes_with = scores_of(snapshot, DEFAULT_ALGORITHM), snapshot.models[ItemItem].long
    with progress("effect of a rating", len(cases)) as step:
        return rating_effects(scores, goes_with, snapshot.ratings.likes, cases, seed, step)


def new_titles(
    fit: Callable[[RatingsMatrix], Snapshot], holdout: Holdout, seed: int, progress: Progress = no_progress
) -> NewTitles:
    """Quality of every algorithm on titles without ratings.

    Args:
        fit: fits all models again, to the ratings that are left.
    """
    cold = hide_titles(holdout, ColdStartConfig(seed=seed))
    snapshot = fit(cold.train)
    auc = {}
    for algorithm in snapshot.algorithms:
        with progress(f"new titles, {algorithm}", len(cold.cases)) as step:
            auc[algorithm] = cold_auc(scores_of(snapshot, algorithm), cold.cases, step)
    return NewTitles(len(cold.titles), len(cold.cases), auc)


def _sample(cases: Sequence[Case], count: int, seed: int) -> list[Case]:
    """Drawn by the seed: held-out users are in the order of their ids."""
    return [cases[place] for place in np.random.default_rng(seed).permutation(len(cases))[:count]]
