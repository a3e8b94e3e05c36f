"""`import_relations.py` imports relations between titles from a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from scripts import import_dataset, load_demo
from scripts.import_relations import main
from tests.db.helpers import contents, put_titles
from tests.scripts.conftest import KAGGLE, Run, sentence


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.csv"
    path.write_text("anime_id,related_id,kind\n1,2,sequel\n2,77,summary\n", "utf-8")
    return path


def test_import_counts_read_and_stored_relations(
    database: Engine, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put_titles(database, [1, 2])
    assert main([str(file)]) == 0
    out = capsys.readouterr().out
    assert "2 relations read; 2 stored, 2 of them new; 1 of their titles are not in the database." in out
    assert "scripts/build_index.py" in out
    assert main([str(file), "--format", "csv"]) == 0
    assert "2 stored, 0 of them new" in capsys.readouterr().out


def test_invalid_file_is_one_sentence(run: Run, settings: dict[str, str], file: Path) -> None:
    file.write_text("anime_id,related_id,kind\n1,2,prequel\n", "utf-8")
    assert "line 2: kind is 'prequel'" in sentence(run("import_relations.py", file))
    assert "stands before ::meta" in sentence(run("import_relations.py", file, "--format", "erengy"))


def test_help_names_formats_and_missing_file_exits_with_2(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for arguments, code in (["--help"], 0), ([], 2):
        with pytest.raises(SystemExit) as exit_:
            main(arguments)
        assert exit_.value.code == code
    out = capsys.readouterr().out
    for text in ("anime_id,related_id,kind", "anime-relations.txt", "anime-offline-database", "auto"):
        assert text in out


def test_import_keeps_the_curated_relations(
    database: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    monkeypatch.setattr(load_demo, "DEMO_USERS", 50)
    load_demo.main()
    curated = contents(database)["anime_relations"]
    assert ("curated", 121, 5114, "alternative") in curated
    main([str(file)])
    assert len(contents(database)["anime_relations"]) == len(curated) + 2


def test_import_dataset_adds_the_curated_relations(
    database: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "kaggle.csv"
    path.write_text(KAGGLE + '20,Naruto,"Action, Shounen",TV,220,7.81,683297\n', "utf-8")
    assert import_dataset.main(["--anime", str(path)]) == 0
    assert "curated/relations.csv" in capsys.readouterr().out
    assert len(contents(database)["anime_relations"]) > 200
