"""PageRequest and PageOptions: length, filters and options of one page."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from recommender.data.catalog import Catalog
from recommender.pipeline.filters import Filters


class FranchiseMode(StrEnum):
    """The titles of a franchise that may be recommended."""

    ALLOW = "allow"  # anything
    EXCLUDE = "exclude"  # nothing of one that is in the list already; else as ENTRY_POINT
    ENTRY_POINT = "entry_point"  # of one that is not in the list, only where to start


@dataclass(frozen=True)
class PageOptions:
    """Options for choosing the titles of a page from all that are allowed."""

    franchise: FranchiseMode = FranchiseMode.ENTRY_POINT
    diversity: float = 0.0  # 0..1, weight of being unlike the titles above
    niche: float = 0.0  # 0..1, how much popularity counts against a title

    @property
    def is_default(self) -> bool:
        return self == PageOptions()


@dataclass(frozen=True)
class PageRequest:
    """One page: its length, the titles that may be on it, and how they are chosen.

    Attributes:
        candidate_ids: only these titles; None: all.
        keep_ids: titles that are on the screen, in order: they come first unless they are not allowed.
    """

    limit: int
    filters: Filters = field(default_factory=Filters)
    exclude_ids: tuple[int, ...] = ()
    options: PageOptions = field(default_factory=PageOptions)
    explain: bool = False
    candidate_ids: tuple[int, ...] | None = None
    keep_ids: tuple[int, ...] = ()

    def masks(self, catalog: Catalog) -> dict[str, NDArray[np.bool_]]:
        """For each condition in force, bool (n_anime,): the titles that meet it."""
        masks = self.filters.masks(catalog)
        rows = catalog.vocabulary.rows(list(self.exclude_ids))
        if (rows >= 0).any():
            masks["exclude_ids"] = np.ones(len(catalog), dtype=bool)
            masks["exclude_ids"][rows[rows >= 0]] = False
        if self.candidate_ids is not None:
            rows = catalog.vocabulary.rows(list(self.candidate_ids))
            masks["candidates"] = np.zeros(len(catalog), dtype=bool)
            masks["candidates"][rows[rows >= 0]] = True
        return masks
