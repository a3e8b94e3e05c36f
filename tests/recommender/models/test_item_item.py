"""`item-item`: weights and scores against the closed form computed densely."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from domain.ranges import LIKED_FROM, WatchStatus
from recommender.data.query import Query
from recommender.data.ranking import Ranking
from recommender.kernels.linear import AutoencoderConfig
from recommender.models.base import Models
from recommender.models.item_item import ItemItem, ItemItemConfig
from tests.recommender.small import (
    Lists,
    catalog,
    checkerboard,
    context,
    likes,
    own_order,
    popularity,
    random_lists,
    ratings,
    training_data,
)

N_ANIME = 30
PEOPLE = random_lists(120, N_ANIME)
CONFIG = ItemItemConfig(people=3)


def fit(lists: Lists = PEOPLE, n_anime: int = N_ANIME, config: ItemItemConfig = CONFIG) -> ItemItem:
    return ItemItem.fit(training_data(ratings(lists, n_anime)), Models(), config)


def scores(model: ItemItem, query: Query, n_anime: int = N_ANIME) -> NDArray[np.float32]:
    return model.scores(context(query, catalog(n_anime), model))


def ranked(model: ItemItem, query: Query, k: int, n_anime: int = N_ANIME) -> Ranking:
    """In a world where the first titles are the most popular."""
    first = popularity(np.linspace(1, 0, n_anime))
    return own_order(model, context(query, catalog(n_anime), model, first), k)


def closed_form(config: AutoencoderConfig) -> np.ndarray:
    """Weights, (titles, titles), by inverting the whole regularized gram; none for rare pairs."""
    people = np.zeros((len(PEOPLE), N_ANIME))
    for row, titles in enumerate(PEOPLE.values()):
        n_likes = sum(rating >= LIKED_FROM for rating in titles.values())
        for title, rating in titles.items():
            value = 1.0 if rating >= LIKED_FROM else config.not_liked
            people[row, title] = value * (max(n_likes, 1) / 40) ** -CONFIG.list_power
    gram = people.T @ people
    penalty = config.l2 + config.dropout / (1 - config.dropout) * np.diag(gram)
    inverse = np.linalg.inv(gram + np.diag(penalty))
    weights = -inverse / np.diag(inverse)[None, :]
    np.fill_diagonal(weights, 0)
    has = (people > 0).astype(int)
    return np.where(has.T @ has >= CONFIG.people, weights, 0)


def test_weights_are_the_closed_form_on_one_scale() -> None:
    model, long, short = fit(), closed_form(CONFIG.long), closed_form(CONFIG.short)
    assert model.titles.tolist() == list(range(N_ANIME))
    assert model.long.toarray() == pytest.approx(long, abs=1e-4)
    same_size = short * np.sqrt(np.square(long).mean() / np.square(short).mean())
    assert model.short.toarray() == pytest.approx(same_size, abs=1e-4)


@pytest.mark.parametrize(
    ("entries", "dropped", "evidence", "power"),
    [
        ({3: 10, 8: 10}, [], [1.0, 1.0], 2),  # one rating for all says little: the list is trusted later
        ({3: 10, 8: 0, 9: 2, 11: 7}, [], [1.0, 0.4, -0.3, 0.4], 4),
        ({3: 10, 8: 0, 9: 2, 11: 7}, [8, 11], [1.0, -0.1, -0.3, 0.4], 4),  # a rating tells more
        ({3: 4, 8: 6, 9: 1}, [], [-0.2, 1.0, -0.3], 4),  # nothing rated 8: the better half are the likes
        ({3: 0, 8: 0, 9: 0}, [8], [1.0, -0.1, 1.0], 2),  # no ratings at all: all that is not dropped
    ],
)
def test_scores_blend_both_models_by_length_of_the_list(
    entries: dict[int, int], dropped: list[int], evidence: list[float], power: int
) -> None:
    model, query = fit(), Query.of(entries.items(), statuses=dict.fromkeys(dropped, WatchStatus.DROPPED))
    short = 1 / (1 + (len(entries) / CONFIG.half_length) ** power)
    blend = (1 - short) * model.long.toarray() + short * model.short.toarray()
    expected = np.array(evidence) @ blend[list(entries)]
    assert scores(model, query) == pytest.approx(expected, abs=1e-5)


def test_contributions_add_up_to_the_scores() -> None:
    query = Query.of([(2, 9), (5, 3), (20, 8)])
    model = fit(config=replace(CONFIG, titles=20))
    parts = model.contributions(context(query, catalog(N_ANIME), model), model.titles)
    assert parts.shape == (3, 20)
    assert parts.sum(axis=0) == pytest.approx(scores(model, query)[model.titles], abs=1e-6)


@pytest.mark.parametrize("side", [0, 1])
def test_scores_on_a_checkerboard_follow_the_color_liked(side: int) -> None:
    model = fit(checkerboard(), 20)
    liked = ranked(model, likes([side, side + 4, side + 8]), 7, 20)
    assert {int(row) % 2 for row in liked.anime_rows} == {side}
    mixed = Query.of([(side, 9), (1 - side, 1), (3 - side, 1)])
    own, other = (scores(model, mixed, 20)[color + 10 :: 2] for color in (side, 1 - side))
    assert own.min() > 0 > other.mean()


def test_titles_are_the_most_liked_ones() -> None:
    counts = ratings(PEOPLE, N_ANIME).likes
    model = fit(config=replace(CONFIG, titles=10))
    best = sorted(range(N_ANIME), key=lambda row: (-counts[row], row))[:10]
    assert model.titles.tolist() == sorted(best)


def test_fit_keeps_the_strongest_weights_of_each_title() -> None:
    whole, pruned = fit().long.toarray(), fit(config=replace(CONFIG, weights=5)).long.toarray()
    assert ((pruned != 0).sum(axis=1) == 5).all()
    assert np.array_equal(pruned[pruned != 0], whole[pruned != 0])
    kept = np.sort(np.abs(pruned), axis=1)[:, -5:]
    assert kept == pytest.approx(np.sort(np.abs(whole), axis=1)[:, -5:])


def test_list_of_unknown_titles_orders_by_popularity() -> None:
    model = fit({1: {3: 10, 4: 10}, 2: {3: 9}})
    ranking = ranked(model, likes([7]), 3)
    assert ranking.anime_rows.tolist() == [0, 1, 2]
    assert ranking.scores.tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("lists", [{}, {1: {0: 3, 1: 0}}], ids=["nobody", "nobody who likes anything"])
def test_model_without_likes_orders_by_popularity(lists: Lists) -> None:
    assert ranked(fit(lists), likes([1]), 3).anime_rows.tolist() == [0, 2, 3]
