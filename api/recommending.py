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
from api.lists import ResolvedList
from api.metrics import RECOMMENDATIONS
from api.schemas.recommendations import RecommendationRequest
from api.schemas.users import UserRecommendationQuery
from api.serialize import reasons, recommended_items
from recommender.artifacts.snapshot import Snapshot
from recommender.data.query import Query, Ranking
from recommender.models.registry import ALGORITHMS
from recommender.pipeline.explanations import explain
from recommender.pipeline.filters import Filters
from recommender.pipeline.page import Wishes
from serving.live import LiveVersion


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


def recommendation_answer(
    current: LiveVersion,
    asked: RecommendationRequest | UserRecommendationQuery,
    filters: Filters,
    entries: Sequence[tuple[int, int]],
    given: ResolvedList | None = None,
    *,
    user_id: int | None = None,
) -> dict[str, Any]:
    """See schemas.recommendations.RecommendationAnswer.

    Args:
        asked: all the knobs but for the filters.
        entries: (anime row, rating).
        given: where the list came with the request: what it named.
        user_id: where the list is stored: whose it is.
    """
    snapshot = current.snapshot
    answer = recommend(
        snapshot,
        asked.algorithm,
        entries,
        asked.n,
        filters=filters,
        exclude_ids=asked.exclude_ids,
        wishes=asked.to_wishes(),
        user_id=user_id,
    )
    whose = () if user_id is None else (user_id,)
    return {
        "recommendation_id": _recommendation_id(current.name, *whose, asked.model_dump_json()),
        "algorithm": asked.algorithm,
        "model_version": current.name,
        "items": _items(snapshot, answer, explained=asked.explain, nsfw=filters.nsfw),
        "resolved": [
            {
                "query": found.asked,
                "anime_id": snapshot.catalog[found.row].anime_id,
                "name": snapshot.catalog[found.row].name,
            }
            for found in (given.found if given else ())
        ],
        "unresolved": list(given.unresolved) if given else [],
        "filtered": answer.filtered,
    }


def _items(snapshot: Snapshot, answer: Answer, *, explained: bool, nsfw: bool) -> list[dict[str, Any]]:
    """See schemas.items.RecommendedItem; with reasons where `explained`, naming adult titles if `nsfw`."""
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


def _recommendation_id(model_version: str, *request: object) -> str:
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
