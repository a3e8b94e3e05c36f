"""StoredTitles: a sequence of titles that are read from a file one by one."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given

from recommender.artifacts.title_file import StoredTitles, write_titles
from recommender.data.catalog import Catalog
from tests.recommender.data.test_catalog import ADULT, CATALOGS, NAUSICAA, SMALL, UNKNOWN


@given(CATALOGS)
def test_catalog_survives_the_file(catalog: Catalog) -> None:
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


def test_stored_titles_are_a_sequence(stored: StoredTitles) -> None:
    assert len(stored) == 3
    assert stored[-1] == ADULT
    assert stored[:2] == [NAUSICAA, UNKNOWN]
    for row in (3, -4):
        with pytest.raises(IndexError, match=r"outside 0\.\.2"):
            stored[row]


def test_stored_title_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "titles.jsonl"
    write_titles(SMALL.titles, path)
    stored = StoredTitles(path)
    assert stored[1] == UNKNOWN
    with path.open("r+b") as file:  # the same bytes that are mapped
        content = file.read().replace(b"Nothing", b"nothing")
        file.seek(0)
        file.write(content)
    assert stored[1] == UNKNOWN
    assert StoredTitles(path)[1].name == "nothing is known of this"


def test_stored_titles_make_a_catalog(stored: StoredTitles) -> None:
    catalog = Catalog(stored)
    assert catalog.vocabulary.ids.tolist() == [572, 600, 700]
    assert catalog.nsfw.tolist() == SMALL.nsfw.tolist()
    assert catalog.known_genres == SMALL.known_genres


def test_stored_titles_refuse_a_truncated_file(tmp_path: Path) -> None:
    path = tmp_path / "titles.jsonl"
    write_titles(SMALL.titles, path)
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(ValueError, match=r"titles.jsonl ends in the middle of a line"):
        StoredTitles(path)
