"""Training examples: the features of titles for each training query, and whether they were liked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.data.overlay import Overlay
from recommender.data.query import Query
from recommender.data.ranking import top_k
from recommender.models.base import Models, added
from recommender.models.context import ScoringContext
from recommender.models.features import NAMES, Features
from recommender.models.training_data import TrainingData, TrainingQuery


@dataclass(frozen=True)
class ExamplesConfig:
    """The titles of each training query that become examples."""

    candidates: int = 50  # most promising titles of each query that the order is learned on, …
    others: int = 14  # … and so many of the rest
    pairs: int = added(40)  # titles of each query that the probability of a like is learned on, at most
    seed: int = 9


class TrainingExamples(NamedTuple):
    """The arrays that the blends are trained on.

    Attributes:
        features: float16 (queries, candidates, len(NAMES)).
        relevant: float32 (queries, candidates), 1 for a title that the user liked.
        pair_features: float16 (pairs, len(NAMES)), of titles they rated.
        pair_liked: bool (pairs,).
    """

    features: NDArray[np.float16]
    relevant: NDArray[np.float32]
    pair_features: NDArray[np.float16]
    pair_liked: NDArray[np.bool_]


def training_examples(data: TrainingData, models: Models, config: ExamplesConfig) -> TrainingExamples:
    """The features of each training query's most promising titles, and of some that were rated.

    Computed once for all models that are fitted on `data` with this configuration.
    """
    return data.cache.get(config, lambda: _examples(data, models, config))


def _examples(data: TrainingData, models: Models, config: ExamplesConfig) -> TrainingExamples:
    features = models[Features]
    rng = np.random.default_rng(config.seed)
    known = features.item_item.titles
    tables, relevant = [], []
    pairs, liked = [np.empty((0, len(NAMES)), np.float16)], [np.empty(0, bool)]
    for example, context in _contexts(data, models):
        rated = rng.permutation(len(example.anime_rows))[: config.pairs]
        chosen = np.empty(0, np.int64)
        if len(known) - len(example.query.anime_rows) >= config.candidates + config.others:
            chosen = _candidates(features.promise(context), known, example.query, rng, config)
            relevant.append(np.isin(chosen, example.anime_rows[example.liked]))
        rows = np.concatenate([example.anime_rows[rated], chosen])
        # halves: they are by far the largest arrays of a build
        table = features.table(context, NAMES, rows).T.astype(np.float16)
        pairs.append(table[: len(rated)])
        liked.append(example.liked[rated])
        if len(chosen):
            tables.append(table[len(rated) :])
    width = config.candidates + config.others
    return TrainingExamples(
        np.array(tables, dtype=np.float16).reshape(-1, width, len(NAMES)),
        np.array(relevant, dtype=np.float32).reshape(-1, width),
        np.concatenate(pairs),
        np.concatenate(liked),
    )


def _contexts(data: TrainingData, models: Models) -> Iterable[tuple[TrainingQuery, ScoringContext]]:
    overlay = Overlay.empty(len(data.catalog))
    for example in data.queries:
        yield example, ScoringContext(example.query, models, overlay, data.catalog, data.franchises)


def _candidates(
    promise: NDArray[np.float32],
    known: NDArray[np.int64],
    query: Query,
    rng: np.random.Generator,
    config: ExamplesConfig,
) -> NDArray[np.int64]:
    unseen = ~np.isin(known, query.anime_rows)
    best = top_k(promise, unseen, config.candidates)
    unseen[best] = False
    others = rng.choice(np.flatnonzero(unseen), config.others, replace=False)
    chosen: NDArray[np.int64] = known[np.concatenate([best, others])]
    return chosen
