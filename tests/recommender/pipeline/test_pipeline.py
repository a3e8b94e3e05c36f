"""The pipeline: pages of a scorer whose order is known, with filters, fallback and options."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from domain.titles import Title
from recommender.artifacts.snapshot import Snapshot
from recommender.data.catalog import Catalog
from recommender.data.query import Query
from recommender.data.ranking import Ranking
from recommender.models.context import ScoringContext
from recommender.pipeline.filters import Filters, UnknownFilterValueError
from recommender.pipeline.options import FranchiseMode, PageOptions, PageRequest
from recommender.pipeline.pipeline import DEFAULT, PIPELINES
from tests.recommender.pipeline.worlds import InOrder, N, request_of
from tests.recommender.small import catalog, context, likes, own_order, popularity

ALLOW, EXCLUDE, ENTRY_POINT = FranchiseMode.ALLOW, FranchiseMode.EXCLUDE, FranchiseMode.ENTRY_POINT
# halves, so that ties are frequent
SCORES = st.lists(st.integers(0, 6).map(lambda n: n / 2), min_size=1, max_size=30)


class Scores:
    """A scorer with these scores, whatever the list."""

    def __init__(self, *values: float) -> None:
        self.values = np.array(values, np.float32)

    def scores(self, _context: ScoringContext) -> NDArray[np.float32]:
        return self.values


def page(
    query: Query,
    options: PageOptions,
    k: int = N,
    kinds: list[int] | None = None,
    exclude_ids: tuple[int, ...] = (),
) -> Ranking:
    request = PageRequest(k, exclude_ids=exclude_ids, options=options)
    return DEFAULT.run(InOrder(), request_of(query, kinds or range(N)), request).ranking


def rows(query: Query, options: PageOptions, k: int = N, kinds: list[int] | None = None) -> list[int]:
    return page(query, options, k, kinds).anime_rows.tolist()


# -- scores and fallback -------------------------------------------------------------------------------


def test_titles_without_a_score_follow_by_popularity() -> None:
    scorer, prior = Scores(0, 4, 0, 2, 0), popularity([0.1, 1.0, 0.9, 1.0, 0.9])
    ranking = own_order(scorer, context(Query.of([]), catalog(5), prior), 5)
    assert ranking.anime_rows.tolist() == [1, 3, 2, 4, 0]
    assert ranking.scores.tolist() == [1.0, 0.5, 0.0, 0.0, 0.0]


def test_titles_with_a_negative_score_follow_by_popularity() -> None:
    ranking = own_order(Scores(-9, 1, -1), context(Query.of([]), catalog(3), popularity([0.9, 0.1, 0.2])), 3)
    assert ranking.anime_rows.tolist() == [1, 0, 2]
    assert ranking.scores.tolist() == [1.0, 0.0, 0.0]


def test_scores_are_relative_to_the_best_outside_the_list() -> None:
    request = context(likes([0]), catalog(4), popularity([1, 1, 1, 1]))
    ranking = own_order(Scores(8, 4, 2, 1), request, 2, exclude_ids=[1])  # excluded, but still the best
    assert ranking.anime_rows.tolist() == [2, 3]
    assert ranking.scores.tolist() == [0.5, 0.25]


@given(SCORES, SCORES, st.sets(st.integers(0, 29)), st.integers(0, 35))
def test_page_is_as_long_as_it_can_be(
    scores: list[float], prior: list[float], listed: set[int], k: int
) -> None:
    n = min(len(scores), len(prior))
    query = likes([row for row in sorted(listed) if row < n])
    request = context(query, catalog(n), popularity(np.array(prior[:n]) / 3))
    ranking = own_order(Scores(*scores[:n]), request, k)
    assert len(ranking) == min(k, n - len(query.anime_rows))
    found = set(ranking.anime_rows.tolist())
    assert len(found) == len(ranking)
    assert not found & set(query.anime_rows.tolist())
    assert (np.diff(ranking.scores) <= 0).all()


def test_page_follows_the_scorer_where_franchises_are_allowed() -> None:
    assert rows(likes([1]), PageOptions(ALLOW)) == [0, 2, 3, 4, 5, 6, 9, 8, 7]


# -- franchises ----------------------------------------------------------------------------------------


def test_later_season_is_replaced_by_the_entry_point() -> None:
    context = request_of(likes([4]))
    request = PageRequest(5)
    found = DEFAULT.run(InOrder(), context, request)
    # 2 stands where 0 would, and for all its franchise
    assert found.ranking.anime_rows.tolist() == [2, 1, 9, 8, 7]
    assert found.ranking.scores[0] == 1.0
    assert found.filtered["franchise"] == 3
    allowed = DEFAULT.candidates(InOrder(), context, request).allowed
    assert np.flatnonzero(~allowed).tolist() == [0, 4, 5, 6]


def test_entry_point_in_the_list_shows_one_later_season() -> None:
    assert rows(likes([2]), PageOptions(), 3) == [0, 1, 4]


def test_recaps_come_last_even_after_the_fallback() -> None:
    query = likes([0, 2, 3, 5])
    assert rows(query, PageOptions()) == [1, 4, 9, 8, 7, 6]


def test_franchise_in_the_list_can_be_excluded() -> None:
    assert rows(likes([5]), PageOptions(EXCLUDE)) == [1, 4, 9, 8, 7]
    assert rows(likes([1]), PageOptions(EXCLUDE), 2) == [2, 4]


def test_entry_point_must_be_allowed_itself() -> None:
    found = page(likes([1]), PageOptions(), 3, exclude_ids=(2,))
    assert found.anime_rows.tolist() == [3, 4, 9]


# -- niche and diversity -------------------------------------------------------------------------------


def test_niche_puts_little_known_titles_first() -> None:
    ranking = page(likes([9]), PageOptions(ALLOW, niche=1.0))
    # with ten likes or none, 5 to 8 come last
    assert ranking.anime_rows.tolist() == [4, 3, 2, 1, 0, 5, 6, 8, 7]
    assert ranking.scores[0] == 1.0
    assert ranking.scores[5:].tolist() == [0.0] * 4
    assert (np.diff(ranking.scores) <= 0).all()


def test_diversity_takes_the_next_best_of_another_kind() -> None:
    kinds = [0, 0, 0, 0, 1, 1, 2, 2, 2, 2]
    assert rows(likes([9]), PageOptions(ALLOW, diversity=0.6), 4, kinds)[:3] == [0, 4, 6]
    assert rows(likes([9]), PageOptions(ALLOW, diversity=0.0), 4, kinds) == [0, 1, 2, 3]


@pytest.mark.parametrize("k", [1, 3, 6])
def test_short_page_is_the_start_of_a_long_one(k: int) -> None:
    assert rows(likes([4]), PageOptions(), k) == rows(likes([4]), PageOptions(), N)[:k]


@pytest.mark.parametrize("mode", FranchiseMode)
def test_page_repeats_no_title_and_none_of_the_list(mode: FranchiseMode) -> None:
    found = rows(likes([0, 4]), PageOptions(mode, diversity=0.3, niche=0.3))
    assert len(set(found)) == len(found)
    assert not {0, 4} & set(found)


@pytest.mark.parametrize(
    ("options", "default"),
    [
        (PageOptions(), True),
        (PageOptions(ENTRY_POINT), True),
        (PageOptions(ALLOW), False),
        (PageOptions(diversity=0.1), False),
        (PageOptions(niche=0.1), False),
    ],
)
def test_options_tell_whether_they_are_the_default(options: PageOptions, default: bool) -> None:
    assert options.is_default == default


# -- filters -------------------------------------------------------------------------------------------


def test_filtered_counts_the_titles_that_each_filter_excludes() -> None:
    # of titles 0..9, the odd ones are without "Even"; 0, 3, 6 and 9 are movies
    request = PageRequest(
        N,
        Filters(types=("TV",), genres=("even",), nsfw=True),
        exclude_ids=(3, 4, 999),
        options=PageOptions(ALLOW),
    )
    found = DEFAULT.run(InOrder(), request_of(likes([8])), request)
    assert found.ranking.anime_rows.tolist() == [2]
    assert found.filtered == {"types": 4, "genres": 5, "exclude_ids": 2}


def test_filtered_is_empty_where_nothing_is_excluded() -> None:
    request = PageRequest(3, Filters(nsfw=True), exclude_ids=(999,), options=PageOptions(ALLOW))
    assert DEFAULT.run(InOrder(), request_of(likes([8])), request).filtered == {}


def test_unknown_filter_value_is_refused() -> None:
    request = PageRequest(3, Filters(genres=("Cooking",)))
    with pytest.raises(UnknownFilterValueError, match="Cooking"):
        DEFAULT.run(InOrder(), request_of(likes([8])), request)


def test_page_leaves_adult_titles_out_by_default() -> None:
    titles = Catalog((Title(1, "a"), Title(2, "b", genres=("Hentai",)), Title(3, "c")))
    request = context(Query.of([]), titles, popularity([1, 1, 1]))
    found = DEFAULT.run(Scores(1, 3, 2), request, PageRequest(3))
    assert found.ranking.anime_rows.tolist() == [2, 0]
    assert found.filtered == {"nsfw": 1}


# -- explanations and parts ----------------------------------------------------------------------------


def test_page_has_one_explanation_a_title_on_request(snapshot: Snapshot) -> None:
    context, scorer = snapshot.context(likes([3, 40, 77])), snapshot.scorer("hybrid")
    assert DEFAULT.run(scorer, context, PageRequest(5)).explanations is None
    found = DEFAULT.run(scorer, context, PageRequest(5, explain=True))
    assert found.explanations is not None
    assert len(found.explanations) == len(found.ranking) == 5
    assert any(explanation.because for explanation in found.explanations)


def test_pipeline_is_a_value_made_of_parts() -> None:
    plain = replace(DEFAULT, name="plain", rerankers=())
    request = PageRequest(5, options=PageOptions(niche=1.0, diversity=0.5))
    found = plain.run(InOrder(), request_of(likes([4])), request)
    assert found.ranking.anime_rows.tolist() == [0, 1, 2, 3, 5]
    assert plain != DEFAULT


def test_pipelines_are_found_by_name() -> None:
    assert {name: pipeline.name for name, pipeline in PIPELINES.items()} == {"default": "default"}
