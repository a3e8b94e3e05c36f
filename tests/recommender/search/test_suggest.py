"""Suggestions while somebody types."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.titles import Title
from recommender.search import TitleIndex, normalize
from recommender.search.normalize import compact
from tests.recommender.search.conftest import index_of, index_of_names

LETTERS = st.text(alphabet="ab ", min_size=1, max_size=8)


def test_suggest_ranks_whole_names_prefixes_words_parts_typos() -> None:
    index = index_of(
        Title(1, "Mondter", members=10**6),
        Title(2, "Megamonstera", members=99_999),
        Title(3, "Pocket Monsters", members=10_000),
        Title(4, "Big Monster", members=10_000),  # as popular as the one before: by id
        Title(5, "Small Monster", members=70_000),
        Title(6, "Monsters Inside", members=300),
        Title(7, "Monster Musume", members=500),
        Title(8, "Monster", members=10),
        Title(9, "Nothing alike", members=10**7),
    )
    assert index.suggest("monster", 20) == [7, 6, 5, 4, 2, 3, 1, 0]
    assert index.suggest("MONSTER!", 3) == [7, 6, 5]


def test_matches_tell_what_the_text_is_to_a_name() -> None:
    index = index_of(
        Title(1, "Monstera", (("Monster", "synonym"),)),
        Title(2, "Monsters Inside"),
        Title(3, "Pocket Monsters"),
        Title(4, "Megamonstera"),
        Title(5, "Mondter"),
        Title(6, "Monster (2004)"),
    )
    assert index.matches("Monster", 20) == {
        **{5: "exact", 0: "prefix", 1: "prefix", 2: "word_prefix"},
        **{3: "substring", 4: "fuzzy"},
    }


def test_suggest_ranks_namesakes_by_popularity_then_prefixes() -> None:
    index = index_of(
        Title(1, "Kanon", members=40),
        Title(2, "Kanon: Kazahana", members=1_000),
        Title(3, "Kanon (2006)", members=160),
        Title(4, "Kanonical", (("Kanon", "synonym"),), members=90),
    )
    assert index.suggest("kanon", 10) == [2, 0, 1, 3]
    assert index.suggest("kanon (", 10)[:2] == [2, 0]
    assert index.suggest("kano", 10) == [1, 2, 3, 0]


def test_suggest_finds_no_typos_of_a_repeated_letter() -> None:
    index = index_of_names("xxxyxxx", "xxxxHOLiC", "Xxxxxxx")
    assert index.suggest("xxxxxxx", 10) == [2]


def test_suggest_lists_each_title_once() -> None:
    index = index_of(Title(1, "Aria", (("Aria the Animation", "english"), ("The Aria", "synonym"))))
    assert index.suggest("ari", 10) == [0]


def test_suggest_lists_only_allowed_titles() -> None:
    index = index_of_names("Aria", "Aria the Natural", "Arial")
    assert index.suggest("aria", 10, np.array([False, True, True])) == [1, 2]
    assert index.suggest("aria", 10, np.zeros(3, bool)) == []


def test_suggest_fills_places_of_excluded_typos() -> None:
    index = index_of_names("Clanmid", "Clanmod")
    assert index.suggest("clanmad", 2) == [0, 1]
    assert index.suggest("clanmad", 1, np.array([False, True])) == [1]


@pytest.mark.parametrize(("text", "limit"), [("", 5), ("   ", 5), ("aria", 0), ("aria", -1)])
def test_suggest_is_empty_without_text_or_limit(text: str, limit: int) -> None:
    assert index_of_names("Aria").suggest(text, limit) == []


@given(st.lists(LETTERS, min_size=1, max_size=8), LETTERS)
def test_suggest_agrees_with_a_scan_of_all_names(names: list[str], text: str) -> None:
    typed = normalize(text)
    written = {row: {normalize(name), compact(normalize(name))} for row, name in enumerate(names)}
    groups = [
        [row for row, name in enumerate(names) if normalize(name) == typed],
        [row for row, lines in written.items() if any(line.startswith(typed) for line in lines)],
        [row for row, lines in written.items() if any(f" {typed}" in line for line in lines)],
        [row for row, lines in written.items() if any(typed in line for line in lines)],
    ]
    expected = list(dict.fromkeys(row for group in groups for row in group)) if typed else []
    found = index_of_names(*names).suggest(text, 100)
    assert found[: len(expected)] == expected
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("typed", ["shing", "atta", "fullm", "デス", "hunter x", "evang"])
def test_suggest_extends_shorter_lists(index: TitleIndex, typed: str) -> None:
    many = index.suggest(typed, 30)
    assert len(many) > 1
    assert [index.suggest(typed, limit) for limit in range(len(many))] == [many[:n] for n in range(len(many))]
