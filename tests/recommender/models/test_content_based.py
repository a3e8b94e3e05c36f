"""`content-based`: similarities against cosines worked out by hand, and their weight by popularity."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from domain.titles import NO_DETAILS, Title, TitleDetails
from recommender.data.catalog import Catalog
from recommender.data.query import Query
from recommender.data.ranking import Ranking
from recommender.models.base import Models
from recommender.models.content_based import ContentBased, ContentConfig
from tests.recommender.small import context, likes, own_order, popularity, ratings, training_data

A = Title(1, "A", genres=("Action", "Comedy"), members=99)
B = Title(2, "B", genres=("Action",), members=9)
C = Title(3, "C", genres=("Comedy", "Drama"), members=99)
D = Title(4, "D", genres=("Music",), members=9)
E = Title(5, "E")  # nothing is known of it
CATALOG = Catalog((A, B, C, D, E))
POPULARITY = (0.5, 0.4, 0.3, 0.1, 1.0)

# smooth inverse document frequencies among five titles: ln(6 / (1 + titles that have the genre)) + 1
TWICE, ONCE = np.log(6 / 3) + 1, np.log(6 / 2) + 1
VECTORS = {  # over Action, Comedy, Drama, Music; each of length 1
    "A": np.array([1, 1, 0, 0]) / np.sqrt(2),
    "B": np.array([1, 0, 0, 0]),
    "C": np.array([0, TWICE, ONCE, 0]) / np.hypot(TWICE, ONCE),
}


def fit(catalog: Catalog = CATALOG, prior_power: float = 0.0, watchers: ArrayLike = 0) -> ContentBased:
    models = Models().with_model(popularity(POPULARITY[: len(catalog)], watchers))
    data = training_data(ratings({}, len(catalog)), catalog)
    return ContentBased.fit(data, models, ContentConfig(prior_power))


def similarities(model: ContentBased, query: Query, catalog: Catalog = CATALOG) -> NDArray[np.float32]:
    return model.similarities(context(query, catalog, model))


def ranked(model: ContentBased, query: Query, catalog: Catalog, k: int) -> Ranking:
    request = context(query, catalog, model, popularity(POPULARITY[: len(catalog)]))
    return own_order(model, request, k)


def test_similarities_to_one_title_are_its_cosines() -> None:
    expected = [1.0, VECTORS["A"] @ VECTORS["B"], VECTORS["A"] @ VECTORS["C"], 0.0, 0.0]
    assert similarities(fit(), likes([0])) == pytest.approx(expected, abs=1e-6)


def test_similarities_to_titles_are_cosines_of_their_mean() -> None:
    mean = VECTORS["B"] + VECTORS["C"]
    mean = mean / np.linalg.norm(mean)
    expected = [VECTORS[name] @ mean for name in "ABC"]
    assert similarities(fit(), likes([1, 2]))[:3] == pytest.approx(expected, abs=1e-6)


def test_similarities_ignore_disliked_titles() -> None:
    query = Query.of([(1, 10), (2, 2)])
    assert similarities(fit(), query) == pytest.approx(similarities(fit(), likes([1])), abs=1e-6)


def test_scores_weigh_similarity_by_the_log_of_members() -> None:
    model = fit(prior_power=2.0)
    halved = np.log(10) / np.log(100)
    typical = (1 + halved) / 2  # where neither members nor the mean rating are known
    assert model.prior == pytest.approx([1.0, halved**2, 1.0, halved**2, typical**2])
    scores = model.scores(context(likes([0]), CATALOG, model))
    assert scores == pytest.approx(similarities(model, likes([0])) * model.prior)


def test_prior_uses_watchers_where_members_are_unknown() -> None:
    model = fit(prior_power=1.0, watchers=[0, 99, 0, 0, 9])
    assert model.prior == pytest.approx([1.0, 1.0, 1.0, 0.5, 0.5])


def test_titles_without_similarity_follow_by_popularity() -> None:
    ranking = ranked(fit(), likes([0]), CATALOG, 4)
    assert ranking.anime_rows.tolist() == [1, 2, 4, 3]
    assert ranking.scores[2:].tolist() == [0.0, 0.0]


def test_similarity_includes_type_era_and_length() -> None:
    movie = Title(1, "X", type="Movie", year=1988, episodes=1)
    catalog = Catalog(
        (
            movie,
            replace(movie, anime_id=2, year=1985),  # the same five years
            replace(movie, anime_id=3, year=1990),
            replace(movie, anime_id=4, type="TV", year=2010, episodes=24),
        )
    )
    found = similarities(fit(catalog), likes([0]), catalog)
    assert found[1] == pytest.approx(1.0)
    assert 1 > found[2] > found[3] == 0


@pytest.mark.parametrize("titles", [(), (E,), (E, Title(6, "F"))], ids=len)
def test_catalog_without_attributes_orders_by_popularity(titles: tuple[Title, ...]) -> None:
    catalog = Catalog(titles)
    ranking = ranked(fit(catalog), likes([0][: len(titles)]), catalog, 5)
    assert ranking.anime_rows.tolist() == list(range(1, len(titles)))


def test_studio_source_and_tags_count_less_than_a_genre() -> None:
    one = Title(1, "One", genres=("Action",), studios=("Madhouse",), source="Manga", type="TV")
    titles = [
        one,
        replace(one, anime_id=2, studios=("Bones",), source="Original"),  # the same genre
        replace(one, anime_id=3, genres=("Drama",), source="Original"),  # the same studio
        replace(one, anime_id=4, genres=("Drama",), studios=("Bones",)),  # the same source
        replace(one, anime_id=5, genres=("Drama",), studios=("Bones",), source="Original"),
    ]
    tags = [TitleDetails(tags=("space",)), *[NO_DETAILS] * 3, TitleDetails(tags=("space",))]
    found = {}
    for name, details in (("without", ()), ("with", tuple(tags))):
        catalog = Catalog(tuple(titles), details)
        found[name] = similarities(fit(catalog), likes([0]), catalog)
    genre, studio, source, nothing = found["without"][1:].tolist()
    assert genre > max(studio, source) > min(studio, source) > nothing > 0
    assert found["with"][4] > nothing
