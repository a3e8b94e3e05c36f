"""Filters: each mask against reading the catalog title by title."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.titles import Title
from recommender.data.catalog import Catalog
from recommender.pipeline.filters import FILTERS, Filters, UnknownFilterValueError

NEUTRAL = Filters(nsfw=True)  # excludes nothing
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
ANY_FILTERS = st.builds(
    Filters,
    types=st.lists(st.sampled_from(TYPES), max_size=2).map(tuple),
    genres=st.lists(st.sampled_from(GENRES), max_size=2).map(tuple),
    genres_exclude=st.lists(st.sampled_from(GENRES), max_size=2).map(tuple),
    min_members=st.sampled_from([0, 40, 41, 500]),
    min_mal_score=st.sampled_from([0.0, 6.0, 7.5]),
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
        and (title.score or 0) >= f.min_mal_score
        and (f.year_from is None or (title.year or 0) >= f.year_from)
        and (f.year_to is None or (title.year is not None and title.year <= f.year_to))
    )


@given(ANY_FILTERS)
def test_allowed_titles_meet_every_filter(filters: Filters) -> None:
    assert filters.allowed(CATALOG).tolist() == [meets(title, filters) for title in CATALOG.titles]


@given(ANY_FILTERS)
def test_masks_are_those_of_the_filters_in_force(filters: Filters) -> None:
    names = {"types", "genres", "genres_exclude", "min_members", "min_mal_score"}
    expected = {name for name in names if getattr(filters, name)}
    expected |= set() if filters.nsfw else {"nsfw"}
    expected |= {name for name in ("year_from", "year_to") if getattr(filters, name) is not None}
    assert set(filters.masks(CATALOG)) == expected


# (filter, value, rows of the titles that meet it)
MASKS = [
    ("types", ("TV",), [0, 2]),
    ("types", ("TV", "Movie"), [0, 1, 2, 4]),
    ("genres", ("Action",), [0, 1]),
    ("genres", ("Action", "Drama"), [0]),
    ("genres_exclude", ("Action",), [2, 3, 4]),
    ("genres_exclude", ("Action", "Hentai"), [3]),
    ("min_members", 90, [0, 2, 4]),
    ("min_mal_score", 6.5, [0, 2]),
    ("year_from", 2001, [0, 1, 2]),
    ("year_to", 2001, [0, 4]),
    ("nsfw", False, [0, 1, 3]),
]


@pytest.mark.parametrize(("name", "value", "rows"), MASKS)
def test_filter_masks_the_titles_that_meet_it(name: str, value: object, rows: list[int]) -> None:
    mask = FILTERS[name].mask(CATALOG, value)
    assert mask is not None
    assert (mask.dtype, np.flatnonzero(mask).tolist()) == (np.bool_, rows)
    filters = replace(NEUTRAL, **{name: value})  # type: ignore[arg-type]
    assert np.flatnonzero(filters.allowed(CATALOG)).tolist() == rows


def test_every_filter_has_a_tested_mask() -> None:
    assert {name for name, _, _ in MASKS} == set(FILTERS) == {field.name for field in fields(Filters)}


@pytest.mark.parametrize("name", FILTERS)
def test_filter_at_its_neutral_value_does_nothing(name: str) -> None:
    assert FILTERS[name].mask(CATALOG, getattr(NEUTRAL, name)) is None


def test_filters_at_their_defaults_exclude_adult_titles_only() -> None:
    assert set(Filters().masks(CATALOG)) == {"nsfw"}
    assert replace(Filters(), nsfw=True) == NEUTRAL


@pytest.mark.parametrize("name", FILTERS)
def test_filter_describes_itself(name: str) -> None:
    spec = FILTERS[name]
    assert spec.label
    assert spec.description
    assert (spec.choices is not None) == (spec.control == "multichoice")


def test_choices_are_the_names_that_titles_have() -> None:
    for name, expected in (("types", TYPES), ("genres", GENRES), ("genres_exclude", GENRES)):
        choices = FILTERS[name].choices
        assert choices is not None
        assert choices(CATALOG) == sorted(expected)


def test_adult_titles_are_excluded_by_default() -> None:
    assert Filters().allowed(CATALOG).tolist() == [True, True, False, True, False]
    assert Filters(nsfw=True).allowed(CATALOG).all()


def test_names_ignore_case_and_surrounding_space() -> None:
    filters = Filters(types=(" tv",), genres=("ACTION ",), genres_exclude=("hentai",))
    assert filters.allowed(CATALOG).tolist() == [True, False, False, False, False]


def test_year_to_zero_allows_no_title() -> None:
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
def test_unknown_name_is_refused_with_the_known_ones(filters: Filters, message: str) -> None:
    with pytest.raises(UnknownFilterValueError) as refusal:
        filters.allowed(CATALOG)
    assert message in str(refusal.value)
    assert refusal.value.field == message.split(":")[0]
