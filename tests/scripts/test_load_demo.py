"""`load_demo.py` fills an empty database with the demo and leaves any other unchanged."""

from __future__ import annotations

import csv
import re

import pytest
from sqlalchemy import Engine

from config import ROOT
from db.users import insert_user
from scripts import generate_ratings, load_demo
from tests.db.helpers import contents, put_titles


@pytest.fixture(autouse=True)
def few_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_demo, "DEMO_USERS", 50)


def test_empty_database_gets_the_demo_of_generated_users(
    database: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load_demo.main() == 0
    data = contents(database)
    assert len(data["anime"]) > 1_000
    assert len(data["ratings"]) > 500
    assert len(data["users"]) == 50
    assert all(generated for *_, generated in data["users"])
    assert "these users do not exist" in capsys.readouterr().out


def test_second_load_changes_nothing(database: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    load_demo.main()
    before = contents(database)
    assert load_demo.main() == 0
    assert contents(database) == before
    assert "nothing to load" in capsys.readouterr().out


@pytest.mark.parametrize("with_ratings", [True, False])
def test_database_with_other_titles_is_unchanged(database: Engine, with_ratings: bool) -> None:
    put_titles(database, [1, 2])
    if with_ratings:
        insert_user(database, 5, {1: 7})
    before = contents(database)
    assert load_demo.main() == 0
    assert contents(database) == before


def test_interrupted_load_is_completed_by_the_next(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the first `make run` must not leave a demo without users forever."""

    def interrupt(_argv: list[str]) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(generate_ratings, "main", interrupt)
        with pytest.raises(KeyboardInterrupt):
            load_demo.main()
    assert load_demo.main() == 0
    assert len(contents(database)["ratings"]) > 500


def test_demo_data_has_every_example_of_the_web_app() -> None:
    source = (ROOT / "frontend/src/components/list/ExampleLists.vue").read_text(encoding="utf-8")
    lists = [ids.split(",") for ids in re.findall(r"ids: \[([\d, ]+)\]", source)]
    with (ROOT / "curated/titles.csv").open(encoding="utf-8", newline="") as stream:
        known = {int(row["anime_id"]) for row in csv.DictReader(stream)}
    assert len(lists) >= 4
    for ids in lists:
        assert {int(number) for number in ids} <= known
        assert len(ids) == len(set(ids)) >= 5
