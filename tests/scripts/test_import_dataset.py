"""`import_dataset.py` imports files and prints a table of counts, or one sentence about an error."""

from __future__ import annotations

import re
import sys
import types
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db.engine import open_engine, write_transaction
from ingest.report import ImportFileError
from scripts.import_dataset import KAGGLE_DATASET, main
from tests.db.helpers import contents, ratings_csv, stored_ratings
from tests.scripts.conftest import KAGGLE, Run, sentence

NARUTO = '20,Naruto,"Action, Shounen",TV,220,7.81,683297\n'
BEBOP = "1,Cowboy Bebop,Action,TV,26,8.82,486824\n"


@pytest.fixture
def anime(tmp_path: Path) -> Path:
    path = tmp_path / "kaggle.csv"
    path.write_text(KAGGLE + NARUTO + BEBOP, "utf-8")
    return path


def row_of(output: str, file: str) -> list[int]:
    """Return the numbers in the row of a file: read, loaded, updated, unchanged, rejected."""
    (line,) = (line for line in output.splitlines() if file in line and "│" in line)
    return [int(cell.replace(",", "")) for cell in re.findall(r"│\s+([\d,]+)\s", line)]


def test_import_prints_a_table_of_row_counts(
    database: Engine, anime: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ratings = ratings_csv(tmp_path, "5,20,9", "5,1,-1", "6,1,11", "6,404,7", "6,1,3")
    assert main(["--anime", str(anime), "--ratings", str(ratings)]) == 0
    output = capsys.readouterr().out
    assert row_of(output, "kaggle.csv") == [2, 2, 0, 0, 0]
    assert row_of(output, "ratings.csv") == [5, 3, 0, 0, 2]
    assert "ratings.csv: rejected, rating is not -1, 0 or 1 to 10: 1 (line 4)" in output
    assert "ratings.csv: rejected, anime id is not in the catalog: 1 (line 5)" in output
    assert "Next: python scripts/build_index.py" in output
    assert stored_ratings(database) == [(5, 1, 0), (5, 20, 9), (6, 1, 3)]


def test_import_adds_curated_aliases(database: Engine, anime: Path) -> None:
    assert main(["--anime", str(anime)]) == 0
    assert {row[0] for row in contents(database)["anime_aliases"]} == {1, 20}


def test_second_import_changes_nothing(
    database: Engine, anime: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--anime", str(anime), "--ratings", str(ratings_csv(tmp_path, "5,20,9", "5,1,8"))]
    main(arguments)
    before = contents(database)
    capsys.readouterr()
    assert main(arguments) == 0
    assert row_of(capsys.readouterr().out, "ratings.csv") == [2, 0, 0, 2, 0]
    assert contents(database) == before


def test_details_are_imported(database: Engine, anime: Path, tmp_path: Path) -> None:
    details = tmp_path / "details.csv"
    details.write_text('anime_id,japanese_title,aired,image_url\n20,ナルト,"Oct 3, 2002 to ?",\n', "utf-8")
    assert main(["--anime", str(anime), "--details", str(details)]) == 0
    assert (20, "ナルト", "japanese") in contents(database)["anime_aliases"]


def test_real_ratings_delete_generated_users(
    world_settings: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = open_engine(world_settings["DATABASE_URL"])
    with write_transaction(engine) as connection:
        connection.exec_driver_sql("UPDATE users SET generated = true")
    assert main(["--ratings", str(ratings_csv(tmp_path, "7,1535,9"))]) == 0
    assert stored_ratings(engine) == [(7, 1535, 9)]
    engine.dispose()
    assert "250 generated users of the demo were removed." in capsys.readouterr().out


def test_table_names_each_file_differently(
    database: Engine, anime: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The curated files are listed with their folder."""
    main(["--anime", str(anime.rename(anime.with_name("anime.csv")))])
    names = [line.split("│")[1].strip() for line in capsys.readouterr().out.splitlines() if "│" in line]
    assert len(names) == len(set(names)) == 4


def test_table_prints_brackets_in_file_names(
    database: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "anime[red].csv"
    path.write_text(KAGGLE + NARUTO, "utf-8")
    assert main(["--anime", str(path)]) == 0
    assert "anime[red].csv" in capsys.readouterr().out


def test_kaggle_option_downloads_the_files(
    database: Engine, anime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kagglehub is not a dependency: this stub has the one function that we use."""
    anime.rename(tmp_path / "anime.csv")
    ratings_csv(tmp_path, "5,20,9").rename(tmp_path / "rating.csv")
    fetched: list[str] = []

    def download(name: str) -> str:
        fetched.append(name)
        return str(tmp_path)

    kagglehub = types.ModuleType("kagglehub")
    kagglehub.dataset_download = download  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "kagglehub", kagglehub)
    assert main(["--kaggle"]) == 0
    assert fetched == [KAGGLE_DATASET]
    assert stored_ratings(database) == [(5, 20, 9)]


def test_folder_is_imported_by_the_headers_in_it(
    database: Engine, anime: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "data set"
    folder.mkdir()
    with zipfile.ZipFile(folder / "[all].zip", "w") as archive:
        archive.write(anime, "AnimeList.csv")
        archive.writestr("texts.csv", "MAL_ID,sypnopsis\n20,A ninja.\n")
        archive.writestr(
            "lists/animelist.csv", "user_id,anime_id,rating,watching_status\n5,20,0,4\n5,1,0,6\n"
        )
    (folder / "readme.md").write_text("none", "utf-8")
    assert main(["--folder", str(folder)]) == 0
    output = capsys.readouterr().out
    assert "[all].zip/AnimeList.csv: a catalog" in output
    assert "[all].zip/texts.csv: a synopsis file" in output
    assert "[all].zip/lists/animelist.csv: a ratings file" in output
    assert "readme.md: ignored, not a CSV file" in output
    assert row_of(output, "lists/animelist.csv") == [2, 2, 0, 0, 0]
    assert contents(database)["ratings"] == [(5, 20, 0, 4)]
    assert contents(database)["planned_titles"] == [(5, 1)]
    assert any("A ninja." in row for row in contents(database)["anime"])


def test_synopses_are_imported(database: Engine, anime: Path, tmp_path: Path) -> None:
    texts = tmp_path / "anime_with_synopsis.csv"
    texts.write_text("MAL_ID,Name,Score,Genres,sypnopsis\n20,Naruto,7.9,Action,A ninja.\n", "utf-8")
    assert main(["--anime", str(anime), "--synopsis", str(texts)]) == 0
    assert any("A ninja." in row for row in contents(database)["anime"])


def test_missing_kagglehub_error_names_the_command(
    settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "kagglehub", None)
    with pytest.raises(ImportFileError, match="pip install kagglehub"):
        main(["--kaggle"])


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["--help"])
    assert exit_.value.code == 0
    output = capsys.readouterr().out
    assert all(
        word in output
        for word in (
            "--anime",
            "--ratings",
            "--details",
            "--synopsis",
            "--folder",
            "--kaggle",
            "DATABASE_URL",
        )
    )


@pytest.mark.parametrize("arguments", [[], ["--anime"], ["--unknown"], ["--folder", "x", "--anime", "y"]])
def test_wrong_arguments_exit_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_missing_database_url_is_one_sentence(run: Run, anime: Path) -> None:
    message = sentence(run("import_dataset.py", "--anime", anime, DATABASE_URL="", SECRET_KEY="k" * 16))
    assert message.startswith("error: DATABASE_URL is not set. Set it in the environment or in .env")


def test_unreachable_database_is_one_sentence(run: Run, settings: dict[str, str], anime: Path) -> None:
    url = "postgresql://u:hunter2@127.0.0.1:1/none"
    message = sentence(run("import_dataset.py", "--anime", anime, DATABASE_URL=url))
    assert message.startswith("error: the database cannot be reached or used:")
    assert message.endswith("Check DATABASE_URL.")
    assert "hunter2" not in message


def test_invalid_database_file_is_one_sentence(
    run: Run, settings: dict[str, str], anime: Path, tmp_path: Path
) -> None:
    (tmp_path / "scripts.db").write_text("This was never a database. " * 100, "utf-8")
    message = sentence(run("import_dataset.py", "--anime", anime))
    assert "file is not a database" in message


def test_unusable_file_is_one_sentence_and_changes_nothing(
    run: Run, settings: dict[str, str], database: Engine, tmp_path: Path
) -> None:
    before = contents(database)
    message = sentence(run("import_dataset.py", "--ratings", tmp_path / "missing.csv"))
    assert message.startswith("error:")
    assert "the database has no titles" in message or "cannot be read (No such file or directory)" in message
    assert contents(database) == before


@pytest.mark.parametrize("name", ["[/red].csv", "[red].csv"])
def test_error_prints_brackets_in_file_names(
    run: Run, settings: dict[str, str], tmp_path: Path, name: str
) -> None:
    assert name in sentence(run("import_dataset.py", "--anime", tmp_path / "missing" / name))


def test_error_prints_markup_in_a_header_as_text(run: Run, settings: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "anime.csv"
    path.write_text("[/bold],[red]\n", "utf-8")
    assert "the header is '[/bold],[red]'" in sentence(run("import_dataset.py", "--anime", path))
