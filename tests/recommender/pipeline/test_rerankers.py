"""Rerankers, each alone, on candidates whose new order is worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from recommender.data.query import Query
from recommender.franchises import Franchises
from recommender.models.content_based import ContentBased, ContentConfig
from recommender.models.popularity import Popularity
from recommender.pipeline.candidates import Candidates
from recommender.pipeline.options import FranchiseMode, PageOptions, PageRequest
from recommender.pipeline.rerankers import DiversityReranker, FranchiseReranker, NicheReranker, Reranker
from tests.recommender.small import catalog, context, likes, popularity, specificity

N = 4
EVERYTHING = np.ones(N, bool)
NOBODY = Query.of([])


def candidates(keys: list[float], allowed: list[bool] | None = None) -> Candidates:
    mask = EVERYTHING.copy() if allowed is None else np.array(allowed)
    return Candidates(np.array(keys), mask, filtered={"genres": 1})


def options(**changes: object) -> PageRequest:
    values = {"franchise": FranchiseMode.ALLOW, **changes}
    return PageRequest(N, options=PageOptions(**values))  # type: ignore[arg-type]


@pytest.mark.parametrize("reranker", [NicheReranker(), FranchiseReranker(), DiversityReranker()])
def test_reranker_without_a_request_returns_its_candidates(reranker: Reranker) -> None:
    before = candidates([0.4, 1.0, -1.5, 0.2])
    after = reranker.rerank(before, context(NOBODY, catalog(N)), options())
    assert after.keys.tolist() == [0.4, 1.0, -1.5, 0.2]
    assert (after.groups, after.order, after.filtered) == (None, None, {"genres": 1})
    assert after.allowed.all()


# -- niche ---------------------------------------------------------------------------------------------

LIKES = popularity([1, 1, 1, 1], [99, 1, 24, 99])  # popularity 1, 1/99, 24/99, 1
#            0 is most like 1, and half as much, and least, like 2 and 3
SIMILARITY = specificity([[0, 1, 0.5, 0.001], [0] * N, [0] * N, [0] * N])


def by_niche(
    keys: list[float],
    niche: float,
    query: Query = NOBODY,
    known: Popularity = LIKES,
    reranker: NicheReranker | None = None,
) -> Candidates:
    request = context(query, catalog(N), known, SIMILARITY)
    return (reranker or NicheReranker()).rerank(candidates(keys), request, options(niche=niche))


def test_niche_divides_scores_by_popularity() -> None:
    found = by_niche([1.0, 0.2, 0.5, -1.5], 1.0)
    weighed = np.array([1.0 / 1.01**0.5, 0.2 / (1 / 99 + 0.01) ** 0.5, 0.5 / (24 / 99 + 0.01) ** 0.5])
    assert found.keys[:3] == pytest.approx(weighed / weighed.max())
    assert found.keys[3] == -1.5  # without a score: as it was
    assert found.best(4).tolist() == [1, 2, 0, 3]


def test_niche_weighs_less_at_half_the_strength() -> None:
    found = by_niche([1.0, 0.2, 0.5, -1.5], 0.5)
    weighed = np.array([1.0 / 1.01**0.25, 0.2 / (1 / 99 + 0.01) ** 0.25, 0.5 / (24 / 99 + 0.01) ** 0.25])
    assert found.keys[:3] == pytest.approx(weighed / weighed.max())


def test_niche_scores_are_relative_to_titles_outside_the_list() -> None:
    found = by_niche([1.0, 0.9, 0.5, 0.2], 1.0, likes([1]))
    assert found.keys[[0, 2, 3]].max() == 1.0
    assert found.keys[1] > 1.0


@pytest.mark.parametrize("niche", [1.0, 0.5])
def test_niche_prefers_titles_like_those_of_the_list(niche: float) -> None:
    known = popularity([1] * N, [50, 1, 1, 1])  # 1 to 3 are equally obscure
    found = by_niche([1.0, 0.4, 0.5, 0.5], niche, likes([0]), known)
    # similarity to the list against that of title 1, the best: 1, .5, and .03, the least that counts
    weighed = np.array([0.4, 0.5 * 0.5 ** (0.5 * niche), 0.5 * 0.03 ** (0.5 * niche)])
    assert found.keys[1:] == pytest.approx(weighed / weighed.max(), rel=1e-5)


@pytest.mark.parametrize("niche", [0.01, 1.0])
def test_niche_puts_titles_of_too_few_likes_last(niche: float) -> None:
    known = popularity([1] * N, [1000, 4, 5, 4])  # of 1000 likes, 5 are the least
    found = by_niche([0.1, 1.0, -1.9, -1.0], niche, NOBODY, known)
    assert found.best(4).tolist() == [0, 2, 1, 3]
    assert found.keys[0] == 1.0
    assert found.ranking(4).scores.tolist() == [1.0, 0.0, 0.0, 0.0]


# -- franchises: 1 starts the story of 0 and 2, of which 2 is a recap; 3 stands alone ------------------

STORY = Franchises(
    groups=np.array([1, 1, 1, 3], np.int32),
    entries=np.array([1, 1, 1, 3], np.int32),
    extras=np.array([False, False, True, False]),
)
KEYS = [1.0, 0.3, 0.6, 0.8]


def by_franchise(query: Query, mode: FranchiseMode, allowed: list[bool] | None = None) -> Candidates:
    request = context(query, catalog(N), franchises=STORY)
    return FranchiseReranker().rerank(candidates(KEYS, allowed), request, options(franchise=mode))


def test_entry_point_takes_the_score_of_later_parts() -> None:
    found = by_franchise(NOBODY, FranchiseMode.ENTRY_POINT)
    assert found.keys[[1, 3]].tolist() == [1.0, 0.8]
    assert found.allowed.tolist() == [False, True, False, True]
    assert found.filtered == {"genres": 1, "franchise": 2}
    assert found.best(4).tolist() == [1, 3]


def test_entry_point_in_the_list_allows_later_parts() -> None:
    found = by_franchise(likes([1]), FranchiseMode.ENTRY_POINT, [True, False, True, True])
    assert found.keys.tolist() == pytest.approx([1.0, 0.3, 0.6 - 4.0, 0.8])
    assert found.filtered == {"genres": 1}
    assert found.best(4).tolist() == [0, 3]  # one of each franchise


def test_extras_come_after_titles_without_a_score() -> None:
    query, allowed = likes([0, 1]), [False, False, True, True]
    request = context(query, catalog(N), franchises=STORY)
    found = FranchiseReranker().rerank(
        candidates([1.0, 0.3, 0.6, -2.0], allowed), request, options(franchise=FranchiseMode.ENTRY_POINT)
    )
    assert found.best(4).tolist() == [3, 2]


def test_exclude_drops_franchises_of_the_list() -> None:
    found = by_franchise(likes([1]), FranchiseMode.EXCLUDE, [True, False, True, True])
    assert found.allowed.tolist() == [False, False, False, True]
    assert found.filtered == {"genres": 1, "franchise": 2}


# -- diversity -----------------------------------------------------------------------------------------


def by_diversity(
    diversity: float, limit: int, pool: int = 5, kinds: tuple[int, ...] = (0, 0, 1, 1)
) -> list[int] | None:
    terms = csr_array(np.eye(2, dtype=np.float32)[list(kinds)])
    content = ContentBased(ContentConfig(), terms, np.ones(N, np.float32))
    request = PageRequest(limit, options=PageOptions(diversity=diversity))
    found = DiversityReranker(pool).rerank(
        candidates([1.0, 0.9, 0.5, 0.2]), context(NOBODY, catalog(N), content), request
    )
    return None if found.order is None else found.order.tolist()


@pytest.mark.parametrize(
    ("diversity", "order"),
    [
        (0.0, None),
        # after 0: title 1 gains .8 * .9 - .2 = .52, title 2 gains .8 * .5 = .4
        (0.2, [0, 1, 2, 3]),
        # after 0: title 1 gains .45 - .5 = -.05, title 2 gains .25; then 1: -.05, 3: .1 - .5 = -.4
        (0.5, [0, 2, 1, 3]),
    ],
)
def test_diversity_prefers_titles_of_another_kind(diversity: float, order: list[int] | None) -> None:
    assert by_diversity(diversity, limit=4) == order


def test_diversity_chooses_as_many_as_the_page_holds() -> None:
    assert by_diversity(0.5, limit=2) == [0, 2]


def test_diversity_chooses_from_its_pool_only() -> None:
    assert by_diversity(0.5, limit=2, pool=1) == [0, 1]
