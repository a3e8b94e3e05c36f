"""`evaluate_sessions.py`: any data set."""

from __future__ import annotations

from pathlib import Path

from scripts.evaluate_sessions import PAGE, PLOT
from tests.conftest import World
from tests.scripts.conftest import Run


def test_evaluate_sessions_measures_and_writes_a_page(run: Run, world: World, tmp_path: Path) -> None:
    files = ("--anime", world.anime_csv, "--ratings", world.ratings_csv)
    done = run("evaluate_sessions.py", *files, "--users", 30, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / PAGE).read_text("utf-8")
    assert (tmp_path / PLOT).read_text("utf-8").startswith("<?xml")
    assert f"]({PLOT})" in page
    assert "## Clicks alone" in page
    assert "## A long list turns to something new" in page
    assert "5 clicks, 20% of them by chance: " in page
