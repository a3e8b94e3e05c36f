"""`title-similarity`: weights against a dense computation, sums and coherence worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from domain.titles import Title
from recommender.data.catalog import Catalog
from recommender.data.query import Query
from recommender.models.base import Models
from recommender.models.context import ScoringContext
from recommender.models.descriptions import Descriptions, DescriptionsConfig
from recommender.models.item_item import ItemItem, ItemItemConfig
from recommender.models.title_similarity import TitleSimilarity, TitleSimilarityConfig
from tests.recommender.small import (
    catalog,
    checkerboard,
    context,
    likes,
    own_order,
    popularity,
    ratings,
    training_data,
)

A, B, C, D, E = range(5)
CATALOG = Catalog(
    (
        Title(A, "A", genres=("Action", "Comedy")),
        Title(B, "B", genres=("Action",)),
        Title(C, "C", genres=("Comedy", "Drama")),
        Title(D, "D", genres=("Drama",)),  # item-item does not know it
        Title(E, "E"),  # nor this one, of which nothing is known at all
    )
)
LIKES = np.array([100, 10, 20, 0, 0])
SHORT = np.array([[0, 0.4, 0.2], [0.4, 0, -0.9], [0.1, 0.3, 0]])
LONG = np.array([[0, 0.1, 0.3], [0.2, 0, 0.1], [-0.2, 0.5, 0]])
# each genre has two of the titles, so all weigh the same
COSINES = np.array([[1, 0.5**0.5, 0.5], [0.5**0.5, 1, 0], [0.5, 0, 1]])


def item_item(short: ArrayLike, long: ArrayLike, n_anime: int) -> ItemItem:
    """A model that knows the first titles, with these weights among them."""
    wide = []
    for weights in (long, short):
        known = np.array(weights, np.float32)
        room = n_anime - len(known)
        wide.append(csr_array(np.pad(known, ((0, room), (0, room)))))
    return ItemItem(ItemItemConfig(), np.arange(len(known)), *wide)


NOT_DESCRIBED = np.zeros((len(CATALOG), len(CATALOG)))
NEAR_TWO = NOT_DESCRIBED.copy()
NEAR_TWO[D, [A, C]] = 0.2, 0.5


def fit(config: TitleSimilarityConfig | None = None, described: ArrayLike = NOT_DESCRIBED) -> TitleSimilarity:
    known = popularity(np.ones(len(CATALOG)), LIKES)
    models = Models().with_model(known).with_model(item_item(SHORT, LONG, len(CATALOG)))
    models = models.with_model(Descriptions(DescriptionsConfig(), csr_array(np.array(described, np.float32))))
    data = training_data(ratings({}, len(CATALOG)), CATALOG)
    return TitleSimilarity.fit(data, models, config or TitleSimilarityConfig())


def ask(query: Query) -> ScoringContext:
    return context(query, CATALOG)


def dense(config: TitleSimilarityConfig) -> NDArray[np.float64]:
    """(3, 3): the weights among the titles that item-item knows."""
    evidence = np.maximum(config.short * SHORT + (1 - config.short) * LONG, 0)
    evidence /= LIKES[:3] ** config.popularity_power
    evidence *= (config.genre_floor + COSINES) ** config.genre_power
    return evidence / np.sqrt(evidence.max(axis=1, keepdims=True))


# -- weights -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "config",
    [
        TitleSimilarityConfig(),
        TitleSimilarityConfig(short=0.2, popularity_power=1, genre_floor=1, genre_power=2),
        TitleSimilarityConfig(short=1, popularity_power=0, genre_power=0),
    ],
    ids=["default", "other weights", "evidence alone"],
)
def test_weights_are_evidence_by_likes_and_genres(config: TitleSimilarityConfig) -> None:
    weights = fit(config).weights.toarray()
    assert weights[:3, :3] == pytest.approx(dense(config), rel=1e-5)
    assert not weights[3:].any()
    assert not weights[:, 3:].any()


def test_weight_of_one_title_is_worked_out_by_hand() -> None:
    config = TitleSimilarityConfig(popularity_power=0.5, genre_floor=0.2, genre_power=1)
    # of B for A: (.7 * .4 + .3 * .1) / 10^.5 * (.2 + .7071); C for A: (.7 * .2 + .3 * .3) / 20^.5 * .7
    of_b, of_c = 0.31 / 10**0.5 * (0.2 + 0.5**0.5), 0.23 / 20**0.5 * 0.7
    found = fit(config).weights.toarray()[A]
    assert found[[B, C]] == pytest.approx([of_b**0.5, of_c / of_b**0.5], rel=1e-5)


def test_only_the_strongest_weights_are_kept() -> None:
    weights = fit(TitleSimilarityConfig(weights=1)).weights.toarray()[:3, :3]
    expected = dense(TitleSimilarityConfig())
    expected[expected < expected.max(axis=1, keepdims=True)] = 0
    assert weights == pytest.approx(expected, rel=1e-5)


def test_titles_like_one_of_a_checkerboard_have_its_color() -> None:
    data = training_data(ratings(checkerboard(), 20))
    known = popularity(np.ones(20), data.ratings.likes)
    models = Models().with_model(known)
    models = models.with_model(ItemItem.fit(data, models, ItemItemConfig(people=3)))
    models = models.with_model(Descriptions(DescriptionsConfig(), csr_array((20, 20), dtype=np.float32)))
    model = TitleSimilarity.fit(data, models, TitleSimilarityConfig())
    for row in range(20):
        request = context(likes([row]), catalog(20), model, known)
        assert {other % 2 for other in own_order(model, request, 5).anime_rows.tolist()} == {row % 2}


# -- scores --------------------------------------------------------------------------------------------


def test_scores_are_sums_over_the_liked_titles() -> None:
    query = Query.of([(A, 9), (B, 2), (C, 8)])  # B is not liked
    expected = dense(TitleSimilarityConfig())[[A, C]].sum(axis=0)
    assert fit().scores(ask(query)) == pytest.approx([*expected, 0, 0], rel=1e-5)


def test_title_unknown_to_item_item_has_its_genres_by_likes() -> None:
    # D shares Drama with C; nobody likes D itself
    assert fit().scores(ask(likes([D]))) == pytest.approx([0, 0, 0.5**0.5 * np.log(21), 0, 0], rel=1e-5)


def test_unknown_title_borrows_what_is_similar_to_its_neighbors() -> None:
    config = TitleSimilarityConfig()
    evidence = 0.2 * dense(config)[A] + 0.5 * dense(config)[C]
    expected = evidence * (config.genre_floor + np.array([0, 0, 0.5**0.5])) ** config.genre_power
    scores = fit(described=NEAR_TWO).scores(ask(likes([D])))
    assert scores == pytest.approx([*expected, 0, 0], rel=1e-5)


def test_unknown_titles_are_ignored_beside_known_ones() -> None:
    model = fit()
    assert model.scores(ask(likes([A, D]))).tolist() == model.scores(ask(likes([A]))).tolist()


@pytest.mark.parametrize("query", [Query.of([]), likes([E]), Query.of([(A, 1)])], ids=["empty", "E", "hated"])
def test_list_that_says_nothing_has_no_scores(query: Query) -> None:
    model = fit()
    assert not model.scores(ask(query)).any()
    assert (model.log_relative(ask(query)) == -np.inf).all()


@pytest.mark.parametrize(
    "entries",
    [{A: 9, B: 2, C: 8}, {D: 10}, {D: 10, E: 10}, {A: 10, D: 10}, {E: 10}, {A: 1}, {}],
    ids=["known", "unknown", "two unknown", "both", "nothing known", "hated", "empty"],
)
@pytest.mark.parametrize("described", [NOT_DESCRIBED, NEAR_TWO], ids=["by genre", "described"])
def test_contributions_add_up_to_the_scores(entries: dict[int, int], described: ArrayLike) -> None:
    model, query = fit(described=described), Query.of(entries.items())
    rows = np.array([E, C, A, B, D])
    parts = model.contributions(ask(query), rows)
    assert parts.shape == (len(entries), 5)
    assert parts.sum(axis=0) == pytest.approx(model.scores(ask(query))[rows], rel=1e-5)
    assert not parts[~query.is_liked].any()


def test_log_relative_compares_with_the_best_outside_the_list() -> None:
    model, query = fit(), likes([A, B])
    scores = model.scores(ask(query))
    found = model.log_relative(ask(query))
    assert found[C] == 0
    assert found[[A, B]] == pytest.approx(np.log(scores[[A, B]] / scores[C]), rel=1e-5)
    assert found[[D, E]].tolist() == [-np.inf, -np.inf]


# -- coherence: 0 goes with 1, and less with 2; 2 goes with 0; 3 and 4 go with each other -----------------

PAIRS = [[0, 2, 1, 0, 0], [2, 0, 0, 0, 0], [1, 0, 0, 0, 0], [0, 0, 0, 0, 1], [0, 0, 0, 1, 0]]


def of_pairs(close: int) -> TitleSimilarity:
    models = Models().with_model(popularity(np.ones(6), 1)).with_model(item_item(PAIRS, PAIRS, 6))
    models = models.with_model(Descriptions(DescriptionsConfig(), csr_array((6, 6), dtype=np.float32)))
    data = training_data(ratings({}, 6))
    return TitleSimilarity.fit(data, models, replace(TitleSimilarityConfig(genre_power=0), close=close))


@pytest.mark.parametrize(
    ("listed", "close", "coherence"),
    [
        ([0, 1], 60, 1.0),
        ([0, 1, 2], 60, 2 / 3),
        ([0, 1, 2], 1, 2 / 3),  # 2 is not the closest to 0, but 0 to 2
        ([0, 3], 60, 0.0),
        ([0, 1, 3, 4], 60, 2 / 6),
        ([0, 1, 5], 60, 1 / 3),
        ([2], 60, 1.0),
        ([], 60, 1.0),
    ],
)
def test_coherence_is_the_share_of_close_pairs(listed: list[int], close: int, coherence: float) -> None:
    assert of_pairs(close).coherence(context(likes(listed), catalog(6))) == pytest.approx(coherence)


def test_nearest_is_the_least_weight_of_close_titles() -> None:
    for close, place in ((1, 0), (2, 1), (60, 1)):
        weights = of_pairs(close).weights.toarray()
        assert of_pairs(close).nearest[0] == np.sort(weights[0])[::-1][place]
    assert of_pairs(1).nearest[5] == np.inf
