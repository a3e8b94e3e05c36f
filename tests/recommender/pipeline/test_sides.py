"""Recall and rank, the sides of a page that experiments choose by name."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.artifacts.snapshot import Snapshot
from recommender.data.query import Query
from recommender.models.registry import ALGORITHMS
from recommender.pipeline.filters import Filters
from recommender.pipeline.options import FranchiseMode, PageOptions, PageRequest
from recommender.pipeline.pipeline import DEFAULT
from recommender.pipeline.sides import (
    ALL,
    MODEL,
    RANK_SIDES,
    RECALL_SIDES,
    SHUFFLED,
    RecallReranker,
    ShuffleReranker,
    with_sides,
)
from tests.conftest import TITLES
from tests.recommender.pipeline.worlds import InOrder, request_of
from tests.recommender.small import own_order

QUERY = Query.of([(3, 9), (40, 10), (77, 8)])
WHOLE = PageRequest(TITLES, Filters(nsfw=True), options=PageOptions(FranchiseMode.ALLOW))


def page(
    snapshot: Snapshot, recall: str | None, rank: str | None, request: PageRequest, seed: str = ""
) -> list[int]:
    """Rows of a page of the hybrid."""
    pipeline = with_sides(DEFAULT, recall, rank, seed)
    rows: list[int] = pipeline.run(
        snapshot.scorer("hybrid"), snapshot.context(QUERY), request
    ).ranking.anime_rows.tolist()
    return rows


@pytest.mark.parametrize("sides", [(None, None), (ALL, MODEL)])
def test_default_sides_leave_the_page_as_it_is(
    snapshot: Snapshot, sides: tuple[str | None, str | None]
) -> None:
    assert with_sides(DEFAULT, *sides, seed="x") == DEFAULT
    assert (
        page(snapshot, *sides, WHOLE)
        == own_order(snapshot.scorer("hybrid"), snapshot.context(QUERY), TITLES).anime_rows.tolist()
    )


def test_recalled_titles_come_first_and_in_the_rank_order(snapshot: Snapshot) -> None:
    recall = RecallReranker("content-based", titles=20)
    recalled = set(
        own_order(snapshot.scorer("content-based"), snapshot.context(QUERY), 20).anime_rows.tolist()
    )
    whole = page(snapshot, None, None, WHOLE)
    assert sorted(page(snapshot, "content-based", None, WHOLE)) == sorted(whole)
    context = snapshot.context(QUERY)
    candidates = recall.rerank(DEFAULT.candidates(snapshot.scorer("hybrid"), context, WHOLE), context, WHOLE)
    rows = candidates.ranking(TITLES).anime_rows.tolist()
    assert set(rows[:20]) == recalled
    assert rows[:20] == [row for row in whole if row in recalled]
    assert rows[20:] == [row for row in whole if row not in recalled]


def test_shuffle_is_of_the_best_titles_and_repeatable(snapshot: Snapshot) -> None:
    best = page(snapshot, None, None, WHOLE)[: ShuffleReranker("").titles]
    shuffled = page(snapshot, None, SHUFFLED, WHOLE, seed="a")[: len(best)]
    assert sorted(shuffled) == sorted(best)
    assert shuffled != best
    assert shuffled == page(snapshot, None, SHUFFLED, WHOLE, seed="a")[: len(best)]
    assert shuffled != page(snapshot, None, SHUFFLED, WHOLE, seed="b")[: len(best)]


def test_shuffle_puts_every_title_everywhere() -> None:
    context = request_of(Query.of([]))
    request = PageRequest(10, options=PageOptions(FranchiseMode.ALLOW))
    candidates = DEFAULT.candidates(InOrder(), context, request)
    firsts = [
        ShuffleReranker(str(seed)).rerank(candidates, context, request).best(1).item() for seed in range(700)
    ]
    counts = np.bincount(firsts, minlength=10)
    assert counts[7:].sum() == 0  # titles without a score stay at the end
    assert counts[:7].min() > 60
    assert counts[:7].max() < 145


def test_kept_titles_stay_on_a_shuffled_page(snapshot: Snapshot) -> None:
    ids = snapshot.catalog.vocabulary.ids
    kept = page(snapshot, None, None, WHOLE)[5:8]
    request = PageRequest(
        20,
        options=PageOptions(FranchiseMode.ALLOW),
        keep_ids=tuple(ids[kept].tolist()),
        filters=Filters(nsfw=True),
    )
    assert page(snapshot, None, SHUFFLED, request)[:3] == kept


def test_every_algorithm_can_be_a_side() -> None:
    assert set(ALGORITHMS) < set(RECALL_SIDES)
    assert set(ALGORITHMS) < set(RANK_SIDES)
