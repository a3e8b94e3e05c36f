"""Filters against reading the catalog title by title."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.titles import Title
from recommender.data.catalog import Catalog
from recommender.pipeline.filters import Filters, UnknownFilterValueError

GENRES, TYPES = ("Action", "Drama", "Hentai"), ("TV", "Movie")
CATALOG = Catalog(
    (
        Title(1, "a", genres=("Action", "Drama"), type="TV", score=8.1, members=500, year=2001),
        Title(2, "b", genres=("Action",), type="Movie", score=6.0, members=40, year=2010),
        Title(3, "c", genres=("Hentai",), type="TV", score=7.0, members=90, year=2005),
        Title(4, "d"),
        Title(5, "e", genres=("Drama", "Hentai"), type="Movie", year=1990, members=500),
    )
)
FILTERS = st.builds(
    Filters,
    types=st.lists(st.sampled_from(TYPES), max_size=2).map(tuple),
    genres=st.lists(st.sampled_from(GENRES), max_size=2).map(tuple),
    genres_exclude=st.lists(st.sampled_from(GENRES), max_size=2).map(tuple),
    min_members=st.sampled_from([0, 40, 41, 500]),
    min_score=st.sampled_from([0.0, 6.0, 7.5]),
    year_from=st.none() | st.integers(1989, 2011),
    year_to=st.none() | st.integers(1989, 2011),
    nsfw=st.booleans(),
)


def meets(title: Title, f: Filters) -> bool:
    return (
        (f.nsfw or "Hentai" not in title.genres)
        and (not f.types or title.type in f.types)
        and set(f.genres) <= set(title.genres)
        and not set(f.genres_exclude) & set(title.genres)
        and (title.members or 0) >= f.min_members
        and (title.score or 0) >= f.min_score
        and (f.year_from is None or (title.year or 0) >= f.year_from)
        and (f.year_to is None or (title.year is not None and title.year <= f.year_to))
    )


@given(FILTERS)
def test_allowed_titles_are_those_that_meet_every_condition(filters: Filters) -> None:
    assert filters.allowed(CATALOG).tolist() == [meets(title, filters) for title in CATALOG.titles]


@given(FILTERS)
def test_there_is_a_mask_for_each_condition_in_force(filters: Filters) -> None:
    names = {"types", "genres", "genres_exclude", "min_members", "min_score"}
    expected = {name for name in names if getattr(filters, name)}
    expected |= set() if filters.nsfw else {"nsfw"}
    expected |= set() if filters.year_from is filters.year_to is None else {"year"}
    assert set(filters.masks(CATALOG)) == expected


def test_adult_titles_are_left_out_unless_asked_for() -> None:
    assert Filters().allowed(CATALOG).tolist() == [True, True, False, True, False]
    assert Filters(nsfw=True).allowed(CATALOG).all()


def test_names_are_compared_without_regard_to_case_and_space() -> None:
    filters = Filters(types=(" tv",), genres=("ACTION ",), genres_exclude=("hentai",))
    assert filters.allowed(CATALOG).tolist() == [True, False, False, False, False]


def test_before_the_year_nought_there_are_no_titles() -> None:
    assert not Filters(year_to=0, nsfw=True).allowed(CATALOG).any()


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        (Filters(types=("Radio",)), "types: 'Radio' is not known; known are Movie, TV"),
        (
            Filters(genres=("Action", "Cooking")),
            "genres: 'Cooking' is not known; known are Action, Drama, Hentai",
        ),
        (Filters(genres_exclude=("",)), "genres_exclude: '' is not known"),
    ],
)
def test_a_name_that_no_title_has_is_refused_with_those_that_are_known(
    filters: Filters, message: str
) -> None:
    with pytest.raises(UnknownFilterValueError) as refusal:
        filters.allowed(CATALOG)
    assert message in str(refusal.value)
    assert refusal.value.field == message.split(":")[0]
