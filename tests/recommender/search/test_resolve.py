"""Resolution of typed names to titles."""

from __future__ import annotations

from dataclasses import replace

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
    assert len(right) >= 0.99 * len(query_bank())
    assert wrong == []


def test_resolve_rejects_titles_outside_the_catalog(index: TitleIndex, catalog: Catalog) -> None:
    unknown = [text for text, meant in query_bank() if meant is None]
    assert len(unknown) >= 25
    found = {text: catalog[row].name for text in unknown if (row := index.resolve(text)) is not None}
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


QUALIFIED = (
    Title(1, "Kanon", (("Kanon 2002", "synonym"),), members=40),
    Title(2, "Kanon (2006)", members=160),
    Title(3, "Kanon (OVA)", members=20),
    Title(4, "Kanon: Kazahana", members=1_000),
)


@pytest.mark.parametrize(
    ("query", "row"),
    [
        ("Kanon", 1),
        ("KANON!", 1),
        ("Kanon (2006)", 1),
        ("kanon 2006", 1),
        ("Kanon 2002", 0),
        ("Kanon (2002)", 0),
        ("Kanon (OVA)", 2),
        ("Kanon: Kazahana", 3),
    ],
)
def test_resolve_ranks_namesakes_despite_qualifiers(query: str, row: int) -> None:
    assert index_of(*QUALIFIED).resolve(query) == row


def test_resolve_prefers_the_exact_name_to_less_popular_ones() -> None:
    exact, qualified = Title(2, "Kanon", members=50), Title(1, "Kanon (2006)", members=50)
    assert index_of(qualified, exact).resolve("Kanon") == 1  # as popular
    assert index_of(replace(qualified, members=49), exact).resolve("Kanon") == 1
    assert index_of(replace(qualified, members=51), exact).resolve("Kanon") == 0


@pytest.mark.parametrize(
    ("query", "row"),
    [
        ("Golgo 13 (1983)", 0),
        ("golgo 13 1983", 0),
        ("Golgo 13 (2008)", 1),
        ("Golgo 13 (1999)", None),
        ("Golgo 13 (0)", None),
    ],
)
def test_resolve_finds_namesakes_by_year(query: str, row: int | None) -> None:
    index = index_of(
        Title(1, "Golgo 13", members=6, year=1983),
        Title(2, "Golgo 13 (TV)", members=18, year=2008),
        Title(3, "Golgo", (("Golgo 13", "synonym"),), members=50, year=1999),
        Title(4, "Golgo 13 (OVA)", members=1),
    )
    assert index.resolve(query) == row


def test_resolve_takes_no_subtitle_for_a_qualifier() -> None:
    index = index_of(
        Title(1, "Hagane", members=600),
        Title(2, "Hagane: Kyoudai", (("Hagane (2009)", "synonym"),), members=800),
        Title(3, "Hagane Movie", members=900),
        Title(4, "Hagane (TV) Specials", members=1_000),
    )
    assert index.resolve("Hagane") == 0
    assert index.resolve("Hagane (2009)") == 1


def test_resolve_ranks_aliases_despite_qualifiers() -> None:
    index = index_of(
        Title(1, "BRS", (("Black Shooter", "english"),), members=40),
        Title(2, "BRS (TV)", (("Black Shooter (2012)", "english"),), members=200),
    )
    assert index.resolve("black shooter") == 1


@given(st.lists(LETTERS, min_size=1, max_size=8), st.data())
def test_resolve_finds_every_qualified_name(names: list[str], data: st.DataObject) -> None:
    qualifiers = st.sampled_from(["", " (TV)", " (2011)", " (TV) (2011)"])
    written = list({f"{name.strip() or 'a'}{data.draw(qualifiers)}" for name in names})
    members = [data.draw(st.integers(0, 3)) for _ in written]
    titles = [Title(row, name, members=members[row]) for row, name in enumerate(written)]
    index = index_of(*titles)
    for name in written:
        row = index.resolve(name)
        assert row is not None
        if "(" in name:
            assert normalize(written[row]) == normalize(name)
        else:
            namesakes = [r for r, other in enumerate(written) if other.split(" (")[0] == name]
            assert members[row] >= max(members[r] for r in namesakes)


@pytest.mark.parametrize(
    "query", ["xxxxxxx", "XXXX", "xx", "x x x", "the xxxxx", "zz", "zzz", "aaaa", "あああ", "!!!!"]
)
def test_resolve_matches_a_repeated_letter_only_to_itself(query: str) -> None:
    names = ("X", "xxxHOLiC", "A/Z", "ZZZZZ", "xxxxxx", "xxxxxxx yyyy", "xxxxxxxx zzzz", "あ", "!")
    assert index_of_names(*names).resolve(query) is None


@pytest.mark.parametrize("name", ["X", "ZZ", "xxxHOLiC", "MM!", "www", "XXXXXXX", "紅", "!!!"])
def test_resolve_finds_names_of_a_repeated_letter(name: str) -> None:
    index = index_of_names("X Y", "Z", "xx", "M", "ww", name)
    assert index.resolve(name) == index.resolve(name.lower()) == 5


@pytest.mark.parametrize(
    ("query", "row"), [("2004", None), ("TV", None), ("前", None), ("ばき", 2), ("刃牙", 2)]
)
def test_resolve_takes_no_qualifier_for_a_name(query: str, row: int | None) -> None:
    index = index_of(
        Title(1, "Tetsujin (2004)", (("鉄人 (2004)", "japanese"), ("スナック (TV)", "japanese"))),
        Title(2, "Satsujin (Zen)", (("殺人（前）", "japanese"),)),
        Title(3, "Baki", (("刃牙（ばき）", "japanese"),)),
    )
    assert index.resolve(query) == row


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
