"""`load_demo.py`: an empty database becomes the demo, any other stays as it is."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from db.users import insert_user
from scripts import generate_ratings, load_demo
from tests.db.helpers import contents, put_titles


@pytest.fixture(autouse=True)
def few_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_demo, "DEMO_USERS", 50)


def test_an_empty_database_gets_the_demo_and_is_told_that_its_people_do_not_exist(
    database: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load_demo.main() == 0
    data = contents(database)
    assert len(data["anime"]) > 1_000
    assert len(data["ratings"]) > 500
    assert len(data["users"]) == 50
    assert all(generated for *_, generated in data["users"])
    assert "the people do not exist" in capsys.readouterr().out


def test_loading_again_changes_nothing(database: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    load_demo.main()
    before = contents(database)
    assert load_demo.main() == 0
    assert contents(database) == before
    assert "nothing to load" in capsys.readouterr().out


@pytest.mark.parametrize("with_ratings", [True, False])
def test_a_database_of_your_own_is_left_alone(database: Engine, with_ratings: bool) -> None:
    put_titles(database, [1, 2])
    if with_ratings:
        insert_user(database, 5, {1: 7})
    before = contents(database)
    assert load_demo.main() == 0
    assert contents(database) == before


def test_a_load_that_was_interrupted_is_completed_by_the_next(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C in the first `make run` must not leave a demo without people for good."""

    def interrupt(_argv: list[str]) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(generate_ratings, "main", interrupt)
        with pytest.raises(KeyboardInterrupt):
            load_demo.main()
    assert load_demo.main() == 0
    assert len(contents(database)["ratings"]) > 500
