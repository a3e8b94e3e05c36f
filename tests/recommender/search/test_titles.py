"""From what people type to titles."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import ROOT
from domain.titles import Title
from recommender.data.catalog import Catalog
from recommender.search import TitleIndex, normalize
from recommender.search.normalize import compact, fold, loose

DEMO = ROOT / "curated" / "titles.csv"
ANY_TEXT = st.text(max_size=10)
LETTERS = st.text(alphabet="ab ", min_size=1, max_size=8)


def bundled_catalog() -> Catalog:
    titles = []
    with DEMO.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            aliases = [(row["english"], "english")] if row["english"] else []
            aliases += [(alias, "synonym") for alias in row["aliases"].split("|") if alias]
            members = int(row["members"] or 0)
            titles.append(Title(int(row["anime_id"]), row["name"], tuple(aliases), members=members))
    return Catalog(tuple(sorted(titles, key=lambda title: title.anime_id)))


def bank() -> list[tuple[str, int | None]]:
    """(what somebody types, the title they mean, None where the catalog does not have it)."""
    with (ROOT / "evaluation" / "data" / "title_queries.csv").open(encoding="utf-8", newline="") as file:
        return [(row["query"], int(row["anime_id"] or 0) or None) for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return bundled_catalog()


@pytest.fixture(scope="module")
def bundled(catalog: Catalog) -> TitleIndex:
    return TitleIndex.build(catalog)


def index_of(*titles: Title) -> TitleIndex:
    return TitleIndex.build(Catalog(titles))


def by_letters(*names: str) -> TitleIndex:
    """Titles of these names; the later, the less known."""
    return index_of(*(Title(row, name, members=100 - row) for row, name in enumerate(names)))


# -- forms of a name -----------------------------------------------------------------------------------


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
def test_normalize(text: str, expected: str) -> None:
    assert normalize(text) == expected


@given(ANY_TEXT)
def test_folding_and_normalizing_twice_change_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert normalize(normalize(text)) == normalize(text)


def test_normalizing_a_name_of_the_bundled_catalog_twice_changes_nothing_more(catalog: Catalog) -> None:
    names = [
        name for title in catalog.titles for name in (title.name, *(alias for alias, _ in title.aliases))
    ]
    assert [normalize(normalize(name)) for name in names] == [normalize(name) for name in names]


@given(ANY_TEXT)
def test_folded_and_normalized_text_has_single_spaces_and_no_control_characters(text: str) -> None:
    for form in (fold(text), normalize(text)):
        assert form == " ".join(form.split())
        assert all(character.isprintable() for character in form)


@given(st.text(alphabet="abcXYZ é0-9", max_size=30))
def test_case_does_not_matter(text: str) -> None:
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
def test_habits_of_romanization_and_articles_are_loosened(one: str, other: str) -> None:
    assert loose(normalize(one)) == loose(normalize(other))


def test_compact_has_no_spaces() -> None:
    assert compact("full metal alchemist") == "fullmetalalchemist"


# -- resolution ----------------------------------------------------------------------------------------


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
def test_a_title_is_found_by_what_people_call_it(
    bundled: TitleIndex, catalog: Catalog, text: str, anime_id: int
) -> None:
    row = bundled.resolve(text)
    assert row is not None
    assert catalog[row].anime_id == anime_id


def test_of_the_bank_of_queries_most_are_right_and_hardly_any_wrong(
    bundled: TitleIndex, catalog: Catalog
) -> None:
    right, wrong = [], []
    for text, meant in bank():
        row = bundled.resolve(text)
        found = None if row is None else catalog[row].anime_id
        if found == meant:
            right.append(text)
        elif found is not None:
            wrong.append((text, found))
    assert len(right) >= 0.95 * len(bank())
    assert len(wrong) <= 0.01 * len(bank()), wrong


def test_titles_that_the_catalog_does_not_have_are_refused(bundled: TitleIndex, catalog: Catalog) -> None:
    strangers = [text for text, meant in bank() if meant is None]
    assert len(strangers) >= 25
    found = {text: catalog[row].name for text in strangers if (row := bundled.resolve(text)) is not None}
    assert found == {}


@pytest.mark.parametrize(
    ("typed", "known"),
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
def test_another_title_however_alike_is_refused(typed: str, known: str) -> None:
    assert by_letters(known).resolve(typed) is None


@pytest.mark.parametrize(
    "typed", ["Shokugeki no Soma", "shokugeki no souna", "shokugekinosouma", "SHOKUGEKI NO SOUMA!"]
)
def test_slips_of_the_finger_are_forgiven(typed: str) -> None:
    assert by_letters("Aria", "Shokugeki no Souma").resolve(typed) == 1


def test_a_main_title_beats_an_alias_of_something_better_known() -> None:
    index = index_of(
        Title(1, "Something famous", (("Nana", "english"), ("Hachi", "synonym")), members=10**6),
        Title(2, "NANA", members=10),
        Title(3, "Other", (("Hachi", "synonym"),), members=20),
    )
    assert index.resolve("nana") == 1
    assert index.resolve("Hachi") == 0  # among aliases the better known


def test_of_titles_with_one_name_the_better_known_is_meant_and_of_equals_the_first() -> None:
    assert index_of(Title(1, "Kanon", members=5), Title(2, "Kanon", members=50)).resolve("kanon") == 1
    assert index_of(Title(1, "Kanon"), Title(2, "Kanon")).resolve("kanon") == 0


def test_both_parts_of_a_japanese_title_and_its_reading_are_names() -> None:
    index = index_of(
        Title(1, "Hakaba", (("墓場鬼太郎（はかばきたろう）", "japanese"),)), Title(2, "Rouge (TV)")
    )
    assert index.resolve("墓場鬼太郎") == 0
    assert index.resolve("はかばきたろう") == 0
    assert index.resolve("Rouge") == 1


def test_the_beginning_of_a_name_is_enough_where_one_title_is_far_better_known() -> None:
    names = [Title(1, "Monogatari Nekoguro", members=900), Title(2, "Monogatari Tsukihi", members=10)]
    assert index_of(*names).resolve("Monogatari") == 0
    rival = Title(3, "Monogatari Koyomi", members=500)
    assert index_of(*names, rival).resolve("Monogatari") is None
    assert index_of(*names).resolve("Monogat") is None  # not a whole word


@given(st.lists(LETTERS, min_size=1, max_size=8), st.data())
def test_every_name_resolves_to_a_title_of_that_name(names: list[str], data: st.DataObject) -> None:
    named = [name for name in names if normalize(name)]
    index = by_letters(*names)
    for name in named:
        row = index.resolve(name)
        assert row is not None
        assert normalize(names[row]) == normalize(name)


@given(st.text(max_size=300))
def test_nothing_that_can_be_typed_breaks_the_search(text: str) -> None:
    index = by_letters("Steins;Gate", "!!!", "進撃の巨人", "a")
    assert index.resolve(text) in {None, 0, 1, 2, 3}
    assert len(index.suggest(text, 2)) <= 2


# -- suggestions ---------------------------------------------------------------------------------------


def test_suggestions_are_whole_names_then_beginnings_then_words_then_parts_then_near_misses() -> None:
    index = index_of(
        Title(1, "Mondter", members=10**6),
        Title(2, "Megamonstera", members=99_999),
        Title(3, "Pocket Monsters", members=10_000),
        Title(4, "Big Monster", members=10_000),  # as well known as the one before: by id
        Title(5, "Small Monster", members=70_000),
        Title(6, "Monsters Inside", members=300),
        Title(7, "Monster Musume", members=500),
        Title(8, "Monster", members=10),
        Title(9, "Nothing alike", members=10**7),
    )
    assert index.suggest("monster", 20) == [7, 6, 5, 4, 2, 3, 1, 0]
    assert index.suggest("MONSTER!", 3) == [7, 6, 5]


def test_each_title_is_suggested_once_whatever_its_names() -> None:
    index = index_of(Title(1, "Aria", (("Aria the Animation", "english"), ("The Aria", "synonym"))))
    assert index.suggest("ari", 10) == [0]


def test_only_allowed_titles_are_suggested() -> None:
    index = by_letters("Aria", "Aria the Natural", "Arial")
    assert index.suggest("aria", 10, np.array([False, True, True])) == [1, 2]
    assert index.suggest("aria", 10, np.zeros(3, bool)) == []


def test_a_near_miss_that_is_not_allowed_takes_no_place_from_one_that_is() -> None:
    index = by_letters("Clanmid", "Clanmod")
    assert index.suggest("clanmad", 2) == [0, 1]
    assert index.suggest("clanmad", 1, np.array([False, True])) == [1]


@pytest.mark.parametrize(("text", "limit"), [("", 5), ("   ", 5), ("aria", 0), ("aria", -1)])
def test_nothing_typed_or_wanted_suggests_nothing(text: str, limit: int) -> None:
    assert by_letters("Aria").suggest(text, limit) == []


@given(st.lists(LETTERS, min_size=1, max_size=8), LETTERS)
def test_suggestions_agree_with_reading_every_name(names: list[str], text: str) -> None:
    typed = normalize(text)
    written = {row: {normalize(name), compact(normalize(name))} for row, name in enumerate(names)}
    groups = [
        [row for row, name in enumerate(names) if normalize(name) == typed][:1],
        [row for row, lines in written.items() if any(line.startswith(typed) for line in lines)],
        [row for row, lines in written.items() if any(f" {typed}" in line for line in lines)],
        [row for row, lines in written.items() if any(typed in line for line in lines)],
    ]
    expected = list(dict.fromkeys(row for group in groups for row in group)) if typed else []
    found = by_letters(*names).suggest(text, 100)
    assert found[: len(expected)] == expected
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("typed", ["shing", "atta", "fullm", "デス", "hunter x", "evang"])
def test_more_suggestions_begin_with_the_same_ones(bundled: TitleIndex, typed: str) -> None:
    many = bundled.suggest(typed, 30)
    assert len(many) > 1
    assert [bundled.suggest(typed, limit) for limit in range(len(many))] == [
        many[:n] for n in range(len(many))
    ]


# -- the name that matched -----------------------------------------------------------------------------

GIANTS = Title(
    1,
    "Shingeki no Kyojin",
    (
        ("Attack on Titan", "english"),
        ("AoT", "synonym"),
        ("進撃の巨人", "japanese"),
        ("Titan!", "synonym"),
        ("墓場（はかば）", "japanese"),
    ),
)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("SHINGEKI", "Shingeki no Kyojin"),
        ("進撃", "進撃の巨人"),
        ("aot", "AoT"),
        ("attack", "Attack on Titan"),
        ("titan", "Titan!"),  # whole, where another name only has it inside
        ("tita", "Titan!"),  # and begins with it
        ("on titan", "Attack on Titan"),  # the beginning of a word
        ("ttack", "Attack on Titan"),  # a part
        ("attackon", "Attack on Titan"),  # written in one
        ("はかば", "墓場（はかば）"),  # the reading
        ("shingeky no kyojin", "Shingeki no Kyojin"),  # a near miss
        ("no", "Shingeki no Kyojin"),
        ("zzz", None),
        ("", None),
    ],
)
def test_the_name_that_matched_is_the_one_that_matches_best_as_it_is_written(
    typed: str, name: str | None
) -> None:
    assert index_of(Title(0, "Aria"), GIANTS).matched_name(1, typed) == name


def test_of_names_that_match_alike_the_main_one_matched_then_the_first() -> None:
    index = index_of(Title(1, "Aria (TV)", (("Aria the OVA", "english"), ("Aria the TV", "synonym"))))
    assert index.matched_name(0, "ari") == "Aria (TV)"
    assert index.matched_name(0, "aria the") == "Aria the OVA"
    assert index.matched_name(0, "aria") == "Aria (TV)"  # whole, but for what is in parentheses


def test_whatever_is_suggested_has_a_name_that_matched(bundled: TitleIndex, catalog: Catalog) -> None:
    for text, _ in bank():
        for typed in (text, text[:3], text[2:7]):
            for row in bundled.suggest(typed, 20):
                names = [catalog[row].name, *(alias for alias, _ in catalog[row].aliases)]
                assert bundled.matched_name(row, typed) in names


# -- saved ---------------------------------------------------------------------------------------------


def test_an_index_put_together_again_answers_the_whole_bank_alike(
    bundled: TitleIndex, catalog: Catalog
) -> None:
    again = TitleIndex.assemble(bundled.arrays(), bundled.text, catalog)
    for text, _ in bank():
        assert again.resolve(text) == bundled.resolve(text)
        assert again.suggest(text[:4], 8) == bundled.suggest(text[:4], 8)


def test_a_catalog_without_titles_knows_no_name() -> None:
    index = index_of()
    assert index.resolve("Death Note") is None
    assert index.suggest("Death", 5) == []
