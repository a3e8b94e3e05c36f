"""One way from a list to ranked titles, shared by every route that recommends."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from api.context import context
from api.errors import ApiError
from api.metrics import RECOMMENDATIONS
from api.serialise import reasons, recommended_items
from recommender.algorithms import ALGORITHMS
from recommender.explanations import explain
from recommender.filters import Filters
from recommender.page import Wishes
from recommender.query import Query, Ranking
from recommender.snapshot import Snapshot


@dataclass(frozen=True)
class Answer:
    """What one algorithm says, and how it came about."""

    algorithm: str
    query: Query
    ranking: Ranking
    filtered: dict[str, int]  # how many titles each filter took away


def recommend(
    snapshot: Snapshot,
    algorithm: str,
    entries: Sequence[tuple[int, int]],
    n: int | None,
    *,
    filters: Filters = Filters(),  # noqa: B008 - immutable
    exclude_ids: Iterable[int] = (),
    wishes: Wishes = Wishes(),  # noqa: B008 - immutable
    user_id: int | None = None,
) -> Answer:
    """Ask one algorithm.

    Raises:
        ApiError: 400 for an algorithm that needs a list and gets none.
    """
    info = ALGORITHMS[algorithm]
    if info.needs_list and not entries:
        raise ApiError(400, f"{algorithm} needs a list: name at least one title.")
    allowed, filtered = _allowed(snapshot, filters, exclude_ids)
    query = Query.of(entries, allowed=allowed, user_id=user_id)
    recommender = snapshot.algorithms[algorithm]
    with RECOMMENDATIONS.labels(algorithm).time():
        ranking, barred = snapshot.pages.compose(recommender, query, n or info.default_n, wishes)
    if barred.any():
        filtered["franchise"] = int(barred.sum())
    return Answer(algorithm, query, ranking, filtered)


def items_of(snapshot: Snapshot, answer: Answer, *, explained: bool, nsfw: bool) -> list[dict[str, Any]]:
    """See schemas.RecommendedItem; with reasons where `explained`, which name adult titles only if `nsfw`."""
    items = recommended_items(snapshot, answer.query, answer.ranking)
    if explained:
        hidden = np.zeros(len(snapshot.catalog), dtype=bool) if nsfw else snapshot.catalog.nsfw
        recommender = snapshot.algorithms[answer.algorithm]
        explanations = explain(
            recommender, snapshot.user_user, snapshot.catalog, answer.query, answer.ranking, hidden
        )
        for item, explanation in zip(items, explanations, strict=True):
            item["reasons"] = reasons(snapshot.catalog, explanation)
    return items


def recommendation_id(model_version: str, *request: object) -> str:
    """Names an answer: signed with the secret key, the same for the same request to the same model."""
    text = "\n".join(map(str, (model_version, *request)))
    return hmac.new(context().secret_key, text.encode(), hashlib.sha256).hexdigest()[:32]


def _allowed(
    snapshot: Snapshot, filters: Filters, exclude_ids: Iterable[int]
) -> tuple[NDArray[np.bool_], dict[str, int]]:
    masks = filters.masks(snapshot.catalog)
    excluded = snapshot.catalog.vocabulary.rows(list(exclude_ids))
    if (excluded >= 0).any():
        masks["exclude_ids"] = np.ones(len(snapshot.catalog), dtype=bool)
        masks["exclude_ids"][excluded[excluded >= 0]] = False
    allowed = np.ones(len(snapshot.catalog), dtype=bool)
    for mask in masks.values():
        allowed &= mask
    return allowed, {name: int((~mask).sum()) for name, mask in masks.items()}
