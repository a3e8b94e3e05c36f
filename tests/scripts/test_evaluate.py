"""`evaluate.py`: any data set, every algorithm, beside baselines."""

from __future__ import annotations

from pathlib import Path

import pytest

from recommender.models.registry import ModelConfig
from scripts.evaluate import PAGE, PLOT, main
from tests.conftest import World
from tests.scripts.conftest import KAGGLE, Run, sentence


def cells(page: str, title: str) -> dict[str, list[str]]:
    """Method -> its cells, of the table whose title starts so."""
    table = page.split(f"## {title}")[1].split("## ")[0]
    lines = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    return {line[0]: line[1:] for line in lines[2:]}


def test_evaluate_measures_every_algorithm_and_implicit(run: Run, world: World, tmp_path: Path) -> None:
    files = ("--anime", world.anime_csv, "--ratings", world.ratings_csv)
    done = run("evaluate.py", *files, "--users", 30, "--baselines", "implicit", "--out", tmp_path / "made")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "made" / PAGE).read_text("utf-8")
    assert (tmp_path / "made" / PLOT).read_text("utf-8").startswith("<?xml")
    history, favorites = cells(page, "History"), cells(page, "Favorites")
    assert list(history) == list(favorites)
    algorithms = ModelConfig.default().algorithms
    assert set(algorithms) < set(history)
    assert {"implicit ALS", "implicit BPR", "implicit item-kNN"} < set(history)
    for method in algorithms:
        assert 0.0 < float(favorites[method][0].split(" ±")[0]) <= 1.0
    assert "30 whole users are hidden" in page
    assert "scripts/evaluate.py --anime anime.csv --ratings ratings.csv" in page
    assert str(tmp_path) not in page
    assert "history: `" in page


def test_evaluate_without_files_measures_the_database(run: Run, world_settings: dict[str, str]) -> None:
    done = run("evaluate.py", "--algorithms", "popular", "--users", 30, **world_settings)
    assert done.returncode == 0, done.stderr
    assert "popular" in done.stdout
    assert "content-based" not in done.stdout


def test_too_few_users_are_reported_in_one_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "anime.csv").write_text(f"{KAGGLE}1,One,Drama,TV,12,8.0,100\n", "utf-8")
    (tmp_path / "ratings.csv").write_text("user_id,anime_id,rating\n1,1,9\n", "utf-8")
    files = ("--anime", tmp_path / "anime.csv", "--ratings", tmp_path / "ratings.csv")
    assert "only 0 users have 20 ratings and like 10 titles" in sentence(run("evaluate.py", *files))


def test_missing_file_is_reported_in_one_sentence(run: Run, tmp_path: Path) -> None:
    files = ("--anime", tmp_path / "none.csv", "--ratings", tmp_path / "none.csv")
    assert "none.csv" in sentence(run("evaluate.py", *files))


def test_unknown_baseline_is_refused_before_data_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--baselines", "surprise"]) == 1
    assert "no baseline is called 'surprise'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["--anime", "a.csv"], ["--ratings", "r.csv"], ["--details", "d.csv"], ["--algorithms", "magic"]],
)
def test_wrong_arguments_are_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    error = capsys.readouterr().err
    assert "go together" in error or "invalid choice" in error
