"""The split by users: training data, titles sent, relevant titles."""

from __future__ import annotations

import numpy as np
import pytest

from domain.ranges import FAVORITE, LIKED_FROM
from evaluation.protocols.holdout import (
    Holdout,
    HoldoutConfig,
    TooFewUsersError,
    favorites_by_count,
    hold_out,
)
from tests.recommender.small import Lists, ratings

N_ANIME = 60


def lists(n_users: int = 40) -> Lists:
    """Each user rates 45 titles and likes some 40 % of them."""
    rng = np.random.default_rng(2)
    return {
        user: {int(a): int(rng.integers(4, 11)) for a in rng.permutation(N_ANIME)[:45]}
        for user in range(n_users)
    }


LISTS = lists()
CONFIG = HoldoutConfig(users=12, seed=1)


@pytest.fixture(scope="module")
def holdout() -> Holdout:
    return hold_out(ratings(LISTS, N_ANIME), CONFIG)


def test_hidden_users_are_not_in_the_training_data(holdout: Holdout) -> None:
    assert len(holdout.history) == len(holdout.favorites) == 12
    assert holdout.train.n_users == len(LISTS) - 12
    for case in holdout.history:
        whole = dict(zip(case.query.anime_rows.tolist(), case.query.ratings.tolist(), strict=True))
        whole |= dict(zip(case.rated_rows.tolist(), case.rated.tolist(), strict=True))
        (user,) = [user for user, titles in LISTS.items() if dict(titles) == whole]
        assert user not in holdout.train.users.ids


def test_history_sends_four_fifths_of_a_list(holdout: Holdout) -> None:
    for case in holdout.history:
        assert len(case.query.anime_rows) == 36
        assert len(case.rated_rows) == 9
        assert case.relevant.tolist() == case.rated_rows[case.rated >= LIKED_FROM].tolist()


def test_favorites_send_five_liked_titles(holdout: Holdout) -> None:
    for whole, case in zip(holdout.history, holdout.favorites, strict=True):
        liked = np.union1d(whole.query.anime_rows[whole.query.ratings >= LIKED_FROM], whole.relevant)
        assert len(case.query.anime_rows) == 5
        assert set(case.query.ratings.tolist()) == {FAVORITE}
        assert np.union1d(case.query.anime_rows, case.relevant).tolist() == liked.tolist()


def test_seed_determines_the_split(holdout: Holdout) -> None:
    matrix = ratings(LISTS, N_ANIME)
    again, other = hold_out(matrix, CONFIG), hold_out(matrix, HoldoutConfig(users=12, seed=2))
    assert again.train.users.ids.tolist() == holdout.train.users.ids.tolist()
    sent = [[case.query.anime_rows.tolist() for case in found.favorites] for found in (holdout, again)]
    assert sent[0] == sent[1]
    assert other.train.users.ids.tolist() != holdout.train.users.ids.tolist()


def test_holdout_refuses_too_few_long_lists() -> None:
    few = {user: LISTS[user] for user in range(9)}
    with pytest.raises(TooFewUsersError, match="only 9 users have 20 ratings and like 10 titles"):
        hold_out(ratings(few, N_ANIME), CONFIG)


def test_shorter_favorites_are_a_part_of_longer_ones(holdout: Holdout) -> None:
    found = favorites_by_count(holdout, (1, 3, 5), 8, seed=4)
    assert list(found) == [1, 3, 5]
    users = list(zip(*found.values(), strict=True))
    assert 1 <= len(users) <= 8
    for one, three, five in users:
        assert [len(case.query.anime_rows) for case in (one, three, five)] == [1, 3, 5]
        assert set(one.query.anime_rows) < set(three.query.anime_rows) < set(five.query.anime_rows)
        assert len(five.relevant) >= 10
        assert len({len(case.query.anime_rows) + len(case.relevant) for case in (one, three, five)}) == 1


def test_users_with_too_few_likes_have_no_cases_by_count(holdout: Holdout) -> None:
    assert favorites_by_count(holdout, (1, 40), 8, seed=4) == {1: (), 40: ()}
