"""Lists that no model was made for, through the contract of every algorithm, in a wide catalog."""

from __future__ import annotations

import numpy as np
import pytest

from domain.titles import Title
from recommender.artifacts.snapshot import Snapshot
from recommender.data.catalog import Catalog
from recommender.data.query import Query
from recommender.fitting import fit_snapshot
from recommender.models.base import Contributor
from recommender.models.popularity import Popularity
from recommender.models.ranker import Ranker
from recommender.models.registry import ALGORITHMS
from recommender.models.specificity import Specificity
from recommender.models.themes import Themes
from recommender.models.title_similarity import TitleSimilarity
from recommender.pipeline.filters import Filters
from recommender.pipeline.options import PageOptions, PageRequest
from recommender.pipeline.pipeline import DEFAULT
from tests.recommender.conftest import SMALL_CONFIG
from tests.recommender.models.test_contract import Algorithm, check_ranking
from tests.recommender.small import ratings

TITLES, WATCHED = 5_100, 400
SPORTS, ADULT, UNRATED = range(40), range(40, 52), range(WATCHED, TITLES)
LISTS = {
    "one title": {17: 10},
    "one adult title": {45: 10},
    "one title without ratings": {5_000: 10},
    "one genre": dict.fromkeys(SPORTS, 10),
    "a genre liked and disliked": {row: 10 if row % 2 else 1 for row in SPORTS},
    "all liked and disliked": {row: 10 if row % 2 else 1 for row in range(WATCHED)},
    "adult titles": dict.fromkeys(ADULT, 9),
    "titles without ratings": dict.fromkeys(range(WATCHED, WATCHED + 300), 9),
    "disliked titles without ratings": dict.fromkeys(range(WATCHED, WATCHED + 300), 1),
    "5,000 titles": {row: row % 11 for row in range(5_000)},
    "5,000 favorites": dict.fromkeys(range(5_000), 10),
}


def title(row: int) -> Title:
    kind = ("Sports",) if row in SPORTS else ("Hentai",) if row in ADULT else ()
    return Title(row, f"Title {row}", genres=(*kind, f"Every {row % 7}"), members=row)


@pytest.fixture(scope="module")
def wide() -> Snapshot:
    """A model of 5,100 titles, of which 400 are known to anybody and 12 are adult."""
    rng = np.random.default_rng(6)
    lists = {
        user: {
            int(row): int(rng.integers(0, 11))
            for row in rng.choice(np.arange(user % 2, WATCHED, 2), 60, replace=False)
        }
        for user in range(80)
    }
    config = SMALL_CONFIG.with_model("item-item", titles=300)
    return fit_snapshot(Catalog(tuple(map(title, range(TITLES)))), ratings(lists, TITLES), config=config)


def test_world_is_what_these_lists_need(wide: Snapshot) -> None:
    assert np.flatnonzero(wide.catalog.nsfw).tolist() == list(ADULT)
    assert np.flatnonzero(wide.models[Popularity].watchers == 0).tolist() == list(UNRATED)


@pytest.mark.parametrize("name", ALGORITHMS)
@pytest.mark.parametrize("kind", LISTS)
def test_algorithm_ranks_titles_for_bad_lists(wide: Snapshot, name: str, kind: str) -> None:
    check_ranking(Algorithm(name, wide), LISTS[kind], 20, np.empty(0, np.int64))


@pytest.mark.parametrize("name", ALGORITHMS)
@pytest.mark.parametrize("kind", LISTS)
def test_page_for_bad_lists_has_finite_reasons(wide: Snapshot, name: str, kind: str) -> None:
    context, scorer = wide.context(Query.of(LISTS[kind].items())), wide.scorer(name)
    for niche in (0, 1):
        request = PageRequest(20, Filters(nsfw=True), explain=True, options=PageOptions(niche=niche))
        page = DEFAULT.run(scorer, context, request)
        rows, found = page.ranking.anime_rows, page.ranking.scores
        assert len(rows) == 20
        assert ((found >= 0) & (found <= 1)).all()
        assert page.explanations is not None
        parts = [part for explanation in page.explanations for _, part in explanation.because]
        assert np.isfinite(parts).all()
        if isinstance(scorer, Contributor):
            assert np.isfinite(scorer.contributions(context, rows)).all()


@pytest.mark.parametrize("kind", LISTS)
def test_measures_of_bad_lists_are_finite(wide: Snapshot, kind: str) -> None:
    context, models, rows = wide.context(Query.of(LISTS[kind].items())), wide.models, np.arange(0, TITLES, 99)
    similarity, themes, specificity = models[TitleSimilarity], models[Themes], models[Specificity]
    assert 0 <= similarity.coherence(context) <= 1
    for found in (themes.strengths(context), themes.scores(context), specificity.closeness(context)):
        assert np.isfinite(found).all()
        assert (found >= 0).all()
    for model in (similarity, themes, specificity):
        parts = model.contributions(context, rows).sum(axis=0)
        assert parts == pytest.approx(model.scores(context)[rows], rel=1e-3, abs=1e-4)
    forecast = models[Ranker].forecast(context, rows)
    assert ((forecast.like_probabilities >= 0) & (forecast.like_probabilities <= 1)).all()
    assert ((forecast.ratings >= 1) & (forecast.ratings <= 10)).all()


def test_list_of_one_genre_is_about_it(wide: Snapshot) -> None:
    few = wide.context(Query.of(dict.fromkeys(range(0, 40, 8), 10).items()))
    themes = wide.models[Themes]
    sports = [name for name, _ in sorted(wide.catalog.genre_masks.items())].index("sports")
    assert int(themes.strengths(few).argmax()) == sports
