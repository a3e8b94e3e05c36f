"""Normal forms of typed text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.data.catalog import Catalog
from recommender.search.normalize import MAX_QUERY, compact, fold, loose, normalize

ANY_TEXT = st.text(max_size=10)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Re:Zero", "re zero"),
        ("  Steins;Gate  ", "steins gate"),
        ("K-ON!", "k on"),
        ("Ｎａｒｕｔｏ", "naruto"),
        ("Pokémon", "pokemon"),
        ("がんばれ", "がんばれ"),  # the marks of kana are letters
        ("ガンダム", "ガンダム"),
        ("Spice & Wolf", "spice and wolf"),
        ("Howl's Moving Castle", "howls moving castle"),
        ("Howl’s Moving Castle", "howls moving castle"),
        ("Bakemonogatari 2nd Season", "bakemonogatari 2"),
        ("Bakemonogatari Season 2", "bakemonogatari 2"),
        ("Bakemonogatari Second Season", "bakemonogatari 2"),
        ("Bakemonogatari S2", "bakemonogatari 2"),
        ("Clannad II", "clannad 2"),
        ("II", "ii"),
        ("K²", "k 2"),
        ("Ranma ½", "ranma 1 2"),
        ("!!!", "!!!"),
        ("", ""),
    ],
)
def test_normalize_keeps_words_and_numbers(text: str, expected: str) -> None:
    assert normalize(text) == expected


@given(ANY_TEXT)
def test_normal_forms_are_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert normalize(normalize(text)) == normalize(text)


def test_normalize_is_idempotent_on_demo_names(catalog: Catalog) -> None:
    names = [
        name for title in catalog.titles for name in (title.name, *(alias for alias, _ in title.aliases))
    ]
    assert [normalize(normalize(name)) for name in names] == [normalize(name) for name in names]


@given(ANY_TEXT)
def test_normal_forms_have_single_spaces_and_printable_text(text: str) -> None:
    for form in (fold(text), normalize(text)):
        assert form == " ".join(form.split())
        assert all(character.isprintable() for character in form)


@given(st.text(alphabet="abcXYZ é0-9", max_size=30))
def test_normalize_ignores_case(text: str) -> None:
    assert normalize(text.upper()) == normalize(text.lower()) == normalize(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ookami Kodomo", "Okami Kodomo"),
        ("Toukyou Ghoul", "Tokyo Ghoul"),
        ("Syoujo", "Shoujo"),
        ("Kimi wo Aishita", "Kimi o Aishita"),
        ("The Melancholy of a Girl", "Melancholy of Girl"),
        ("Senpai", "Sempai"),
    ],
)
def test_loose_ignores_articles_and_romanization_variants(one: str, other: str) -> None:
    assert loose(normalize(one)) == loose(normalize(other))


@pytest.mark.parametrize("text", ["\ufdfa" * 200, "&" * 200, "\u00bd" * 200, "\u1e9e" * 200])
def test_normal_forms_are_at_most_as_long_as_a_query(text: str) -> None:
    assert len(fold(text)) <= MAX_QUERY
    assert len(normalize(text)) <= MAX_QUERY


def test_compact_removes_spaces() -> None:
    assert compact("full metal alchemist") == "fullmetalalchemist"
