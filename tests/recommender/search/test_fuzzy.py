"""Misspelled names: typos are tolerated, other titles are not."""

from __future__ import annotations

import pytest

from tests.recommender.search.conftest import index_of_names


@pytest.mark.parametrize(
    ("query", "known"),
    [
        ("Chainsaw Man", "Chainsaw Maid"),
        ("Gintama Movie 3", "Gintama Movie 2"),
        ("Naruto", "Boruto"),
        ("Dr. Stone", "Dr. Slump"),
        ("Air", "Aim"),
        ("B", "A"),
        ("", "A"),
        ("   ", "A"),
        ("!", "?"),
    ],
)
def test_resolve_rejects_similar_names_of_other_titles(query: str, known: str) -> None:
    assert index_of_names(known).resolve(query) is None


@pytest.mark.parametrize(
    "query", ["Shokugeki no Soma", "shokugeki no souna", "shokugekinosouma", "SHOKUGEKI NO SOUMA!"]
)
def test_resolve_tolerates_typos(query: str) -> None:
    assert index_of_names("Aria", "Shokugeki no Souma").resolve(query) == 1
