"""A model whose files were changed, under a manifest with matching hashes: refused, or as good as any."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.recommender.artifacts.resealed import outcomes
from tests.sharing import made_once

Outcomes = dict[tuple[str, str], str]
EXACT = ["empty", "cut short", "longer", "bits of the header", "other type", "one dimension more"]


@pytest.fixture(scope="module")
def found(two_versions: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    """The outcome of every damage to every file."""

    def damage_all(folder: Path) -> None:
        found = outcomes(two_versions, folder / "models")
        (folder / "outcomes.json").write_text(json.dumps([*found.items()]), "utf-8")

    folder = made_once(tmp_path_factory, "resealed", damage_all)  # takes 20 seconds
    return {tuple(case): text for case, text in json.loads((folder / "outcomes.json").read_text("utf-8"))}


def test_changed_model_is_refused_or_answers(found: Outcomes) -> None:
    assert len(found) > 800
    bad = {case: text for case, text in found.items() if not re.match(r"answered$|refused: ", text)}
    assert bad == {}


def test_array_of_another_form_is_refused_by_name(found: Outcomes) -> None:
    of_arrays = {case: text for case, text in found.items() if case[0].endswith(".npy") and case[1] in EXACT}
    assert {file for file, _ in of_arrays} == {file for file, _ in found if file.endswith(".npy")}
    unclear = {case: text for case, text in of_arrays.items() if not text.startswith("refused: ")}
    assert unclear == {}


@pytest.mark.parametrize("damage", ["NaN", "infinite", "huge"])
def test_array_of_no_usable_numbers_is_refused(found: Outcomes, damage: str) -> None:
    texts = {file: text for (file, name), text in found.items() if name == damage}
    assert len(texts) > 20
    assert {file for file, text in texts.items() if f"{file} has values from" not in text} == set()


def test_damaged_index_file_is_refused(found: Outcomes) -> None:
    texts = {name: text for (file, name), text in found.items() if file.endswith(".bin")}
    assert len(texts) >= 5
    assert [name for name, text in texts.items() if not text.startswith("refused: ")] == []
