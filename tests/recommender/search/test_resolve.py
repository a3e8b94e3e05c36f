"""Resolution of typed names to titles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.titles import Title
from recommender.data.catalog import Catalog
from recommender.search import TitleIndex, normalize
from tests.recommender.search.conftest import index_of, index_of_names, query_bank

LETTERS = st.text(alphabet="ab ", min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("text", "anime_id"),
    [
        ("Attack on Titan", 16498),
        ("attack on titan season 2", 25777),
        ("進撃の巨人", 16498),
        ("FMAB", 5114),
        ("Full Metal Alchemist Brotherhood", 5114),
        ("fullmetal alchemist: brotherhood", 5114),
        ("clanad", 2167),
        ("CLANNAD!!", 2167),
        ("Death Note", 1535),
        ("デスノート", 1535),
    ],
)
def test_resolve_finds_titles_by_common_names(
    index: TitleIndex, catalog: Catalog, text: str, anime_id: int
) -> None:
    row = index.resolve(text)
    assert row is not None
    assert catalog[row].anime_id == anime_id


def test_resolve_answers_the_query_bank(index: TitleIndex, catalog: Catalog) -> None:
    right, wrong = [], []
    for text, meant in query_bank():
        row = index.resolve(text)
        found = None if row is None else catalog[row].anime_id
        if found == meant:
            right.append(text)
        elif found is not None:
            wrong.append((text, found))
    assert len(right) >= 0.95 * len(query_bank())
    assert len(wrong) <= 0.01 * len(query_bank()), wrong


def test_resolve_rejects_titles_outside_the_catalog(index: TitleIndex, catalog: Catalog) -> None:
    outside = [text for text, meant in query_bank() if meant is None]
    assert len(outside) >= 25
    found = {text: catalog[row].name for text in outside if (row := index.resolve(text)) is not None}
    assert found == {}


def test_resolve_prefers_a_main_title_to_a_popular_alias() -> None:
    index = index_of(
        Title(1, "Something popular", (("Nana", "english"), ("Hachi", "synonym")), members=10**6),
        Title(2, "NANA", members=10),
        Title(3, "Other", (("Hachi", "synonym"),), members=20),
    )
    assert index.resolve("nana") == 1
    assert index.resolve("Hachi") == 0  # the more popular alias


def test_resolve_prefers_the_popular_namesake_then_the_first() -> None:
    assert index_of(Title(1, "Kanon", members=5), Title(2, "Kanon", members=50)).resolve("kanon") == 1
    assert index_of(Title(1, "Kanon"), Title(2, "Kanon")).resolve("kanon") == 0


def test_resolve_finds_japanese_titles_by_either_part() -> None:
    index = index_of(
        Title(1, "Hakaba", (("墓場鬼太郎（はかばきたろう）", "japanese"),)), Title(2, "Rouge (TV)")
    )
    assert index.resolve("墓場鬼太郎") == 0
    assert index.resolve("はかばきたろう") == 0
    assert index.resolve("Rouge") == 1


def test_resolve_completes_a_prefix_of_one_dominant_title() -> None:
    names = [Title(1, "Monogatari Nekoguro", members=900), Title(2, "Monogatari Tsukihi", members=10)]
    assert index_of(*names).resolve("Monogatari") == 0
    rival = Title(3, "Monogatari Koyomi", members=500)
    assert index_of(*names, rival).resolve("Monogatari") is None
    assert index_of(*names).resolve("Monogat") is None  # not a whole word


@given(st.lists(LETTERS, min_size=1, max_size=8))
def test_resolve_finds_every_name(names: list[str]) -> None:
    named = [name for name in names if normalize(name)]
    index = index_of_names(*names)
    for name in named:
        row = index.resolve(name)
        assert row is not None
        assert normalize(names[row]) == normalize(name)
