"""Titles whose ratings are hidden from training, and the quality of their scores."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from domain.ranges import LIKED_FROM
from evaluation.protocols.cold_start import ColdCase, ColdStart, ColdStartConfig, cold_auc, hide_titles
from evaluation.protocols.holdout import Holdout, HoldoutConfig, hold_out
from recommender.data.query import Query
from tests.recommender.small import likes, ratings

N_ANIME = 60
CONFIG = ColdStartConfig(titles=8, min_likes=5, max_likes=12, seed=4)


@pytest.fixture(scope="module")
def holdout() -> Holdout:
    """Each user rates 45 of 60 titles, and likes some 40 % of them."""
    rng = np.random.default_rng(2)
    lists = {
        user: {int(a): int(rng.integers(4, 11)) for a in rng.permutation(N_ANIME)[:45]} for user in range(40)
    }
    return hold_out(ratings(lists, N_ANIME), HoldoutConfig(users=12, seed=1))


@pytest.fixture(scope="module")
def cold(holdout: Holdout) -> ColdStart:
    return hide_titles(holdout, CONFIG)


def test_train_has_no_cold_title_and_all_other_ratings(holdout: Holdout, cold: ColdStart) -> None:
    before, after = holdout.train.to_binary().toarray(), cold.train.to_binary().toarray()
    warm = np.setdiff1d(np.arange(N_ANIME), cold.titles)
    assert before[:, cold.titles].any(axis=0).all()
    assert not after[:, cold.titles].any()
    assert (after[:, warm] == before[:, warm]).all()
    assert cold.train.likes[warm].tolist() == holdout.train.likes[warm].tolist()


def test_cold_titles_have_neither_few_nor_many_likes(holdout: Holdout, cold: ColdStart) -> None:
    liked = holdout.train.likes[cold.titles]
    assert len(cold.titles) == 8
    assert liked.min() >= 5
    assert liked.max() <= 12


def test_at_most_half_of_the_eligible_titles_are_hidden(holdout: Holdout) -> None:
    likes_of = holdout.train.likes
    eligible = int(((likes_of >= 5) & (likes_of <= 12)).sum())
    found = hide_titles(holdout, ColdStartConfig(titles=100, min_likes=5, max_likes=12))
    assert len(found.titles) == eligible // 2


def test_seed_determines_the_cold_titles(holdout: Holdout, cold: ColdStart) -> None:
    assert hide_titles(holdout, CONFIG).titles.tolist() == cold.titles.tolist()
    other = hide_titles(holdout, ColdStartConfig(titles=8, min_likes=5, max_likes=12, seed=5))
    assert other.titles.tolist() != cold.titles.tolist()


def test_cold_case_sends_the_rest_of_the_history(holdout: Holdout, cold: ColdStart) -> None:
    sent = {tuple(np.setdiff1d(case.query.anime_rows, cold.titles)): case for case in holdout.history}
    assert 0 < len(cold.cases) <= len(holdout.history)
    for case in cold.cases:
        whole = sent[tuple(case.query.anime_rows)]
        rated = dict(zip(whole.query.anime_rows.tolist(), whole.query.ratings.tolist(), strict=True))
        assert case.query.ratings.tolist() == [rated[row] for row in case.query.anime_rows.tolist()]
        rated |= dict(zip(whole.rated_rows.tolist(), whole.rated.tolist(), strict=True))
        hidden = cold.titles.tolist()
        assert case.liked.tolist() == [row for row in hidden if rated.get(row, 0) >= LIKED_FROM] != []
        assert case.not_watched.tolist() == [row for row in hidden if row not in rated] != []


def test_cold_auc_is_a_mean_over_users() -> None:
    cases = [
        ColdCase(likes([0]), np.array([1, 2]), np.array([3, 4])),  # .5 and .2 against .3 and .2
        ColdCase(likes([5]), np.array([1]), np.array([4])),
    ]

    def scores(query: Query) -> NDArray[np.float32]:
        return np.array([0.9, 0.5, 0.2, 0.3, 0.2, 0.9], np.float32)

    steps: list[int] = []
    found = cold_auc(scores, cases, lambda: steps.append(1))
    assert found.value == pytest.approx(((1 + 1 + 0 + 0.5) / 4 + 1) / 2)
    assert len(steps) == 2


def test_cold_auc_of_equal_scores_is_one_half() -> None:
    case = ColdCase(likes([0]), np.array([1, 2]), np.array([3, 4]))
    assert cold_auc(lambda _: np.zeros(5), [case]).value == 0.5
    assert math.isnan(cold_auc(lambda _: np.zeros(5), []).value)
