"""`content-based` against cosines worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from domain.titles import Title
from recommender.data.catalog import Catalog
from recommender.data.query import Query
from recommender.models.content_based import ContentBased, ContentConfig
from tests.recommender.small import likes

A = Title(1, "A", genres=("Action", "Comedy"), members=99)
B = Title(2, "B", genres=("Action",), members=9)
C = Title(3, "C", genres=("Comedy", "Drama"), members=99)
D = Title(4, "D", genres=("Music",), members=9)
E = Title(5, "E")  # nothing is known of it
CATALOG = Catalog((A, B, C, D, E))
POPULARITY = np.array([0.5, 0.4, 0.3, 0.1, 1.0], np.float32)
NOBODY = np.zeros(5, np.int64)

# smooth inverse document frequencies among five titles: ln(6 / (1 + titles that have the genre)) + 1
TWICE, ONCE = np.log(6 / 3) + 1, np.log(6 / 2) + 1
VECTORS = {  # over Action, Comedy, Drama, Music; each of length 1
    "A": np.array([1, 1, 0, 0]) / np.sqrt(2),
    "B": np.array([1, 0, 0, 0]),
    "C": np.array([0, TWICE, ONCE, 0]) / np.hypot(TWICE, ONCE),
}


def fit(catalog: Catalog = CATALOG, prior_power: float = 0.0) -> ContentBased:
    people = np.zeros(len(catalog), np.int64)
    return ContentBased.fit(catalog, POPULARITY[: len(catalog)], people, ContentConfig(prior_power))


def test_similarities_to_one_title_are_its_cosines() -> None:
    expected = [1.0, VECTORS["A"] @ VECTORS["B"], VECTORS["A"] @ VECTORS["C"], 0.0, 0.0]
    assert fit().similarities(likes([0])) == pytest.approx(expected, abs=1e-6)


def test_similarities_to_several_titles_are_cosines_with_their_mean() -> None:
    mean = VECTORS["B"] + VECTORS["C"]
    mean = mean / np.linalg.norm(mean)
    expected = [VECTORS[name] @ mean for name in "ABC"]
    assert fit().similarities(likes([1, 2]))[:3] == pytest.approx(expected, abs=1e-6)


def test_disliked_titles_do_not_count() -> None:
    query = Query.of([(1, 10), (2, 2)])
    assert fit().similarities(query) == pytest.approx(fit().similarities(likes([1])), abs=1e-6)


def test_well_known_titles_come_first_by_the_log_of_their_members() -> None:
    model = fit(prior_power=2.0)
    halved = np.log(10) / np.log(100)
    assert model.prior == pytest.approx([1.0, halved**2, 1.0, halved**2, 0.0])
    assert model.scores(likes([0])) == pytest.approx(model.similarities(likes([0])) * model.prior)


def test_our_own_people_stand_in_for_unknown_members() -> None:
    watchers = np.array([0, 99, 0, 0, 9], np.int64)
    model = ContentBased.fit(CATALOG, POPULARITY, watchers, ContentConfig(1.0))
    assert model.prior == pytest.approx([1.0, 1.0, 1.0, 0.5, 0.5])


def test_titles_that_resemble_nothing_follow_by_popularity() -> None:
    ranking = fit().recommend(likes([0]), 4)
    assert ranking.anime_rows.tolist() == [1, 2, 4, 3]
    assert ranking.scores[2:].tolist() == [0.0, 0.0]


def test_type_era_and_length_describe_a_title_too() -> None:
    movie = Title(1, "X", type="Movie", year=1988, episodes=1)
    catalog = Catalog(
        (
            movie,
            replace(movie, anime_id=2, year=1985),  # the same five years
            replace(movie, anime_id=3, year=1990),
            replace(movie, anime_id=4, type="TV", year=2010, episodes=24),
        )
    )
    similarities = fit(catalog).similarities(likes([0]))
    assert similarities[1] == pytest.approx(1.0)
    assert 1 > similarities[2] > similarities[3] == 0


@pytest.mark.parametrize("titles", [(), (E,), (E, Title(6, "F"))], ids=len)
def test_a_catalog_of_which_nothing_is_known_is_ranked_by_popularity(titles: tuple[Title, ...]) -> None:
    ranking = fit(Catalog(titles)).recommend(likes([0][: len(titles)]), 5)
    assert ranking.anime_rows.tolist() == list(range(1, len(titles)))
