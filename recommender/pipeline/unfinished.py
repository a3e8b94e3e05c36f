"""The later parts of what a person has put on hold or dropped: nobody goes on where they stopped."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recommender.data.catalog import Catalog
from recommender.models.context import ScoringContext

_UNKNOWN = 10**6  # a season after all others


def next_parts(context: ScoringContext) -> NDArray[np.bool_]:
    """bool (n_anime,): titles of a franchise that aired later than an unfinished title of the list.

    Extras do not count, nor does a title that the person has put aside and gone on after: a later title of
    its franchise is in the list, and not unfinished.
    """
    query, franchises = context.query, context.franchises
    groups, when = franchises.groups, _when(context.catalog)
    unfinished = query.unfinished_rows[~franchises.extras[query.unfinished_rows]]
    finished = np.setdiff1d(query.listed_rows, query.unfinished_rows)
    finished = finished[~franchises.extras[finished]]
    gone_on = np.full(context.n_anime, -1, dtype=np.int64)
    np.maximum.at(gone_on, groups[finished], when[finished])
    stopped = unfinished[when[unfinished] > gone_on[groups[unfinished]]]
    stopped_at = np.full(context.n_anime, np.iinfo(np.int64).max)
    np.minimum.at(stopped_at, groups[stopped], when[stopped])
    later: NDArray[np.bool_] = when > stopped_at[groups]
    return later


def _when(catalog: Catalog) -> NDArray[np.int64]:
    """int64 (n_anime,), different for each title: ascends with the time of airing as far as it is known,
    then with the id."""
    started = np.where(catalog.seasons > 0, catalog.seasons, catalog.years * 4)
    place = np.where(started > 0, started, _UNKNOWN) * len(catalog) + np.arange(len(catalog))
    return place.astype(np.int64)
