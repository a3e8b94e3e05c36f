"""`import_aliases.py` imports aliases from a bangumi-data file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from scripts.import_aliases import main
from tests.db.helpers import contents, put_titles
from tests.scripts.conftest import Run, sentence


def test_import_counts_titles_with_new_aliases(
    database: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put_titles(database, [1, 2])
    item = {
        "title": "カウボーイビバップ",
        "titleTranslate": {"en": ["Cowboy Bebop"]},
        "lang": "ja",
        "sites": [{"site": "mal", "id": "1"}],
    }
    path = tmp_path / "data.json"
    path.write_text(json.dumps({"siteMeta": {}, "items": [item]}), "utf-8")
    assert main(["--bangumi-data", str(path)]) == 0
    assert "1 items read; 1 titles of the database gained an alias." in capsys.readouterr().out
    assert len(contents(database)["anime_aliases"]) == 2


def test_other_file_is_refused_in_one_sentence(run: Run, settings: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_text("{}", "utf-8")
    assert "not a bangumi-data file" in sentence(run("import_aliases.py", "--bangumi-data", path))


def test_missing_argument_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main([])
    assert exit_.value.code == 2
    assert "--bangumi-data" in capsys.readouterr().err
