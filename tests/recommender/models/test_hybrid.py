"""`hybrid`: cold start, dislikes, its linear start, specificity, and newer users."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from domain.titles import Title
from recommender.artifacts.snapshot import Snapshot
from recommender.data.catalog import Catalog
from recommender.data.query import Query
from recommender.data.ratings_matrix import RatingsMatrix
from recommender.fitting import fit_snapshot
from recommender.models.cold_start import ColdStart
from recommender.models.features import NAMES, Features
from recommender.models.hybrid import Hybrid
from recommender.models.item_item import ItemItem
from recommender.models.ranker import Ranker
from recommender.models.specificity import SpecificityConfig
from tests.conftest import TITLES
from tests.recommender.conftest import SMALL_CONFIG
from tests.recommender.small import catalog, likes, newer, own_order, random_lists, ratings

N_ANIME = 40
LISTS = [likes([3]), likes([3, 40, 77]), likes(range(0, 60, 12)), likes(range(0, 300, 9))]


def two_crowds(n_users: int = 200) -> RatingsMatrix:
    """Half the users like even titles, half odd ones, of 0..38; nobody knows title 39."""
    rng = np.random.default_rng(2)
    lists = {
        user: {a: 9 if a % 2 == user % 2 else 3 for a in range(39) if rng.random() < 0.6}
        for user in range(n_users)
    }
    return ratings(lists, N_ANIME)


def titles() -> Catalog:
    return Catalog(
        tuple(
            Title(a, f"Title {a}", genres=("Odd" if a % 2 else "Even",), members=1000 - a)
            for a in range(N_ANIME)
        )
    )


def fitted() -> Snapshot:
    return fit_snapshot(titles(), two_crowds(), config=SMALL_CONFIG)


def scores(model: Snapshot, entries: list[tuple[int, int]]) -> NDArray[np.float32]:
    return model.models[Hybrid].scores(model.context(Query.of(entries)))


def test_title_without_ratings_is_scored_by_similar_titles() -> None:
    model = fitted()
    odd = scores(model, [(row, 9) for row in (1, 3, 5, 7)])
    even = scores(model, [(row, 9) for row in (0, 2, 4, 6)])
    assert odd[39] > 0
    assert odd[39] / odd.max() > 2 * even[39] / even.max()
    known = np.delete(np.arange(N_ANIME), 39)
    assert 39 not in model.models[ItemItem].titles
    trust = model.models[ColdStart].trust[0]
    assert odd[39] / trust > np.median(odd[known])


def test_rating_of_3_lowers_what_goes_with_the_title() -> None:
    model, liked = fitted(), [(1, 9), (3, 9)]
    without, against = (scores(model, entries) for entries in (liked, [*liked, (0, 3), (2, 3)]))
    evens = np.arange(10, 38, 2)
    assert (against[evens] / against.max()).mean() < (without[evens] / without.max()).mean()


def test_hybrid_without_training_queries_keeps_its_linear_start() -> None:
    small = fit_snapshot(catalog(24), ratings(random_lists(8, 24), 24), config=SMALL_CONFIG)
    context, known = small.context(Query.of([(2, 9), (5, 8)])), small.models[ItemItem].titles
    features = small.models[Features].table(context, ("item_item", "user_user"))[:, known]
    expected = features[0] + 0.3 * features[1]
    found = small.models[Hybrid].scores(context)[known]
    assert np.argsort(-found, kind="stable").tolist() == np.argsort(-expected, kind="stable").tolist()


def without_specificity(model: Hybrid) -> Hybrid:
    nothing = SpecificityConfig(theme=0, similarity=0)
    return replace(model, specificity=replace(model.specificity, config=nothing))


@pytest.mark.parametrize("query", LISTS)
def test_odds_are_those_of_the_network_times_a_factor(snapshot: Snapshot, query: Query) -> None:
    model, context = snapshot.models[Hybrid], snapshot.context(query)
    plain, logarithms = without_specificity(model).scores(context), model.specificity.scores(context)
    odds = plain / (1 - plain) * np.exp(logarithms)
    assert model.scores(context) == pytest.approx(odds / (1 + odds), rel=1e-4)


@pytest.mark.parametrize("query", LISTS)
def test_network_alone_orders_titles_without_specificity(snapshot: Snapshot, query: Query) -> None:
    model, context = without_specificity(snapshot.models[Hybrid]), snapshot.context(query)
    known = np.setdiff1d(model.features.item_item.titles, query.anime_rows)
    odds = model.network.scores(model.features.table(context, NAMES, known).T)
    order = np.argsort(-odds, kind="stable")[:100]
    assert (np.diff(model.scores(context)[known][order]) <= 0).all()


@pytest.mark.parametrize("query", LISTS)
def test_scores_are_at_most_1_and_a_page_begins_with_it(snapshot: Snapshot, query: Query) -> None:
    context = snapshot.context(query)
    scores = snapshot.models[Hybrid].scores(context)
    assert np.isfinite(scores).all()
    assert 0 <= scores.min() <= scores.max() <= 1
    assert own_order(snapshot.models[Hybrid], context, 1).scores.tolist() == [1]


def test_newer_users_count_for_hybrid_and_ranker(snapshot: Snapshot) -> None:
    query = Query.of([(row, 10) for row in (5, 90, 200, 280)])
    crowd = {10**6 + user: dict.fromkeys((5, 90, 200, 250, 280), 10) for user in range(30)}
    before, after = snapshot.context(query), snapshot.context(query, newer(crowd, TITLES))
    share = NAMES.index("neighbor_share")
    shares = [snapshot.models[Features].table(context, NAMES)[share, 250] for context in (before, after)]
    assert shares[1] > shares[0]
    for model in (snapshot.models[Hybrid], snapshot.models[Ranker]):
        assert model.scores(after)[250] != model.scores(before)[250]
