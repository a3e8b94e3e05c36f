"""Other names of titles: added once, the first mention decides its kind."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from db.aliases import Alias, insert_aliases
from db.engine import write_transaction
from tests.db.helpers import contents, put_titles


@pytest.fixture(autouse=True)
def titles(engine: Engine) -> None:
    put_titles(engine, [1, 2])


def add(engine: Engine, *aliases: Alias) -> set[int]:
    with write_transaction(engine) as connection:
        return insert_aliases(connection, aliases)


def test_titles_that_gain_a_name_are_returned(engine: Engine) -> None:
    assert add(engine, Alias(1, "SnK", "synonym"), Alias(1, "進撃の巨人", "japanese")) == {1}
    assert set(contents(engine)["anime_aliases"]) == {(1, "SnK", "synonym"), (1, "進撃の巨人", "japanese")}


def test_a_name_that_is_there_already_is_not_added_again(engine: Engine) -> None:
    add(engine, Alias(1, "SnK", "synonym"))
    assert add(engine, Alias(1, "SnK", "english"), Alias(2, "DN", "synonym")) == {2}
    assert (1, "SnK", "synonym") in contents(engine)["anime_aliases"]


def test_of_a_name_given_twice_the_first_kind_counts(engine: Engine) -> None:
    add(engine, Alias(1, "SnK", "english"), Alias(1, "SnK", "synonym"))
    assert contents(engine)["anime_aliases"] == [(1, "SnK", "english")]


def test_two_titles_may_share_a_name(engine: Engine) -> None:
    assert add(engine, Alias(1, "AoT", "synonym"), Alias(2, "AoT", "synonym")) == {1, 2}


def test_no_aliases_change_nothing(engine: Engine) -> None:
    assert add(engine) == set()
