"""Catalog: titles by row and by id, and their attributes as arrays."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.titles import (
    AGE_RATINGS,
    AIRING_STATUSES,
    NO_DETAILS,
    SEASON_NAMES,
    Offer,
    Season,
    SeasonName,
    Title,
    TitleDetails,
)
from recommender.data.catalog import Catalog

KINDS = st.sampled_from(["english", "japanese", "synonym"])
TEXTS = st.lists(st.text(), max_size=3).map(tuple)
TITLES = st.builds(
    Title,
    anime_id=st.integers(1, 10**9),
    name=st.text(),
    aliases=st.lists(st.tuples(st.text(), KINDS), max_size=3).map(tuple),
    genres=st.lists(st.text(), max_size=3).map(tuple),
    type=st.none() | st.sampled_from(["TV", "Movie"]),
    episodes=st.none() | st.integers(1, 2000),
    score=st.none() | st.floats(0, 10),
    members=st.none() | st.integers(0, 10**9),
    year=st.none() | st.integers(1900, 2100),
    image_url=st.none() | st.text(),
    studios=TEXTS,
    source=st.none() | st.text(),
    duration_minutes=st.none() | st.integers(1, 1000),
    season=st.none() | st.builds(Season, st.integers(1900, 2100), st.sampled_from(SEASON_NAMES)),
    airing_status=st.none() | st.sampled_from(AIRING_STATUSES),
    age_rating=st.none() | st.sampled_from(AGE_RATINGS),
    services=TEXTS,
)
DETAILS = st.builds(
    TitleDetails,
    synopsis=st.none() | st.text(),
    producers=TEXTS,
    tags=TEXTS,
    aired_from=st.none() | st.text(),
    aired_to=st.none() | st.text(),
    external_ids=st.dictionaries(st.text(), st.text(), max_size=3),
    offers=st.lists(st.builds(Offer, st.text(), st.text(), TEXTS), max_size=2).map(tuple),
)
CATALOGS = st.lists(st.tuples(TITLES, DETAILS), max_size=5, unique_by=lambda pair: pair[0].anime_id).map(
    lambda pairs: (
        Catalog(*zip(*sorted(pairs, key=lambda pair: pair[0].anime_id), strict=True))
        if pairs
        else Catalog(())
    )
)

NAUSICAA = Title(
    572, "Nausicaä", (("風の谷のナウシカ", "japanese"), ("Nausicaa", "synonym")), ("Adventure", "Drama")
)
UNKNOWN = Title(600, "Nothing is known of this")
ADULT = Title(700, "Not for children", genres=("Hentai",), type="OVA", members=5, year=1999, score=6.5)
SMALL = Catalog((NAUSICAA, UNKNOWN, ADULT))


@given(CATALOGS)
def test_vocabulary_leads_from_each_id_to_its_title(catalog: Catalog) -> None:
    for title in catalog.titles:
        row = catalog.vocabulary.row(title.anime_id)
        assert row is not None
        assert catalog[row] == title


def test_catalog_refuses_titles_out_of_order() -> None:
    with pytest.raises(ValueError, match="strictly ascending"):
        Catalog((UNKNOWN, NAUSICAA))


def test_catalog_refuses_details_of_other_titles() -> None:
    with pytest.raises(ValueError, match="there are 2 titles, and details of 1"):
        Catalog((NAUSICAA, UNKNOWN), (NO_DETAILS,))


def test_columns_hold_zero_for_unknown_values() -> None:
    assert SMALL.members.tolist() == [0, 0, 5]
    assert SMALL.years.tolist() == [0, 0, 1999]
    assert SMALL.mean_scores.tolist() == [0.0, 0.0, 6.5]
    assert SMALL.minutes.tolist() == SMALL.seasons.tolist() == [0, 0, 0]
    assert SMALL.type_masks["ova"].tolist() == [False, False, True]


def test_unknown_members_are_as_of_titles_with_such_a_score() -> None:
    known = [(1, 6.0, 10**3), (2, 7.0, 10**4), (3, 8.0, 10**5)]
    unknown = [(4, 7.5, None), (5, None, None), (6, 1.0, 0), (7, 10.0, None)]
    rows = (Title(anime_id, "", score=score, members=members) for anime_id, score, members in known + unknown)
    members = np.exp(Catalog(tuple(rows)).log_members) - 1
    expected = [10**3, 10**4, 10**5, 10**4.5, 10**4.25, 0, 10**5]  # never more than the best known has
    assert members == pytest.approx(expected, rel=0.01, abs=0.1)


def test_members_that_nobody_knows_are_none() -> None:
    assert Catalog((Title(1, "A", score=8.0), Title(2, "B"))).log_members.tolist() == [0, 0]
    assert Catalog(()).log_members.tolist() == []


def test_nsfw_follows_from_genres_and_age_rating() -> None:
    assert SMALL.nsfw.tolist() == [False, False, True]
    assert Title(1, "Without genres", age_rating="Rx").nsfw
    assert not Title(1, "Only suggestive", genres=("Ecchi",)).nsfw


def test_genres_and_types_map_lower_case_to_spelling() -> None:
    assert SMALL.genre_masks["drama"].tolist() == [True, False, False]
    assert SMALL.known_genres == {"adventure": "Adventure", "drama": "Drama", "hentai": "Hentai"}
    assert SMALL.labels["types"].names == {"ova": "OVA"}


def test_labels_have_the_names_of_most_titles_first() -> None:
    titles = (
        Title(1, "a", studios=("Bones", "A-1")),
        Title(2, "b", studios=("bones",)),
        Title(3, "c", studios=("Zexcs", "Zexcs")),
    )
    studios = Catalog(titles).labels["studios"]
    assert studios.by_titles == ["bones", "A-1", "Zexcs"]
    assert studios.mask(["bones", "zexcs"]).tolist() == [True, True, True]
    assert studios.mask([]).tolist() == [False] * 3


@given(st.integers(1900, 2100), st.sampled_from(SEASON_NAMES))
def test_season_survives_text_and_number(year: int, name: SeasonName) -> None:
    season = Season(year, name)
    assert Season.parse(f" {str(season).upper()} ") == Season.numbered(season.number) == season
    assert Season.numbered(season.number + 4) == Season(year + 1, name)


@pytest.mark.parametrize(
    "text", ["", "Spring", "2013", "2013 Spring", "Autumn 2013", "spring 13", "spring  2013"]
)
def test_other_text_is_no_season(text: str) -> None:
    assert Season.parse(text) is None


@pytest.mark.parametrize(
    ("day", "season"),
    [
        ("2013-01-01", "Winter 2013"),
        ("2013-03-31", "Winter 2013"),
        ("2013-04-01", "Spring 2013"),
        ("2013-12-31", "Fall 2013"),
    ],
)
def test_season_of_a_day(day: str, season: str) -> None:
    assert str(Season.of(date.fromisoformat(day))) == season


def test_alias_is_the_first_of_its_kind_or_none() -> None:
    assert NAUSICAA.alias("japanese") == "風の谷のナウシカ"
    assert NAUSICAA.alias("english") is None


def test_empty_catalog_has_empty_arrays() -> None:
    empty = Catalog(())
    assert [len(array) for array in (empty.nsfw, empty.members, empty.years, empty.seasons)] == [0, 0, 0, 0]
    assert empty.genre_masks == {}
