"""What people see, beyond whether it is liked: reasons, what a rating does, new titles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from recommender.pipeline.page import Wishes

from evaluation.harness.candidates import SERVED
from evaluation.harness.contest import PROTOCOLS
from evaluation.harness.data import Data
from evaluation.harness.fitting import fit
from evaluation.harness.progress import steps
from evaluation.metrics.dislikes import RatingEffect, rating_effects
from evaluation.metrics.ranking import Mean
from evaluation.metrics.reasons import Reason, ReasonQuality, reason_quality
from evaluation.protocols.cold_start import ColdStartConfig, cold_auc, hide_titles
from evaluation.protocols.holdout import Case, Holdout, favorites_of
from recommender.artifacts.snapshot import Snapshot
from recommender.data.query import Query
from recommender.pipeline.explanations import explain
from recommender.pipeline.filters import Filters

EXPLAINED = 150  # lists of each protocol whose reasons are checked
NAMED_FIRST = 5  # titles of each, from the top
RATED, FAVORITES = 200, 10  # lists to which a rating is added, and how many titles they have
COLD = (SERVED, "content-based", "popular")  # who is asked for new titles


@dataclass(frozen=True)
class NewTitles:
    """How well titles without ratings are told apart.

    Attributes:
        titles: how many were hidden.
        people: how many like one of them.
        auc: algorithm -> see cold_auc.
    """

    titles: int
    people: int
    auc: dict[str, Mean]


def reasons(snapshot: Snapshot, holdout: Holdout, seed: int) -> dict[str, ReasonQuality]:
    """Protocol -> how true the reasons are for the titles on top of a page as it is served."""
    hybrid, allowed = snapshot.hybrid, Filters().allowed(snapshot.catalog)

    def odds(query: Query) -> NDArray[np.float64]:
        return hybrid.scores(query).astype(np.float64) ** hybrid.config.temperature

    def named_first(query: Query) -> list[Reason]:
        asked = replace(query, allowed=allowed)
        page, _ = snapshot.pages.compose(hybrid, asked, NAMED_FIRST, Wishes())
        found = explain(hybrid, snapshot.user_user, snapshot.catalog, asked, page, snapshot.catalog.nsfw)
        because = [explanation.because for explanation in found]
        rows = [titles[0][0] if titles else None for titles in because]
        return [Reason(*pair) for pair in zip(page.anime_rows.tolist(), rows, strict=True)]

    lists = {"history": holdout.history, "favorites": holdout.favorites}
    qualities = {}
    for protocol in PROTOCOLS:
        cases = _some(lists[protocol], EXPLAINED, seed)
        with steps(f"reasons, {protocol}", len(cases)) as step:
            qualities[protocol] = reason_quality(odds, named_first, cases, seed, step)
    return qualities


def ratings(snapshot: Snapshot, holdout: Holdout, seed: int) -> dict[int | None, RatingEffect]:
    """Rating -> where the titles stand that go with what was rated so."""
    cases = favorites_of(holdout, (FAVORITES,), RATED, seed)[FAVORITES]
    with steps("a rating more", len(cases)) as step:
        return rating_effects(
            snapshot.hybrid.scores, snapshot.item_item.long, snapshot.ratings.likes, cases, seed, step
        )


def new_titles(data: Data, holdout: Holdout, seed: int) -> NewTitles:
    """Fits again, without any rating of some titles."""
    cold = hide_titles(holdout, ColdStartConfig(seed=seed))
    snapshot, _ = fit(data, cold.train)
    areas = {}
    for name in COLD:
        with steps(f"new titles, {name}", len(cold.cases)) as step:
            areas[name] = cold_auc(snapshot.algorithms[name].scores, cold.cases, step)
    return NewTitles(len(cold.titles), len(cold.cases), areas)


def _some(cases: Sequence[Case], count: int, seed: int) -> list[Case]:
    """Drawn by the seed: the hidden people are in the order of their ids."""
    return [cases[place] for place in np.random.default_rng(seed).permutation(len(cases))[:count]]
