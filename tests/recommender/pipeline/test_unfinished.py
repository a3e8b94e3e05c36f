"""Later parts of what a person put on hold or dropped."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from domain.ranges import WatchStatus
from domain.titles import Season, Title
from recommender.data.catalog import Catalog
from recommender.data.query import Query
from recommender.franchises import Franchises
from recommender.pipeline.filters import Filters
from recommender.pipeline.options import FranchiseMode, PageOptions, PageRequest
from recommender.pipeline.pipeline import DEFAULT
from recommender.pipeline.unfinished import next_parts
from tests.recommender.small import context, popularity

# 0: the first; 1, 2: its sequels; 3: a special of the first; 4: an older title of the franchise; 5: another
CATALOG = Catalog(
    (
        Title(10, "House", year=2003),
        Title(11, "House 2", year=2005),
        Title(12, "House 3", season=Season(2005, "summer"), year=2005),
        Title(13, "House Special", year=2003, type="Special"),
        Title(14, "Old House", year=1990),
        Title(15, "Fish", year=2010),
    )
)
FRANCHISES = Franchises(
    groups=np.array([4, 4, 4, 4, 4, 5], np.int32),
    entries=np.array([0, 0, 0, 0, 4, 5], np.int32),
    extras=np.array([False, False, False, True, False, False]),
)


def later(entries: dict[int, int], unfinished: Iterable[int]) -> list[int]:
    """Rows that are not recommended for a list."""
    query = Query.of(entries.items(), statuses=dict.fromkeys(unfinished, WatchStatus.ON_HOLD))
    return np.flatnonzero(next_parts(context(query, CATALOG, franchises=FRANCHISES))).tolist()


@pytest.mark.parametrize(
    ("entries", "unfinished", "expected"),
    [
        ({0: 5}, [0], [1, 2, 3]),
        ({1: 0}, [1], [2]),  # by season, where the year is the same
        ({4: 3}, [4], [0, 1, 2, 3]),
        ({5: 3}, [5], []),
        ({0: 5}, [], []),
        ({0: 9, 1: 4}, [1], [2]),
        ({0: 4, 1: 9}, [0], []),  # gone on all the same
        ({0: 4, 3: 9}, [0], [1, 2, 3]),  # an extra is no going on
        ({0: 9, 3: 2}, [3], []),  # nor is the story left with one
        ({0: 9}, [1], []),  # not of the list
    ],
)
def test_later_parts_of_unfinished_titles(
    entries: dict[int, int], unfinished: list[int], expected: list[int]
) -> None:
    assert later(entries, unfinished) == expected


def test_page_leaves_out_next_parts_in_every_mode() -> None:
    scorer = popularity(np.linspace(1.0, 0.5, len(CATALOG)))
    request = PageRequest(10, Filters(), options=PageOptions(FranchiseMode.ALLOW))
    query = Query.of([(0, 3)], statuses={0: WatchStatus.DROPPED})
    dropped = context(query, CATALOG, scorer, franchises=FRANCHISES)
    watched = context(Query.of([(0, 3)]), CATALOG, scorer, franchises=FRANCHISES)
    page = DEFAULT.run(scorer, dropped, request)
    assert page.ranking.anime_rows.tolist() == [4, 5]
    assert page.filtered == {"nsfw": 0, "unfinished": 3}
    assert DEFAULT.run(scorer, watched, request).ranking.anime_rows.tolist() == [1, 2, 3, 4, 5]


def test_candidates_are_all_that_is_ranked() -> None:
    scorer = popularity(np.linspace(0.5, 1.0, len(CATALOG)))
    request = PageRequest(10, candidate_ids=(15, 12, 99, 10), options=PageOptions(FranchiseMode.ALLOW))
    page = DEFAULT.run(scorer, context(Query.of([(0, 9)]), CATALOG, scorer), request)
    assert page.ranking.anime_rows.tolist() == [5, 2]
    assert page.filtered == {"nsfw": 0, "candidates": 3}
    nothing = PageRequest(10, candidate_ids=())
    assert not len(DEFAULT.run(scorer, context(Query.of([]), CATALOG, scorer), nothing).ranking)
