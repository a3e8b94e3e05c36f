"""The blend: new titles are reached, dislikes push away, teachers stay out of what they are asked."""

from __future__ import annotations

import numpy as np

from domain.ratings import LIKED_FROM
from domain.titles import Title
from recommender.artifacts.snapshot import ModelConfig, Snapshot
from recommender.data.catalog import Catalog
from recommender.data.overlay import Overlay
from recommender.data.query import Query
from recommender.data.ratings_matrix import RatingsMatrix
from recommender.models.features import NAMES, TASTE
from recommender.training.learning import LearningConfig, choose_teachers, lessons
from serving.builder import fit_snapshot
from tests.conftest import TITLES
from tests.recommender.conftest import SMALL_CONFIG
from tests.recommender.small import catalog, random_lists, ratings

N_ANIME = 40


def two_tastes(n_users: int = 200) -> RatingsMatrix:
    """Half the people like even titles, half odd ones, of 0..38; nobody knows title 39."""
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


def fitted(config: ModelConfig = SMALL_CONFIG) -> Snapshot:
    return fit_snapshot(1, 0, titles(), two_tastes(), config)


def test_a_title_that_nobody_has_rated_is_reached_by_what_it_is_like() -> None:
    model = fitted()
    odd = model.hybrid.scores(Query.of([(row, 9) for row in (1, 3, 5, 7)]))
    even = model.hybrid.scores(Query.of([(row, 9) for row in (0, 2, 4, 6)]))
    assert odd[39] > 0
    assert odd[39] / odd.max() > 2 * even[39] / even.max()
    known = np.delete(np.arange(N_ANIME), 39)
    assert 39 not in model.item_item.titles
    assert odd[39] > np.median(odd[known])


def test_a_rating_of_3_moves_away_what_goes_with_the_title() -> None:
    model, liked = fitted(), [(1, 9), (3, 9)]
    without, against = (
        model.hybrid.scores(Query.of(entries)) for entries in (liked, [*liked, (0, 3), (2, 3)])
    )
    evens = np.arange(10, 38, 2)
    assert (against[evens] / against.max()).mean() < (without[evens] / without.max()).mean()


def test_people_whose_lists_are_asked_about_are_not_in_what_answers(snapshot: Snapshot) -> None:
    config = LearningConfig()
    teachers = choose_teachers(snapshot.ratings, config)
    assert 0 < len(teachers) <= config.share * snapshot.ratings.n_users
    counts = np.diff(snapshot.ratings.indptr)[teachers]
    assert (counts >= config.min_ratings).all()
    for lesson in list(lessons(snapshot.ratings, teachers, config))[:50]:
        assert lesson.query.user_id in snapshot.ratings.users.ids[teachers]
        assert lesson.query.user_id not in snapshot.user_user.neighbors(lesson.query, 50).user_ids
        assert not np.isin(lesson.anime_rows, lesson.query.anime_rows).any()
        user_row = snapshot.ratings.users.row(int(lesson.query.user_id or 0))
        assert user_row is not None
        values = dict(zip(*(part.tolist() for part in snapshot.ratings.row(user_row)), strict=True))
        assert [values[row] >= LIKED_FROM for row in lesson.anime_rows.tolist()] == lesson.liked.tolist()


def test_no_teachers_are_found_where_nobody_qualifies() -> None:
    assert len(choose_teachers(ratings(random_lists(30, 10), 10), LearningConfig())) == 0


def test_features_are_the_same_whichever_are_asked_for(snapshot: Snapshot) -> None:
    query = Query.of([(3, 9), (40, 4), (77, 0), (120, 7)])
    table = snapshot.hybrid.features.table(query, NAMES)
    assert table.shape == (len(NAMES), TITLES)
    assert np.isfinite(table).all()
    taste = snapshot.hybrid.features.table(query, TASTE)
    assert taste.tobytes() == table[[NAMES.index(name) for name in TASTE]].tobytes()


def test_with_nothing_to_learn_from_it_is_still_item_item_and_user_user() -> None:
    small = fit_snapshot(1, 0, catalog(24), ratings(random_lists(8, 24), 24), SMALL_CONFIG)
    query = Query.of([(2, 9), (5, 8)])
    features = small.hybrid.features.table(query, ("item_item", "user_user"))[:, small.item_item.titles]
    expected = features[0] + 0.3 * features[1]
    scores = small.hybrid.scores(query)[small.item_item.titles]
    assert np.argsort(-scores, kind="stable").tolist() == np.argsort(-expected, kind="stable").tolist()


def test_newer_people_count_at_once(snapshot: Snapshot) -> None:
    query = Query.of([(row, 10) for row in (5, 90, 200, 280)])
    rows = np.array([5, 90, 200, 250, 280], np.int32)
    newer = Overlay.empty(TITLES).extended(
        [(10**6 + user, (rows, np.full(5, 10, np.uint8))) for user in range(30)]
    )
    with_them = snapshot.with_overlay(newer)
    shares = [
        model.hybrid.features.table(query, NAMES)[NAMES.index("neighbors_share"), 250]
        for model in (snapshot, with_them)
    ]
    assert shares[1] > shares[0]
    assert with_them.hybrid.scores(query)[250] != snapshot.hybrid.scores(query)[250]
    assert with_them.ranker.hybrid.features is with_them.ranker.features is with_them.hybrid.features
