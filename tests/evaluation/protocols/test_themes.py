"""Lists of one theme: the file, and pages measured by hand."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluation import EvaluationFileError
from evaluation.protocols.similar_titles import RecommendedPair, Votes
from evaluation.protocols.themes import ThemeQuality, Themes, read_themes, theme_quality
from recommender.data.query import Query
from recommender.franchises import Franchises
from tests.recommender.small import catalog

N = 40
THEMES = {
    "themes": {"sports": {"pool": [1], "members": [1, 2, 3, 4]}, "music": {"members": [30, 31]}},
    "hand_lists": [{"theme": "sports", "ids": [1, 5]}, {"theme": "music", "ids": [30, 999]}],
}


def franchises() -> Franchises:
    """1 and 2 are one franchise."""
    groups = np.arange(N, dtype=np.int32)
    groups[2] = 1
    return Franchises(groups, groups.copy(), np.zeros(N, bool))


def measure(
    pages: dict[int, list[int]], themes: dict[str, Any], *pairs: tuple[int, int, int]
) -> ThemeQuality:
    """By the first title of a list -> its page."""
    recommended = [RecommendedPair(*pair) for pair in pairs]
    votes = Votes.of(recommended, catalog(N), franchises()) if pairs else None

    def recommend(query: Query, k: int) -> NDArray[np.int64]:
        assert k == 20
        return np.array(pages[int(query.anime_rows[0])], np.int64)

    found, likes = Themes.model_validate(themes), np.arange(N) * 10
    return theme_quality(recommend, found, catalog(N), franchises(), likes, votes, seed=1)


def test_theme_share_leaves_the_own_franchise_aside() -> None:
    # of the page for 1 and 5, title 2 is of the franchise of 1; of the rest, 3 and 4 are sports
    quality = measure({1: [2, 3, 4, 9], 30: [31, 3, 7, 8]}, THEMES)
    assert quality.theme_shares.tolist() == pytest.approx([2 / 3, 1 / 4])
    assert quality.theme.value == pytest.approx((2 / 3 + 1 / 4) / 2)
    assert quality.themes == ("sports", "music")
    assert quality.by_theme()["music"][0].value == pytest.approx(1 / 4)
    assert np.isnan(quality.recommended_shares).all()


def test_theme_pages_are_compared_and_counted() -> None:
    quality = measure({1: [3, 4, 9], 30: [3, 31, 9]}, THEMES)
    assert quality.jaccard.value == pytest.approx(2 / 4)
    assert quality.likes.value == 65.0
    assert quality.fewest == 30.0


def test_theme_lists_have_the_share_that_people_recommend() -> None:
    quality = measure({1: [2, 3, 4, 9], 30: [31, 3]}, THEMES, (1, 3, 2), (9, 5, 4), (1, 4, 1))
    # 3 is recommended for 1, and 9 for 5, from the other side; nobody says anything of 30
    assert quality.recommended_shares[0] == pytest.approx(2 / 3)
    assert math.isnan(quality.recommended_shares[1])


def test_list_outside_the_catalog_is_not_measured() -> None:
    themes = {**THEMES, "hand_lists": [*THEMES["hand_lists"], {"theme": "music", "ids": [998, 999]}]}
    assert measure({1: [3], 30: [31]}, themes).themes == ("sports", "music")


# -- the file ------------------------------------------------------------------------------------------


def write(folder: Path, text: str) -> Path:
    path = folder / "themes.json"
    path.write_text(text, "utf-8")
    return path


def test_read_themes_passes_over_other_keys(tmp_path: Path) -> None:
    found = read_themes(write(tmp_path, json.dumps(THEMES)))
    assert found.themes["sports"].members == [1, 2, 3, 4]
    assert [(of_list.theme, of_list.ids) for of_list in found.hand_lists] == [
        ("sports", [1, 5]),
        ("music", [30, 999]),
    ]


def changed(**changes: Any) -> str:
    return json.dumps({**THEMES, **changes})


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ('{\n"themes": oops', "at the top", "line 2"),
        ("[1]", "at the top", "not [1]"),
        ('{"hand_lists": []}', "themes", "required"),
        (changed(hand_lists=[]), "hand_lists", "at least 1 item"),
        (changed(themes={"sports": {"members": [1, "x"]}}), "themes.sports.members.1", "not 'x'"),
        (changed(themes={"sports": {"members": [1, 0]}}), "themes.sports.members.1", "not 0"),
        (changed(themes={"sports": {"members": [1, 2.5]}}), "themes.sports.members.1", "not 2.5"),
        (changed(hand_lists=[{"theme": "sports", "ids": [True]}]), "hand_lists.0.ids.0", "not True"),
        (changed(hand_lists=[{"theme": "chess", "ids": [1]}]), "hand_lists.0.theme", "'chess' is not one of"),
    ],
)
def test_read_themes_refuses_a_file_as_a_whole(tmp_path: Path, text: str, place: str, problem: str) -> None:
    with pytest.raises(EvaluationFileError) as refused:
        read_themes(write(tmp_path, text))
    assert str(refused.value).startswith(f"themes.json, {place}: ")
    assert problem in str(refused.value)
