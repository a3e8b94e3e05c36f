"""The files of a data set are recognized in a folder, also in its archives."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from ingest.folder import recognize_folder
from ingest.report import ImportFileError

FILES_2020 = {
    "anime.csv": "MAL_ID,Name,Score,Genres,Type,Episodes\n1,One,8,Action,TV,1\n",
    "anime_with_synopsis.csv": "MAL_ID,Name,Score,Genres,sypnopsis\n1,One,8,Action,Text.\n",
    "animelist.csv": "user_id,anime_id,rating,watching_status,watched_episodes\n1,1,9,2,1\n",
    "rating_complete.csv": "user_id,anime_id,rating\n1,1,9\n" * 9,
    "watching_status.csv": "status,description\n1,Currently Watching\n",
}
TAKEN = {
    "a catalog": "anime.csv",
    "a synopsis file": "anime_with_synopsis.csv",
    "a ratings file": "animelist.csv",
}


@pytest.mark.parametrize("packed", ["plain", "gzip", "zip"])
def test_files_of_a_data_set_are_recognized(tmp_path: Path, packed: str) -> None:
    if packed == "zip":
        with zipfile.ZipFile(tmp_path / "archive.zip", "w") as archive:
            for name, content in FILES_2020.items():
                archive.writestr(name, content)
    for name, content in FILES_2020.items():
        if packed == "plain":
            (tmp_path / name).write_text(content, "utf-8")
        if packed == "gzip":
            (tmp_path / f"{name}.gz").write_bytes(gzip.compress(content.encode()))
    before, after = {"plain": ("", ""), "gzip": ("", ".gz"), "zip": ("archive.zip/", "")}[packed]
    files = recognize_folder(tmp_path)
    assert {kind: source.name for kind, source in files.taken.items()} == {
        kind: f"{before}{name}{after}" for kind, name in TAKEN.items()
    }
    assert sorted(files.ignored) == [
        (
            f"{before}rating_complete.csv{after}",
            f"a ratings file, but {before}animelist.csv{after} has more",
        ),
        (f"{before}watching_status.csv{after}", "unknown columns 'status,description'"),
    ]


def test_larger_one_of_two_files_is_taken(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("user_id,anime_id,rating\n1,1,9\n", "utf-8")
    (tmp_path / "b.csv").write_text("user_id,anime_id,rating\n1,1,9\n2,1,9\n", "utf-8")
    assert recognize_folder(tmp_path).taken == {"a ratings file": tmp_path / "b.csv"}


def test_other_files_are_ignored_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("user_id,anime_id,rating\n", "utf-8")
    (tmp_path / "notes.txt").write_text("x", "utf-8")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "latin.csv").write_bytes(b"anime_id,Pok\xe9mon\n")
    (tmp_path / "mac.csv").write_bytes(b"user_id,anime_id,rating\r1,1,9\r")
    with zipfile.ZipFile(tmp_path / "pictures.zip", "w") as archive:
        archive.writestr("1.jpg", "")
    assert recognize_folder(tmp_path).ignored == [
        ("folder.csv", "not a CSV file"),
        ("latin.csv", "line 1 is not UTF-8 text. Save the file as UTF-8 and import it again."),
        (
            "mac.csv",
            "line 1: a carriage return without a line feed. "
            "Save the file with the line ends of Windows or Unix.",
        ),
        ("notes.txt", "not a CSV file"),
        ("pictures.zip", "no CSV file in it"),
    ]


def test_folder_without_a_data_set_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("[a],b\n", "utf-8")
    with pytest.raises(ImportFileError, match=r"no file of a data set directly in it \(a\.csv: unknown"):
        recognize_folder(tmp_path)
    with pytest.raises(ImportFileError, match="not a folder"):
        recognize_folder(tmp_path / "a.csv")


def test_hostile_archive_refuses_the_folder(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("user_id,anime_id,rating\n", "utf-8")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("../b.csv", "")
    with pytest.raises(ImportFileError, match="leads out of the archive"):
        recognize_folder(tmp_path)
