"""StoredTitles and StoredDetails: sequences whose items are read from a file one by one."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given

from domain.titles import Title
from recommender.artifacts.title_file import StoredDetails, StoredTitles, write_lines
from recommender.data.catalog import Catalog
from tests.recommender.data.test_catalog import ADULT, CATALOGS, NAUSICAA, SMALL, UNKNOWN


@given(CATALOGS)
def test_catalog_survives_the_file(catalog: Catalog) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "titles.jsonl"
        write_lines(catalog.titles, path)
        stored = StoredTitles(path)
        assert list(stored) == list(catalog.titles)
        assert [stored[row] for row in range(len(stored))] == list(catalog.titles)
        write_lines(catalog.details, path)
        assert list(StoredDetails(path)) == list(catalog.details)


@pytest.fixture
def stored(tmp_path: Path) -> StoredTitles:
    write_lines(SMALL.titles, tmp_path / "titles.jsonl")
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
    write_lines(SMALL.titles, path)
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
    write_lines(SMALL.titles, path)
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(ValueError, match=r"titles.jsonl ends in the middle of a line"):
        StoredTitles(path)


def test_earlier_title_has_defaults_of_later_fields(tmp_path: Path) -> None:
    path = tmp_path / "titles.jsonl"
    path.write_text('[1, "Mononoke", [], ["Mystery"], "TV", 12, 8.4, 5, 2007, null]\n', "utf-8")
    title = Title(1, "Mononoke", genres=("Mystery",), type="TV", episodes=12, score=8.4, members=5, year=2007)
    assert list(StoredTitles(path)) == [title]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("[null, [], [], 2007, null, {}, []]", "has 2007 in the place of a text"),
        ("[5, [], [], null, null, {}, []]", "has 5 in the place of a text"),
        ("[null, [], [], null, null, {}]", "missing 1 required positional argument: 'offers'"),
    ],
)
def test_stored_details_refuse_other_values(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "details.jsonl"
    path.write_text(f"{line}\n", "utf-8")
    with pytest.raises(ValueError, match=f"row 0 of the details: .*{message}"):
        list(StoredDetails(path))
