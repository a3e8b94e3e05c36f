"""Training queries: which users they are drawn from, and which parts of their lists."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest

from domain.ranges import FAVORITE, LIKED_FROM, UNRATED
from recommender.artifacts.snapshot import Snapshot
from recommender.franchises import Franchises
from recommender.models.training_data import TrainingConfig, TrainingQuery
from recommender.models.user_user import UserUser
from recommender.training.queries import choose_training_users, training_data, training_queries
from tests.recommender.small import catalog, random_lists, ratings

CONFIG = TrainingConfig()
N_ANIME = 200
MATRIX = ratings(random_lists(60, N_ANIME), N_ANIME)
SMALL = replace(CONFIG, share=0.5, users=25)


def by_user(config: TrainingConfig) -> dict[int, list[TrainingQuery]]:
    found = defaultdict(list)
    for example in training_queries(MATRIX, choose_training_users(MATRIX, config), config):
        assert example.query.user_id is not None
        found[example.query.user_id].append(example)
    return dict(found)


def test_training_users_qualify_and_are_few(snapshot: Snapshot) -> None:
    users = choose_training_users(snapshot.ratings, CONFIG)
    assert 0 < len(users) <= CONFIG.share * snapshot.ratings.n_users
    assert (np.diff(snapshot.ratings.indptr)[users] >= CONFIG.min_ratings).all()
    assert (np.diff(snapshot.ratings.only_liked.indptr)[users] >= CONFIG.min_likes).all()


def test_training_users_ascend_without_repeats() -> None:
    users = choose_training_users(MATRIX, SMALL)
    assert len(users) == 25
    assert (np.diff(users) > 0).all()


@pytest.mark.parametrize(("share", "users", "expected"), [(0.1, 100, 6), (1.0, 4, 4), (0.0, 100, 0)])
def test_training_users_obey_both_limits(share: float, users: int, expected: int) -> None:
    config = replace(CONFIG, share=share, users=users)
    assert len(choose_training_users(MATRIX, config)) == expected


def test_training_users_are_none_where_nobody_qualifies() -> None:
    assert len(choose_training_users(ratings(random_lists(30, 10), 10), CONFIG)) == 0


def test_training_queries_hold_a_part_of_one_real_list(snapshot: Snapshot) -> None:
    users = choose_training_users(snapshot.ratings, CONFIG)
    queries = list(training_queries(snapshot.ratings, users, CONFIG))
    assert len(queries) > 50
    for example in queries[:50]:
        assert example.query.user_id in snapshot.ratings.users.ids[users]
        assert not np.isin(example.anime_rows, example.query.anime_rows).any()
        user_row = snapshot.ratings.users.row(int(example.query.user_id or 0))
        assert user_row is not None
        values = dict(zip(*(part.tolist() for part in snapshot.ratings.row(user_row)), strict=True))
        assert set(example.query.anime_rows.tolist()) <= set(values)
        assert [values[row] >= LIKED_FROM for row in example.anime_rows.tolist()] == example.liked.tolist()
        assert UNRATED not in {values[row] for row in example.anime_rows.tolist()}
        assert example.liked.any()


def test_training_users_are_not_their_own_neighbors(snapshot: Snapshot) -> None:
    users = choose_training_users(snapshot.ratings, CONFIG)
    for example in list(training_queries(snapshot.ratings, users, CONFIG))[:50]:
        neighbors = snapshot.models[UserUser].neighbors(snapshot.context(example.query), 50)
        assert example.query.user_id not in neighbors.user_ids


def test_training_queries_have_every_configured_length() -> None:
    config = replace(SMALL, histories=2, shown=0.5, favorites=(1, 3), rated=(5,))
    found = by_user(config)
    assert len(found) == 25
    for user_id, examples in found.items():
        total = len(MATRIX.row(MATRIX.users.row(user_id) or 0)[0])
        lengths = [len(example.query.anime_rows) for example in examples]
        assert lengths == [round(total / 2), round(total / 2), 5, 1, 3]


def test_training_queries_of_favorites_are_liked_and_unrated() -> None:
    config = replace(SMALL, histories=0, rated=(), favorites=(4,))
    for user_id, (example,) in by_user(config).items():
        rows, values = MATRIX.row(MATRIX.users.row(user_id) or 0)
        assert (values[np.isin(rows, example.query.anime_rows)] >= LIKED_FROM).all()
        assert set(example.query.ratings.tolist()) == {FAVORITE}


def test_training_queries_of_histories_keep_the_ratings() -> None:
    config = replace(SMALL, histories=1, rated=(), favorites=())
    for user_id, (example,) in by_user(config).items():
        rows, values = MATRIX.row(MATRIX.users.row(user_id) or 0)
        assert example.query.ratings.tolist() == values[np.isin(rows, example.query.anime_rows)].tolist()


def test_training_queries_follow_from_the_seed() -> None:
    def drawn(seed: int) -> list[tuple[int | None, list[int]]]:
        config = replace(SMALL, seed=seed)
        queries = training_queries(MATRIX, choose_training_users(MATRIX, config), config)
        return [(example.query.user_id, example.query.anime_rows.tolist()) for example in queries]

    assert drawn(7) == drawn(7) != drawn(8)


def test_training_data_hides_training_users_where_asked() -> None:
    data = training_data(catalog(N_ANIME), Franchises.singletons(N_ANIME), MATRIX, SMALL)
    hidden = set(MATRIX.users.ids[data.training_users].tolist())
    assert {example.query.user_id for example in data.queries} <= hidden
    kept = data.ratings_without_training_users.users.ids.tolist()
    assert set(kept) == set(MATRIX.users.ids.tolist()) - hidden
    assert data.ratings.users.ids.tolist() == MATRIX.users.ids.tolist()
