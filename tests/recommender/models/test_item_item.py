"""`item-item` against the closed form computed densely."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from domain.ratings import LIKED_FROM
from recommender.data.query import Query
from recommender.kernels.linear import AutoencoderConfig
from recommender.models.item_item import ItemItem, ItemItemConfig
from tests.recommender.small import Lists, checkerboard, likes, random_lists, ratings

N_ANIME = 30
PEOPLE = random_lists(120, N_ANIME)
CONFIG = ItemItemConfig()


def fit(lists: Lists = PEOPLE, n_anime: int = N_ANIME, config: ItemItemConfig = CONFIG) -> ItemItem:
    return ItemItem.fit(ratings(lists, n_anime), np.linspace(1, 0, n_anime, dtype=np.float32), config)


def closed_form(config: AutoencoderConfig) -> np.ndarray:
    """Weights, (titles, titles), by inverting the whole regularized gram."""
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
    return weights


def test_weights_are_the_closed_form_and_both_models_are_of_one_size() -> None:
    model, long, short = fit(), closed_form(CONFIG.long), closed_form(CONFIG.short)
    assert model.titles.tolist() == list(range(N_ANIME))
    assert model.long.toarray() == pytest.approx(long, abs=1e-4)
    same_size = short * np.sqrt(np.square(long).mean() / np.square(short).mean())
    assert model.short.toarray() == pytest.approx(same_size, abs=1e-4)


@pytest.mark.parametrize(
    ("given_ratings", "evidence", "power"),
    [
        ({3: 10, 8: 10}, [1.0, 1.0], 2),  # one rating for all says little: the list is trusted later
        ({3: 10, 8: 0, 9: 2, 11: 7}, [1.0, 0.4, -0.3, 0.4], 4),
        ({3: 4, 8: 6, 9: 1}, [-0.2, 1.0, -0.3], 4),  # nothing rated 8: the better half are the likes
    ],
)
def test_scores_are_the_evidence_times_both_models_blended_by_length(
    given_ratings: dict[int, int], evidence: list[float], power: int
) -> None:
    model, query = fit(), Query.of(given_ratings.items())
    short = 1 / (1 + (len(given_ratings) / CONFIG.half_length) ** power)
    blend = (1 - short) * model.long.toarray() + short * model.short.toarray()
    expected = np.array(evidence) @ blend[list(given_ratings)]
    assert model.scores(query) == pytest.approx(expected, abs=1e-5)


def test_contributions_add_up_to_the_scores() -> None:
    query = Query.of([(2, 9), (5, 3), (20, 8)])
    model = fit(config=replace(CONFIG, titles=20))
    parts = model.contributions(query, model.titles)
    assert parts.shape == (3, 20)
    assert parts.sum(axis=0) == pytest.approx(model.scores(query)[model.titles], abs=1e-6)


@pytest.mark.parametrize("side", [0, 1])
def test_on_a_checkerboard_likes_bring_titles_of_their_color_and_dislikes_the_other(side: int) -> None:
    model = fit(checkerboard(), 20)
    liked = model.recommend(likes([side, side + 4, side + 8]), 7)
    assert {int(row) % 2 for row in liked.anime_rows} == {side}
    mixed = Query.of([(side, 9), (1 - side, 1), (3 - side, 1)])
    own, other = (model.scores(mixed)[color + 10 :: 2] for color in (side, 1 - side))
    assert own.min() > 0 > other.mean()


def test_only_the_most_liked_titles_are_known() -> None:
    counts = ratings(PEOPLE, N_ANIME).likes
    model = fit(config=replace(CONFIG, titles=10))
    best = sorted(range(N_ANIME), key=lambda row: (-counts[row], row))[:10]
    assert model.titles.tolist() == sorted(best)


def test_the_strongest_weights_of_each_title_are_kept() -> None:
    whole, pruned = fit().long.toarray(), fit(config=replace(CONFIG, weights=5)).long.toarray()
    assert ((pruned != 0).sum(axis=1) == 5).all()
    assert np.array_equal(pruned[pruned != 0], whole[pruned != 0])
    kept = np.sort(np.abs(pruned), axis=1)[:, -5:]
    assert kept == pytest.approx(np.sort(np.abs(whole), axis=1)[:, -5:])


def test_a_list_of_titles_that_the_model_does_not_know_is_answered_by_popularity() -> None:
    model = fit({1: {3: 10, 4: 10}, 2: {3: 9}})
    ranking = model.recommend(likes([7]), 3)
    assert ranking.anime_rows.tolist() == [0, 1, 2]
    assert ranking.scores.tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("lists", [{}, {1: {0: 3, 1: 0}}], ids=["nobody", "nobody who likes anything"])
def test_without_likes_titles_come_by_popularity(lists: Lists) -> None:
    assert fit(lists).recommend(likes([1]), 3).anime_rows.tolist() == [0, 2, 3]


def test_a_model_put_together_again_gives_the_same_scores() -> None:
    model = fit()
    again = ItemItem.assemble(CONFIG, model.arrays(), model.popularity)
    query = Query.of([(1, 9), (6, 2), (11, 0)])
    assert again.scores(query).tobytes() == model.scores(query).tobytes()
