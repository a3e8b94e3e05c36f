"""Relations between titles: a source is replaced as a whole, and only when it says something else."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from db.engine import read_transaction, write_transaction
from db.relations import RelationRow, load_relations, replace_relations
from domain.relations import KINDS
from recommender import franchises
from tests.db.helpers import contents, put_titles, revision

SEQUEL = RelationRow(1, 2, "sequel")
SUMMARY = RelationRow(1, 3, "summary")


def put(engine: Engine, source: str, *relations: RelationRow) -> int:
    with write_transaction(engine) as connection:
        return replace_relations(connection, source, relations)


def load(engine: Engine) -> list[RelationRow]:
    with read_transaction(engine) as connection:
        return load_relations(connection)


def test_a_source_is_replaced_and_the_others_stay(engine: Engine) -> None:
    assert put(engine, "csv", SEQUEL, SUMMARY) == 2
    assert put(engine, "manami", RelationRow(5, 6, "same_franchise")) == 1
    assert put(engine, "csv", SUMMARY, RelationRow(1, 4, "sequel")) == 1
    assert load(engine) == [SUMMARY, RelationRow(1, 4, "sequel"), RelationRow(5, 6, "same_franchise")]


def test_each_change_takes_a_revision_and_nothing_else_does(engine: Engine) -> None:
    put(engine, "csv", SEQUEL, SUMMARY)
    assert revision(engine) == 1
    assert put(engine, "csv", SUMMARY, SEQUEL, SEQUEL) == 0
    assert revision(engine) == 1
    assert put(engine, "csv", SEQUEL) == 0
    assert revision(engine) == 2


def test_what_two_sources_say_is_loaded_once(engine: Engine) -> None:
    put(engine, "csv", SEQUEL)
    put(engine, "erengy", SEQUEL)
    assert load(engine) == [SEQUEL]
    assert len(contents(engine)["anime_relations"]) == 2


def test_titles_need_not_be_there(engine: Engine) -> None:
    put_titles(engine, [1])
    put(engine, "csv", SEQUEL, RelationRow(2**31 - 1, 1, "unrelated"))
    assert len(load(engine)) == 2


def test_very_many_are_stored(engine: Engine) -> None:
    assert put(engine, "csv", *(RelationRow(i, i + 1, "sequel") for i in range(1, 12_001))) == 12_000
    assert len(load(engine)) == 12_000


def test_a_failure_half_way_leaves_what_was_there(sqlite_engine: Engine) -> None:
    put(sqlite_engine, "csv", SEQUEL)

    def interrupted() -> None:
        with write_transaction(sqlite_engine) as connection:
            replace_relations(connection, "csv", [SUMMARY])
            raise OperationalError("disk full", None, OSError())

    with pytest.raises(OperationalError):
        interrupted()
    assert load(sqlite_engine) == [SEQUEL]
    assert revision(sqlite_engine) == 1


def test_the_database_and_the_science_know_the_same_kinds() -> None:
    assert KINDS == franchises.KINDS
