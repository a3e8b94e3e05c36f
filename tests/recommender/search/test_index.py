"""The index as a whole: saved and restored, empty, given any text."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from recommender.artifacts.arrays import DirectoryReader, DirectoryWriter
from recommender.data.catalog import Catalog
from recommender.search import TitleIndex
from tests.recommender.search.conftest import index_of, index_of_names, query_bank


def test_loaded_index_answers_the_query_bank_alike(
    index: TitleIndex, catalog: Catalog, tmp_path: Path
) -> None:
    DirectoryWriter(tmp_path, "search").arrays(index.arrays())
    again = TitleIndex.load(DirectoryReader(tmp_path, "search", len(catalog)), index.text, catalog)
    for text, _ in query_bank():
        assert again.resolve(text) == index.resolve(text)
        assert again.suggest(text[:4], 8) == index.suggest(text[:4], 8)


def test_empty_catalog_resolves_nothing() -> None:
    index = index_of()
    assert index.resolve("Death Note") is None
    assert index.suggest("Death", 5) == []


@given(st.text(max_size=300))
def test_search_accepts_any_text(text: str) -> None:
    index = index_of_names("Steins;Gate", "!!!", "進撃の巨人", "a")
    assert index.resolve(text) in {None, 0, 1, 2, 3}
    assert len(index.suggest(text, 2)) <= 2
