"""`evaluate_pages.py`: any data set, every table of the report on pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.evaluate_pages import PAGE, PLOT, main
from tests.conftest import World
from tests.scripts.conftest import KAGGLE, Run, sentence


def test_evaluate_pages_measures_files_and_writes_a_page(run: Run, world: World, tmp_path: Path) -> None:
    files = ("--anime", world.anime_csv, "--ratings", world.ratings_csv)
    done = run("evaluate_pages.py", *files, "--users", 30, "--out", tmp_path / "made")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "made" / PAGE).read_text("utf-8")
    assert (tmp_path / "made" / PLOT).read_text("utf-8").startswith("<?xml")
    assert f"]({PLOT})" in page
    assert "30 whole users are hidden" in page
    assert "scripts/evaluate_pages.py --anime anime.csv --ratings ratings.csv" in page
    assert str(tmp_path) not in page
    titles = [line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")]
    assert titles[4:] == ["Reasons", "Effect of a rating", "New titles"]
    assert [title.split(",")[0] for title in titles[:4]] == ["Diversity", "Diversity", "Niche", "Niche"]
    assert "nan" not in page
    assert "New titles" in done.stdout


def test_too_few_users_are_reported_in_one_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "anime.csv").write_text(f"{KAGGLE}1,One,Drama,TV,12,8.0,100\n", "utf-8")
    (tmp_path / "ratings.csv").write_text("user_id,anime_id,rating\n1,1,9\n", "utf-8")
    files = ("--anime", tmp_path / "anime.csv", "--ratings", tmp_path / "ratings.csv")
    assert "only 0 users have 20 ratings and like 10 titles" in sentence(run("evaluate_pages.py", *files))


def test_incomplete_files_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["--anime", "a.csv"])
    assert exit_.value.code == 2
    assert "go together" in capsys.readouterr().err
