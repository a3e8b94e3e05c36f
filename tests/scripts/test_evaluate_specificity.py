"""`evaluate_specificity.py`: any data set, with and without what people call similar."""

from __future__ import annotations

import csv
import json
from itertools import pairwise
from pathlib import Path

import pytest

from recommender.models.registry import ModelConfig
from scripts.evaluate_specificity import PAGE, PLOT, main
from tests.conftest import World
from tests.scripts.conftest import KAGGLE, Run, sentence

HEADER = "mal_id_a,mal_id_b,votes\n"


@pytest.fixture
def data(tmp_path: Path, world: World) -> tuple[str, str]:
    """Files of pairs and themes: each title is recommended for the one before it, every tenth is sports."""
    with world.anime_csv.open(encoding="utf-8", newline="") as file:
        ids = [int(row["anime_id"]) for row in csv.DictReader(file)]
    lines = [f"{first},{second},3\n" for first, second in pairwise(ids[:41])]
    (tmp_path / "pairs.csv").write_text(HEADER + "".join(lines), "utf-8")
    lists = [{"theme": "sports", "ids": ids[start : start + 50 : 10]} for start in (0, 100)]
    themes = {"themes": {"sports": {"members": ids[::10]}}, "hand_lists": lists}
    (tmp_path / "themes.json").write_text(json.dumps(themes), "utf-8")
    return str(tmp_path / "pairs.csv"), str(tmp_path / "themes.json")


def headings(page: str) -> list[str]:
    lines = [line for line in page.splitlines() if line.startswith("## ")]
    return [line.removeprefix("## ").split(":")[0] for line in lines]


def test_evaluate_specificity_measures_and_writes_a_page(
    run: Run, world: World, data: tuple[str, str], tmp_path: Path
) -> None:
    files = ("--anime", world.anime_csv, "--ratings", world.ratings_csv, "--pairs", data[0])
    first_id = (tmp_path / "pairs.csv").read_text("utf-8").splitlines()[1].split(",")[0]
    done = run(
        *("evaluate_specificity.py", *files, "--themes", data[1], "--users", 30),
        *("--examples", "sports", first_id, "--out", tmp_path / "made"),
    )
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "made" / PAGE).read_text("utf-8")
    assert (tmp_path / "made" / PLOT).read_text("utf-8").startswith("<?xml")
    assert f"]({PLOT})" in page
    assert "30 whole users are hidden" in page
    assert "--pairs pairs.csv --themes themes.json" in page
    assert str(tmp_path) not in page
    assert "nan" not in page
    assert headings(page) == [
        *("Similar titles", "Theme lists", "By theme", "One title"),
        *("People, history", "People, favorites", "Example", "Example", "Example"),
    ]
    similar = page.split("## Similar titles")[1].split("## ")[0]
    assert all(f"| {algorithm} | 0." in similar for algorithm in ModelConfig.default().algorithms)
    assert "| hybrid, niche 1 | " in page
    assert "for 2 lists of a theme" in page
    assert "One title" in done.stdout


def test_evaluate_specificity_needs_no_further_files(run: Run, world_settings: dict[str, str]) -> None:
    done = run("evaluate_specificity.py", "--algorithms", "popular", "--users", 20, **world_settings)
    assert done.returncode == 0, done.stderr
    assert "People, favorites" in done.stdout
    assert "Theme lists" not in done.stdout
    assert "Similar titles" not in done.stdout


@pytest.mark.parametrize(
    ("option", "text", "problem"),
    [
        ("--pairs", f"{HEADER}1,2,3\n4,five,6\n", "bad, line 3: mal_id_b must be a number"),
        ("--pairs", "a,b\n1,2\n", "bad, line 1: the columns must be"),
        ("--themes", '{"themes": {}, "hand_lists": [{"theme": "x", "ids": [0]}]}', "hand_lists.0.ids.0"),
    ],
)
def test_damaged_file_is_refused_before_data_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, text: str, problem: str
) -> None:
    (tmp_path / "bad").write_text(text, "utf-8")
    assert main(["--anime", "none.csv", "--ratings", "none.csv", option, str(tmp_path / "bad")]) == 1
    assert problem in capsys.readouterr().err


@pytest.mark.parametrize("example", ["chess", "99"])
def test_unknown_example_is_refused_before_models_are_fitted(run: Run, tmp_path: Path, example: str) -> None:
    (tmp_path / "anime.csv").write_text(f"{KAGGLE}1,One,Drama,TV,12,8.0,100\n", "utf-8")
    (tmp_path / "ratings.csv").write_text("user_id,anime_id,rating\n1,1,9\n", "utf-8")
    files = ("--anime", tmp_path / "anime.csv", "--ratings", tmp_path / "ratings.csv")
    failed = sentence(run("evaluate_specificity.py", *files, "--examples", example))
    assert f"no example can be shown of '{example}'" in failed
    assert "needs --themes" in failed
