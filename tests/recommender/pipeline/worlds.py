"""A world of ten titles and a scorer whose order is known: title 0 is the best, then 1, and so on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommender.data.query import Query
from recommender.franchises import Franchises
from recommender.models.content_based import ContentBased, ContentConfig
from recommender.models.context import ScoringContext
from tests.recommender.small import catalog, context, popularity, specificity

N = 10
TITLES = catalog(N)  # the id is the row
#          a saga: 2 starts it, 0 and 5 follow, 6 is its recap; 3 is a second line of the same franchise
GROUPS = np.array([2, 1, 2, 2, 4, 2, 2, 7, 8, 9], np.int32)
ENTRIES = np.array([2, 1, 2, 3, 4, 2, 2, 7, 8, 9], np.int32)
EXTRAS = np.array([0, 0, 0, 0, 0, 0, 1, 0, 0, 0], bool)
SAGA = Franchises(GROUPS, ENTRIES, EXTRAS)
# the later, the more popular; but the first are liked most
POPULARITY = popularity(np.linspace(0, 1, N), [10_000, 5_000, 3_000, 1_000, 100, 10, 0, 0, 0, 0])


class InOrder:
    """Scores 1, .9, .8, …; the last three titles have none."""

    def scores(self, _context: ScoringContext) -> NDArray[np.float32]:
        return np.maximum(1 - np.arange(N) / 10, 0).astype(np.float32) * (np.arange(N) < 7)


def request_of(query: Query, kinds: Sequence[int] = range(N)) -> ScoringContext:
    """A request to this world; titles of one kind are described alike."""
    terms = csr_array(np.eye(N, dtype=np.float32)[list(kinds)])
    content = ContentBased(ContentConfig(), terms, np.ones(N, np.float32))
    return context(query, TITLES, POPULARITY, content, specificity(np.zeros((N, N))), franchises=SAGA)
