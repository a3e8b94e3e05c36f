"""ScoringContext: everything that models read to score titles for one request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from recommender.data.anonymity import NO_FLOOR, AnonymityFloor
from recommender.data.cache import Cache
from recommender.data.catalog import Catalog
from recommender.data.overlay import Overlay
from recommender.data.query import Query
from recommender.franchises import Franchises
from recommender.models.base import Models


@dataclass(frozen=True, eq=False)
class ScoringContext:
    """One request: made once, dropped afterwards.

    Attributes:
        query: the list of the person.
        models: every model of the snapshot.
        overlay: users newer than the models.
        catalog, franchises: the titles, and which of them belong together.
        floor: how many people must stand behind what neighbors say.
        weights: scorer -> 0..1, what the request wants `blend` to be made of; empty: its own default.
        cache: values already computed for this request.
    """

    query: Query
    models: Models
    overlay: Overlay
    catalog: Catalog
    franchises: Franchises
    floor: AnonymityFloor = NO_FLOOR
    weights: Mapping[type[Any], float] = field(default_factory=dict)
    cache: Cache = field(default_factory=Cache, init=False, repr=False)

    @property
    def n_anime(self) -> int:
        return len(self.catalog)
