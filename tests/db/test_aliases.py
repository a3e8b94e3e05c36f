"""Aliases are inserted once, with the kind that is given first."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from db.aliases import Alias, insert_aliases
from db.engine import write_transaction
from tests.db.helpers import contents, put_titles


@pytest.fixture(autouse=True)
def titles(engine: Engine) -> None:
    put_titles(engine, [1, 2])


def insert(engine: Engine, *aliases: Alias) -> set[int]:
    with write_transaction(engine) as connection:
        return insert_aliases(connection, aliases)


def test_insert_aliases_returns_titles_with_new_aliases(engine: Engine) -> None:
    assert insert(engine, Alias(1, "SnK", "synonym"), Alias(1, "進撃の巨人", "japanese")) == {1}
    assert set(contents(engine)["anime_aliases"]) == {(1, "SnK", "synonym"), (1, "進撃の巨人", "japanese")}


def test_existing_alias_is_not_inserted_again(engine: Engine) -> None:
    insert(engine, Alias(1, "SnK", "synonym"))
    assert insert(engine, Alias(1, "SnK", "english"), Alias(2, "DN", "synonym")) == {2}
    assert (1, "SnK", "synonym") in contents(engine)["anime_aliases"]


def test_repeated_alias_keeps_its_first_kind(engine: Engine) -> None:
    insert(engine, Alias(1, "SnK", "english"), Alias(1, "SnK", "synonym"))
    assert contents(engine)["anime_aliases"] == [(1, "SnK", "english")]


def test_alias_may_belong_to_two_titles(engine: Engine) -> None:
    assert insert(engine, Alias(1, "AoT", "synonym"), Alias(2, "AoT", "synonym")) == {1, 2}


def test_empty_list_of_aliases_changes_nothing(engine: Engine) -> None:
    assert insert(engine) == set()
