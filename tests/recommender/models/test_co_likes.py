"""Co-likes: lifts of pairs of titles, worked out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

from recommender.artifacts.arrays import DirectoryReader, DirectoryWriter
from recommender.data.query import Query
from recommender.models.base import Models
from recommender.models.co_likes import STEP, CoLikes, CoLikesConfig
from recommender.models.context import ScoringContext
from recommender.models.item_item import ItemItem, ItemItemConfig
from tests.recommender.small import Lists, catalog, context, ratings, training_data

N_ANIME = 6
# 10 people: titles 0 and 1 are liked together by four of them, 2 and 3 by nobody, 4 by everybody
PEOPLE: Lists = {
    **{user: {0: 9, 1: 9, 4: 9} for user in range(4)},
    **{user: {2: 9, 4: 9} for user in range(4, 7)},
    **{user: {3: 9, 4: 9, 0: 3} for user in range(7, 10)},
}
CONFIG = CoLikesConfig(people=1, people_prior=1.0, likers_prior=2.0)


def knowing(titles: list[int]) -> Models:
    nothing = csr_array((N_ANIME, N_ANIME), dtype=np.float32)
    return Models().with_model(ItemItem(ItemItemConfig(), np.array(titles, np.int64), nothing, nothing))


def fit(config: CoLikesConfig = CONFIG, titles: list[int] | None = None) -> CoLikes:
    known = titles if titles is not None else list(range(5))
    return CoLikes.fit(training_data(ratings(PEOPLE, N_ANIME)), knowing(known), config)


def liking(*liked: int) -> ScoringContext:
    return context(Query.of([(row, 9) for row in liked]), catalog(N_ANIME))


MODEL = fit()
ROWS = np.arange(N_ANIME)


def lift(together: int, first: int, second: int) -> float:
    return float(np.log((together + 1) / (first * second / 10 + 1)))


def test_lift_is_what_is_liked_together_against_chance() -> None:
    lifts = MODEL.of(liking(0), ROWS)
    expected = [lift(4, 4, 4), lift(4, 4, 4), lift(0, 4, 3), lift(0, 4, 3), lift(4, 4, 10), 0.0]
    for found in (lifts.total, lifts.mean, lifts.highest):
        assert found == pytest.approx(expected, abs=STEP)
        assert found.dtype == np.float32


def test_lifts_of_a_list_are_summed_up_in_three_ways() -> None:
    of_one = np.array([lift(4, 4, 4), lift(0, 4, 3)])
    of_two = np.array([lift(0, 3, 4), lift(0, 3, 3)])
    lifts = MODEL.of(liking(0, 2), np.array([1, 3]))
    assert lifts.mean == pytest.approx((of_one + of_two) / 2, abs=STEP)
    assert lifts.total == pytest.approx((of_one + of_two) / np.sqrt(2), abs=2 * STEP)
    assert lifts.highest == pytest.approx(np.maximum(of_one, of_two), abs=STEP)


def test_share_is_of_those_who_like_a_title_of_the_list() -> None:
    likes_both = 4 / (4 + 2)  # of the likers of title 0, with the prior
    expected = np.log1p(-np.log1p(-likes_both))
    assert MODEL.of(liking(0), np.array([1])).share[0] == pytest.approx(expected, abs=0.05)
    assert MODEL.of(liking(2), np.array([3])).share[0] == pytest.approx(0, abs=0.05)


def test_titles_beyond_the_most_liked_have_no_lifts() -> None:
    model = fit(CoLikesConfig(titles=2))
    assert model.titles.tolist() == [0, 4]
    assert not model.of(liking(0), np.array([1, 2, 3, 5])).mean.any()
    assert not model.of(liking(1), ROWS).highest.any()


def test_list_without_known_titles_has_no_lifts() -> None:
    for lifts in (MODEL.of(liking(), ROWS), MODEL.of(liking(5), ROWS), fit(titles=[]).of(liking(0), ROWS)):
        assert not np.array(lifts).any()


def test_long_list_is_compared_in_part() -> None:
    model = fit(CoLikesConfig(people=1, people_prior=1.0, likers_prior=2.0, compared=1))
    some, all_of_it = model.of(liking(0, 2), ROWS), MODEL.of(liking(0), ROWS)
    assert some.mean.tolist() == all_of_it.mean.tolist()


def test_saved_model_answers_alike(tmp_path: Path) -> None:
    MODEL.save(DirectoryWriter(tmp_path, "co-likes"))
    loaded = CoLikes.load(DirectoryReader(tmp_path, "co-likes", N_ANIME), Models(), CONFIG)
    assert np.array_equal(loaded.of(liking(0, 2), ROWS), MODEL.of(liking(0, 2), ROWS))


def test_titles_out_of_order_are_refused(tmp_path: Path) -> None:
    MODEL.save(DirectoryWriter(tmp_path, "co-likes"))
    np.save(tmp_path / "co-likes.titles.npy", MODEL.titles[::-1].copy())
    with pytest.raises(ValueError, match="ascending"):
        CoLikes.load(DirectoryReader(tmp_path, "co-likes", N_ANIME), Models(), CONFIG)


def test_too_few_people_count_for_nobody() -> None:
    model = fit(CoLikesConfig(people=5, people_prior=1.0, likers_prior=2.0))
    assert model.of(liking(0), np.array([1])).mean[0] == pytest.approx(lift(0, 4, 4), abs=STEP)
    assert model.of(liking(4), np.array([4])).mean[0] == pytest.approx(lift(10, 10, 10), abs=STEP)
