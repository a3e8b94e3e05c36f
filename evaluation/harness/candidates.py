"""What of ours is measured: a line of a table is a name and what it calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from recommender.pipeline.page import Wishes

from evaluation.metrics.likes import Predict, by_person_and_title, by_title, title_like_rates
from evaluation.metrics.quality import Facts, Recommend
from recommender.artifacts.snapshot import Snapshot
from recommender.data.query import Query, Recommender
from recommender.pipeline.filters import Filters

SERVED = "hybrid"  # also measured as people are served it


def contestants(snapshot: Snapshot, names: list[str]) -> Mapping[str, Recommend]:
    """The algorithms called `names` in their own order without any filter; `SERVED` as a page, too."""
    asked: dict[str, Recommend] = {}
    for name in names:
        asked[name] = _own_order(snapshot.algorithms[name])
        if name == SERVED:
            asked[f"{name}, as served"] = as_served(snapshot, snapshot.algorithms[name], Wishes())
    return asked


def as_served(snapshot: Snapshot, recommender: Recommender, wishes: Wishes) -> Recommend:
    """Without adult titles, and as a page is made."""
    allowed = Filters().allowed(snapshot.catalog)

    def recommend(query: Query, k: int) -> NDArray[np.int64]:
        page, _ = snapshot.pages.compose(recommender, replace(query, allowed=allowed), k, wishes)
        return page.anime_rows

    return recommend


def predictors(snapshot: Snapshot) -> Mapping[str, Predict]:
    """Whatever tells whether a person will like a title."""
    rates = title_like_rates(snapshot.ratings)

    def ranker(query: Query, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        return snapshot.ranker.like_probabilities(query)[rows]

    return {
        "the title's like rate": by_title(rates),
        "the person's and the title's": by_person_and_title(rates),
        "ranker": ranker,
    }


def facts_of(snapshot: Snapshot) -> Facts:
    """What the metrics need to know of the titles."""
    return Facts(
        snapshot.ratings.likes,
        snapshot.ratings.n_users,
        snapshot.catalog.nsfw,
        snapshot.franchises.entries,
        snapshot.franchises.groups,
        snapshot.content.terms,
    )


def _own_order(recommender: Recommender) -> Recommend:
    return lambda query, k: recommender.recommend(query, k).anime_rows
