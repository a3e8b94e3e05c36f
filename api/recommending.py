"""One way from a list to ranked titles, shared by every route that recommends."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from api.context import context
from api.errors import ApiError
from recommender.algorithms import ALGORITHMS
from recommender.filters import Filters
from recommender.query import Query, Ranking
from recommender.snapshot import Snapshot


def recommend(
    snapshot: Snapshot,
    algorithm: str,
    entries: Sequence[tuple[int, int]],
    n: int | None,
    *,
    filters: Filters = Filters(),  # noqa: B008 - immutable
    exclude_ids: Iterable[int] = (),
    user_id: int | None = None,
) -> tuple[Query, Ranking, dict[str, int]]:
    """Ask one algorithm.

    Returns:
        the query, the ranking, and how many titles each filter took away.

    Raises:
        ApiError: 400 for an algorithm that needs a list and gets none.
    """
    info = ALGORITHMS[algorithm]
    if info.needs_list and not entries:
        raise ApiError(400, f"{algorithm} needs a list: name at least one title.")
    allowed, filtered = _allowed(snapshot, filters, exclude_ids)
    query = Query.of(entries, allowed=allowed, user_id=user_id)
    return query, snapshot.algorithms[algorithm].recommend(query, n or info.default_n), filtered


def recommendation_id(model_version: str, request: Any) -> str:
    """Names an answer: signed with the secret key, the same for the same request to the same model."""
    text = json.dumps([model_version, request], sort_keys=True, ensure_ascii=False)
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
