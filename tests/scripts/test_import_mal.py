"""`import_mal.py` saves a list exported from MyAnimeList as the ratings of a user."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from sqlalchemy import Engine

from scripts.import_mal import main
from tests.db.helpers import contents, put_titles, stored_ratings
from tests.ingest.exports import anime, export
from tests.scripts.conftest import Run, sentence

LIST = export(
    anime(1, "Cowboy Bebop", 10, "Completed"),
    anime(2, "Dropped", 0, "Dropped"),
    anime(3, "Planned", 0, "Plan to Watch"),
    anime(3, "Planned", 0, "Plan to Watch"),
    anime(61316, "Too New [2026]", 8, "Watching"),
)


@pytest.fixture
def file(database: Engine, tmp_path: Path) -> Path:
    """An export file, and a database with titles 1 to 3."""
    put_titles(database, [1, 2, 3])
    path = tmp_path / "animelist.xml.gz"
    path.write_bytes(gzip.compress(LIST.encode()))
    return path


def printed_lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return the printed lines without table borders and padding."""
    lines = capsys.readouterr().out.replace("│", " ").splitlines()
    return [" ".join(line.split()) for line in lines]


def test_list_is_saved_and_counted(database: Engine, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(file), "--user-id", "77"]) == 0
    assert stored_ratings(database) == [(77, 1, 10, 2), (77, 2, 0, 4)]
    assert contents(database)["pending_ratings"] == [(77, 61316, 8, 1)]
    assert contents(database)["planned_titles"] == [(77, 3)]
    lines = printed_lines(capsys)
    for line in (
        "matched 2",
        "unmatched: not in the database 1",
        "skipped, plan to watch: not watched yet 2",
        "unmatched: 61316 Too New [2026]",
        "Added user 77. Running servers use them at once.",
    ):
        assert line in lines


def test_list_replaces_earlier_ratings(
    database: Engine, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([str(file), "--user-id", "77"])
    main([str(file), "--user-id", "78"])
    file.write_text(export(anime(3, "Watched", 6, "Completed")), "utf-8")
    assert main([str(file), "--user-id", "77"]) == 0
    assert stored_ratings(database) == [(77, 3, 6, 2), (78, 1, 10, 2), (78, 2, 0, 4)]
    assert "Replaced the list of user 77." in capsys.readouterr().out


def test_dry_run_counts_and_saves_nothing(
    database: Engine, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(database)
    assert main([str(file), "--user-id", "77", "--dry-run"]) == 0
    assert contents(database) == before
    lines = printed_lines(capsys)
    assert "matched 2" in lines
    assert "Nothing was saved (--dry-run)." in lines


def test_list_of_newer_titles_alone_is_kept(database: Engine, file: Path) -> None:
    file.write_text(export(anime(9, "x", 5, "Completed")), "utf-8")
    assert main([str(file), "--user-id", "77"]) == 0
    assert contents(database)["pending_ratings"] == [(77, 9, 5, 2)]


def test_list_without_titles_changes_nothing(database: Engine, file: Path, run: Run) -> None:
    main([str(file), "--user-id", "77"])
    before = contents(database)
    file.write_text(export(), "utf-8")
    assert "it has no titles" in sentence(run("import_mal.py", file, "--user-id", 77))
    assert contents(database) == before


def test_unreadable_file_is_one_sentence(database: Engine, file: Path, run: Run) -> None:
    file.write_text(LIST.replace("<my_score>8<", "<my_score>80<"), "utf-8")
    wrong = sentence(run("import_mal.py", file, "--user-id", 77))
    assert f"{file}: line " in wrong
    assert "my_score is '80'; expected a whole number from 0 to 10." in wrong
    file.write_bytes(gzip.compress(LIST.encode())[:-20])
    assert "the gzip file is truncated" in sentence(run("import_mal.py", file, "--user-id", 77))
    file.unlink()
    assert "cannot be read (No such file" in sentence(run("import_mal.py", file, "--user-id", 77))
    assert contents(database)["users"] == []


def test_max_list_titles_limits_the_import(file: Path, run: Run) -> None:
    few = run("import_mal.py", file, "--user-id", 77, MAX_LIST_TITLES="4")
    assert "more than 4 titles" in sentence(few)
    assert run("import_mal.py", file, "--user-id", 77, MAX_LIST_TITLES="5").returncode == 0


@pytest.mark.parametrize("user_id", [None, "-1", "x", "1.5", str(2**63), str(2**52)])
def test_missing_or_invalid_user_id_exits_with_2(
    file: Path, user_id: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        main([str(file), *([] if user_id is None else ["--user-id", user_id])])
    assert exit_.value.code == 2
    assert "--user-id" in capsys.readouterr().err
