"""Franchises as a whole: saved and restored, consistent for any catalog."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.relations import KINDS, SAME_STORY, Relation
from domain.titles import Title
from recommender.artifacts.arrays import DirectoryReader, DirectoryWriter
from recommender.data.catalog import Catalog
from recommender.franchises import Franchises
from tests.recommender.franchises.conftest import curated, demo, tv


def test_empty_catalog_has_no_franchises() -> None:
    assert Franchises.build(Catalog(()), []).groups.shape == (0,)


def test_loaded_franchises_equal_the_saved_ones(tmp_path: Path) -> None:
    built = Franchises.build(demo(), curated())
    DirectoryWriter(tmp_path, "franchises").arrays(built.arrays())
    again = Franchises.load(DirectoryReader(tmp_path, "franchises", len(demo())))
    for name, array in built.arrays().items():
        np.testing.assert_array_equal(again.arrays()[name], array)
    assert (built.groups.dtype, built.entries.dtype, built.extras.dtype) == (np.int32, np.int32, np.bool_)


def test_relations_are_those_between_titles_of_the_catalog() -> None:
    titles = tuple(tv(number, name) for number, name in enumerate(("House", "Tree", "Fish", "Bird"), 1))
    relations = [
        (1, 2, "sequel"),
        (1, 3, "summary"),
        (3, 1, "unrelated"),
        (2, 99, "sequel"),
        (1, 4, "side_story"),
    ]
    built = Franchises.build(Catalog(titles), [Relation(*relation) for relation in relations])
    assert built.related(0) == [(1, "sequel"), (3, "side_story")]
    assert built.related(1) == [(0, "prequel")]
    assert built.related(3) == [(0, "parent_story")]
    assert Franchises.singletons(4).related(0) == []


def test_franchises_of_earlier_releases_have_no_relations(tmp_path: Path) -> None:
    built = Franchises.build(demo(), curated())
    assert len(built.relations)
    arrays = built.arrays()
    del arrays["relations"]
    DirectoryWriter(tmp_path, "franchises").arrays(arrays)
    again = Franchises.load(DirectoryReader(tmp_path, "franchises", len(demo())))
    assert (again.groups.tolist(), len(again.relations)) == (built.groups.tolist(), 0)


@pytest.mark.parametrize("relation", [(0, 2, 0), (0, 1, len(KINDS)), (-1, 1, 0)])
def test_franchises_refuse_relations_that_cannot_be(tmp_path: Path, relation: tuple[int, int, int]) -> None:
    arrays = Franchises.singletons(2).arrays() | {"relations": np.array([relation], np.int32)}
    DirectoryWriter(tmp_path, "franchises").arrays(arrays)
    with pytest.raises(ValueError, match="relations"):
        Franchises.load(DirectoryReader(tmp_path, "franchises", 2))


def test_franchises_reject_arrays_of_different_lengths() -> None:
    rows = np.zeros(2, np.int32)
    with pytest.raises(ValueError, match="one shape"):
        Franchises(rows, rows, np.zeros(3, bool))


WORDS = st.sampled_from(
    [
        "Hagane",
        "Sora",
        "no",
        "II",
        "2",
        ":",
        "-",
        "Movie",
        "Specials",
        "Recap",
        "Zoku",
        "x",
        "!",
        "(TV)",
        "第2期",
        "K",
    ]
)
TITLES = st.builds(
    Title,
    anime_id=st.integers(1, 40),
    name=st.lists(WORDS, min_size=1, max_size=4).map(" ".join),
    aliases=st.lists(
        st.tuples(st.lists(WORDS, min_size=1, max_size=3).map(" ".join), st.just("synonym")), max_size=2
    ).map(tuple),
    genres=st.sampled_from([(), ("Action",), ("Drama", "Action"), ("Hentai",)]),
    type=st.sampled_from([None, "TV", "Movie", "OVA", "ONA", "Special", "Music"]),
    members=st.one_of(st.none(), st.integers(0, 10**6)),
    year=st.one_of(st.none(), st.integers(1960, 2020)),
)
CATALOGS = st.lists(TITLES, max_size=25, unique_by=lambda title: title.anime_id).map(
    lambda titles: Catalog(tuple(sorted(titles, key=lambda title: title.anime_id)))
)
RELATIONS = st.lists(
    st.builds(Relation, st.integers(1, 45), st.integers(1, 45), st.sampled_from(KINDS)), max_size=12
)


@settings(max_examples=300, deadline=None)
@given(CATALOGS, RELATIONS)
def test_groups_entries_and_extras_are_consistent(catalog: Catalog, relations: list[Relation]) -> None:
    built = Franchises.build(catalog, relations)
    rows = np.arange(len(catalog))
    np.testing.assert_array_equal(built.entries[built.entries], built.entries)
    np.testing.assert_array_equal(built.groups[built.groups], built.groups)
    np.testing.assert_array_equal(built.groups[built.entries], built.groups)
    np.testing.assert_array_equal(built.entries[built.groups], built.groups)
    assert not (built.extras & (built.entries == rows)).any()


@settings(max_examples=200, deadline=None)
@given(CATALOGS, RELATIONS)
def test_entries_air_first_and_unrelated_titles_stay_apart(
    catalog: Catalog, relations: list[Relation]
) -> None:
    built = Franchises.build(catalog, relations)
    rows = {title.anime_id: row for row, title in enumerate(catalog.titles)}
    for relation in relations:
        pair = (rows.get(relation.anime_id), rows.get(relation.related_id))
        if relation.kind == "unrelated" and None not in pair and pair[0] != pair[1]:
            assert built.groups[pair[0]] != built.groups[pair[1]]
    told = {relation.related_id for relation in relations}
    for title, entry in zip(catalog.titles, built.entries, strict=True):
        first = catalog[entry]
        if title.type == "TV" and title.anime_id not in told and title.year and first.year:
            assert first.year <= title.year


@settings(max_examples=100, deadline=None)
@given(CATALOGS, RELATIONS, st.randoms(use_true_random=False))
def test_order_of_relations_changes_nothing(
    catalog: Catalog, relations: list[Relation], random: Random
) -> None:
    relations = [relation for relation in relations if relation.kind in SAME_STORY]
    shuffled = random.sample(relations, len(relations))
    built, again = Franchises.build(catalog, relations), Franchises.build(catalog, shuffled)
    np.testing.assert_array_equal(built.groups, again.groups)
    np.testing.assert_array_equal(built.entries, again.entries)
