"""Taste: the summary of a list, against tables worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from domain.titles import Title
from recommender.data.catalog import Catalog
from recommender.data.query import Query
from recommender.models.base import Models
from recommender.models.popularity import Popularity, PopularityConfig
from recommender.pipeline.taste import MAX_APART, MIN_RATERS, Taste, taste_of
from tests.recommender.small import Lists, ratings, training_data

TITLES = Catalog(
    (
        Title(0, "Old", genres=("Drama",), type="Movie", year=1989),
        Title(1, "New", genres=("Drama", "Comedy"), type="TV", year=1990),
        Title(2, "Newer", genres=("Comedy",), type="TV", year=1999),
        Title(3, "Adult", genres=("Hentai",), type="OVA", year=2005),
        Title(4, "Bare"),  # nothing is known of it
    )
)
# title 0 is watched by 20 people, all rating 6; title 1 by ten, five of them unrated, five rating 8;
# title 3 by 20 people rating 2; nobody knows 2 and 4
PEOPLE = {
    person: {0: 6, 3: 2} | ({1: 8 if person % 4 == 0 else 0} if person % 2 == 0 else {})
    for person in range(20)
}
WATCHED = 20 + 10 + 20
LIST = [(0, 9), (1, 7), (2, 10), (3, 5), (4, 0)]


def fit(lists: Lists, titles: Catalog) -> Popularity:
    data = training_data(ratings(lists, len(titles)), titles)
    return Popularity.fit(data, Models(), PopularityConfig())


def taste(entries: list[tuple[int, int]], *, nsfw: bool = False) -> Taste:
    popularity = fit(PEOPLE, TITLES)
    return taste_of(Query.of(entries), TITLES, popularity, nsfw=nsfw)


def test_taste_counts_titles_ratings_and_means() -> None:
    found = taste(LIST)
    assert (found.whole.titles, found.rated) == (5, 4)
    assert found.histogram == (0, 0, 0, 0, 1, 0, 1, 0, 1, 1)
    assert found.whole.mean_rating == (9 + 7 + 10 + 5) / 4
    # of the titles that are rated and that anybody else has rated
    assert found.whole.others_mean_rating == pytest.approx((6 + 8 + 2) / 3)


def test_genres_have_shares_and_means_most_titles_first() -> None:
    found = dict(taste(LIST, nsfw=True).genres)
    assert list(found) == ["Comedy", "Drama", "Hentai"]
    drama, comedy = found["Drama"], found["Comedy"]
    assert (drama.titles, drama.share, drama.others_share) == (2, 2 / 5, 30 / WATCHED)
    assert (drama.mean_rating, drama.others_mean_rating) == (8.0, 7.0)
    assert (comedy.titles, comedy.share, comedy.others_share) == (2, 2 / 5, 10 / WATCHED)
    assert (comedy.mean_rating, comedy.others_mean_rating) == (8.5, 8.0)


def test_decades_ascend_without_unknown_years() -> None:
    found = taste(LIST).decades
    assert [(decade, part.titles, part.mean_rating) for decade, part in found] == [
        (1980, 1, 9.0),
        (1990, 2, 8.5),
        (2000, 1, 5.0),
    ]


def test_types_have_most_titles_first_without_unknown_ones() -> None:
    assert [(name, part.titles, part.share) for name, part in taste(LIST).types] == [
        ("TV", 2, 2 / 5),
        ("Movie", 1, 1 / 5),
        ("OVA", 1, 1 / 5),
    ]


def test_list_without_ratings_has_no_means() -> None:
    found = taste([(0, 0), (2, 0)])
    assert (found.rated, found.histogram) == (0, (0,) * 10)
    assert found.whole.mean_rating is found.whole.others_mean_rating is None
    assert all(part.mean_rating is None for _, part in (*found.genres, *found.decades))
    assert found.higher == found.lower == ()


def test_empty_list_has_an_empty_taste() -> None:
    found = taste([])
    assert (found.whole.titles, found.whole.share, found.rated) == (0, 0.0, 0)
    assert found.genres == found.decades == found.types == found.higher == found.lower == ()


def test_adult_genres_and_titles_are_named_on_request() -> None:
    assert "Hentai" not in dict(taste(LIST).genres)
    assert [apart.anime_row for apart in taste(LIST).higher] == [0]
    adult = taste(LIST, nsfw=True)
    assert "Hentai" in dict(adult.genres)
    assert [apart.anime_row for apart in adult.higher] == [0, 3]
    assert adult.whole == taste(LIST).whole


def test_rating_is_compared_with_means_of_enough_raters() -> None:
    # 8 is the mean of five people, 6 and 2 are of twenty
    found = taste([(0, 3), (1, 1), (3, 2)], nsfw=True)
    assert [(apart.anime_row, apart.rating, apart.others_mean_rating) for apart in found.lower] == [
        (0, 3, 6.0)
    ]
    assert found.higher == ()


@pytest.mark.parametrize(("rating", "named"), [(7, False), (8, True)])
def test_title_is_named_from_half_a_point_on(rating: int, named: bool) -> None:
    titles = Catalog((Title(0, "Good"),))
    # the mean is 7.45
    people = {person: {0: 7 if person < 11 else 8} for person in range(MIN_RATERS)}
    popularity = fit(people, titles)
    found = taste_of(Query.of([(0, rating)]), titles, popularity, nsfw=False)
    assert bool(found.higher) == named
    assert found.lower == ()


def test_titles_furthest_from_the_mean_come_first() -> None:
    n = 2 * MAX_APART + 2
    titles = Catalog(tuple(Title(number, f"Title {number}") for number in range(n)))
    means = [1 + number % 9 for number in range(n)]
    people = {person: dict(enumerate(means)) for person in range(MIN_RATERS)}
    popularity = fit(people, titles)
    found = taste_of(Query.of([(number, 10) for number in range(n)]), titles, popularity, nsfw=False)
    # gaps 9 8 7 6 5 4 3 2 1 9 8 7: equal ones in the order of ids
    assert [apart.anime_row for apart in found.higher] == [0, 9, 1, 10, 2]
    assert found.lower == ()


def test_share_of_a_genre_is_of_what_others_watched() -> None:
    found = dict(taste([(0, 0)]).genres)["Drama"]
    assert np.isclose(found.others_share, (20 + 10) / WATCHED)
