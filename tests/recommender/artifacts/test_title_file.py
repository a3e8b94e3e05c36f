"""Titles that are read when they are asked for are the titles that were written."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given

from recommender.artifacts.title_file import StoredTitles, write_titles
from recommender.data.catalog import Catalog
from tests.recommender.data.test_catalog import ADULT, CATALOGS, NAUSICAA, SMALL, UNKNOWN


@given(CATALOGS)
def test_a_catalog_survives_the_file(catalog: Catalog) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "titles.jsonl"
        write_titles(catalog.titles, path)
        stored = StoredTitles(path)
        assert list(stored) == list(catalog.titles)
        assert [stored[row] for row in range(len(stored))] == list(catalog.titles)


@pytest.fixture
def stored(tmp_path: Path) -> StoredTitles:
    write_titles(SMALL.titles, tmp_path / "titles.jsonl")
    return StoredTitles(tmp_path / "titles.jsonl")


def test_it_is_a_sequence(stored: StoredTitles) -> None:
    assert len(stored) == 3
    assert stored[-1] == ADULT
    assert stored[:2] == [NAUSICAA, UNKNOWN]
    for row in (3, -4):
        with pytest.raises(IndexError, match=r"outside 0\.\.2"):
            stored[row]


def test_a_title_that_is_asked_for_again_is_not_read_again(stored: StoredTitles) -> None:
    assert stored[0] is stored[0]


def test_it_is_a_catalog_like_any_other(stored: StoredTitles) -> None:
    catalog = Catalog(stored)
    assert catalog.vocabulary.ids.tolist() == [572, 600, 700]
    assert catalog.nsfw.tolist() == SMALL.nsfw.tolist()
    assert catalog.known_genres == SMALL.known_genres


def test_a_file_that_was_cut_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "titles.jsonl"
    write_titles(SMALL.titles, path)
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(ValueError, match=r"titles.jsonl ends in the middle of a line"):
        StoredTitles(path)
