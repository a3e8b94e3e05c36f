"""Filters: each mask against reading the catalog title by title."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.titles import Season, Title
from recommender.data.catalog import Catalog
from recommender.pipeline.filters import FILTERS, MAX_CHOICES, Filters, UnknownFilterValueError

NEUTRAL = Filters(nsfw=True)  # excludes nothing
GENRES, TYPES = ("Action", "Drama", "Hentai"), ("TV", "Movie")
STUDIOS, SERVICES = ("Bones", "Madhouse"), ("Netflix", "Bilibili")
CATALOG = Catalog(
    (
        Title(
            *(1, "a"),
            **{"genres": ("Action", "Drama"), "type": "TV", "score": 8.1, "members": 500, "year": 2001},
            **{"studios": ("Bones", "Madhouse"), "source": "Manga", "duration_minutes": 24},
            **{"season": Season(2001, "spring"), "airing_status": "finished", "age_rating": "PG-13"},
            services=("Netflix",),
        ),
        Title(
            *(2, "b"),
            **{"genres": ("Action",), "type": "Movie", "score": 6.0, "members": 40, "year": 2010},
            **{"studios": ("Madhouse",), "source": "Original", "duration_minutes": 95},
            **{"season": Season(2010, "fall"), "airing_status": "upcoming", "age_rating": "R+"},
            services=("Bilibili", "Netflix"),
        ),
        Title(3, "c", genres=("Hentai",), type="TV", score=7.0, members=90, year=2005),
        Title(4, "d"),
        Title(5, "e", genres=("Drama", "Hentai"), type="Movie", year=1990, members=500),
    )
)


def some(values: Sequence[Any], size: int = 2) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(st.sampled_from(values), max_size=size).map(tuple)


ANY_FILTERS = st.builds(
    Filters,
    types=some(TYPES),
    genres=some(GENRES),
    genres_exclude=some(GENRES),
    min_members=st.sampled_from([0, 40, 41, 500]),
    min_mal_score=st.sampled_from([0.0, 6.0, 7.5]),
    year_from=st.none() | st.integers(1989, 2011),
    year_to=st.none() | st.integers(1989, 2011),
    seasons=some(("Spring 2001", "fall 2010", "Winter 1999")),
    statuses=some(("finished", "upcoming")),
    max_minutes=st.none() | st.integers(23, 96),
    age_ratings=some(("PG-13", "R+")),
    sources=some(("Manga", "Original")),
    studios=some(STUDIOS),
    services=some(SERVICES),
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
        and (not f.seasons or str(title.season).lower() in map(str.lower, f.seasons))
        and (not f.statuses or title.airing_status in f.statuses)
        and (f.max_minutes is None or 0 < (title.duration_minutes or 0) <= f.max_minutes)
        and (not f.age_ratings or title.age_rating in f.age_ratings)
        and (not f.sources or title.source in f.sources)
        and (not f.studios or bool({*f.studios} & {*title.studios}))
        and (not f.services or bool({*f.services} & {*title.services}))
    )


@given(ANY_FILTERS)
def test_allowed_titles_meet_every_filter(filters: Filters) -> None:
    assert filters.allowed(CATALOG).tolist() == [meets(title, filters) for title in CATALOG.titles]


@given(ANY_FILTERS)
def test_masks_are_those_of_the_filters_in_force(filters: Filters) -> None:
    expected = {name for name in FILTERS if getattr(filters, name) != getattr(NEUTRAL, name)}
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
    ("seasons", ("Spring 2001", "Winter 1930"), [0]),
    ("statuses", ("Upcoming",), [1]),
    ("max_minutes", 24, [0]),
    ("statuses", ("airing",), []),  # no title today
    ("age_ratings", ("R+", "PG-13"), [0, 1]),
    ("sources", ("manga",), [0]),
    ("studios", ("Bones",), [0]),
    ("studios", ("Bones", "Madhouse"), [0, 1]),
    ("services", ("Bilibili",), [1]),
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


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("seasons", ["Fall 2010", "Spring 2001"]),
        ("statuses", ["finished", "upcoming"]),
        ("age_ratings", ["PG-13", "R+"]),
        ("studios", ["Madhouse", "Bones"]),
        ("services", ["Netflix", "Bilibili"]),
    ],
)
def test_choices_are_newest_most_frequent_or_in_order(name: str, expected: list[str]) -> None:
    choices = FILTERS[name].choices
    assert choices is not None
    assert choices(CATALOG) == expected
    assert choices(Catalog((Title(1, "Nothing is known of this"),))) == []


def test_form_has_most_frequent_studios_any_is_accepted() -> None:
    """Studio 1 made one title, studio 2 two, and so on; a title may have many."""
    studios = [f"Studio {number}" for number in range(1, 121)]
    catalog = Catalog(tuple(Title(row, "x", studios=tuple(studios[row:])) for row in range(120)))
    choices = FILTERS["studios"].choices
    assert choices is not None
    assert choices(catalog) == studios[: -MAX_CHOICES - 1 : -1]
    assert Filters(studios=("studio 1",)).allowed(catalog).nonzero()[0].tolist() == [0]
    with pytest.raises(UnknownFilterValueError, match=r"of 120 known, the nearest are Studio 1.*, Studio"):
        Filters(studios=("Studioo 1",)).allowed(catalog)


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
        (Filters(seasons=("Summer",)), "seasons: 'Summer' is not known; known are Fall 2010, Spring 2001"),
        (Filters(seasons=("Spring ２００１",)), "seasons: 'Spring ２００１' is not known"),
        (Filters(age_ratings=("M",)), "age_ratings: 'M' is not known; known are G, PG, PG-13, R, R+, Rx"),
    ],
)
def test_unknown_name_is_refused_with_the_known_ones(filters: Filters, message: str) -> None:
    with pytest.raises(UnknownFilterValueError) as refusal:
        filters.allowed(CATALOG)
    assert message in str(refusal.value)
    assert refusal.value.field == message.split(":")[0]
