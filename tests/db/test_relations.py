"""A source of relations is replaced as a whole, and only if it changes."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from db.engine import read_transaction, write_transaction
from db.relations import load_relations, replace_relations
from domain.relations import Relation
from tests.db.helpers import contents, put_titles, revision

SEQUEL = Relation(1, 2, "sequel")
SUMMARY = Relation(1, 3, "summary")


def replace(engine: Engine, source: str, *relations: Relation) -> int:
    with write_transaction(engine) as connection:
        return replace_relations(connection, source, relations)


def load(engine: Engine) -> list[Relation]:
    with read_transaction(engine) as connection:
        return load_relations(connection)


def test_replace_relations_keeps_other_sources(engine: Engine) -> None:
    assert replace(engine, "csv", SEQUEL, SUMMARY) == 2
    assert replace(engine, "manami", Relation(5, 6, "same_franchise")) == 1
    assert replace(engine, "csv", SUMMARY, Relation(1, 4, "sequel")) == 1
    assert load(engine) == [SUMMARY, Relation(1, 4, "sequel"), Relation(5, 6, "same_franchise")]


def test_replace_relations_takes_a_revision_per_change(engine: Engine) -> None:
    replace(engine, "csv", SEQUEL, SUMMARY)
    assert revision(engine) == 1
    assert replace(engine, "csv", SUMMARY, SEQUEL, SEQUEL) == 0
    assert revision(engine) == 1
    assert replace(engine, "csv", SEQUEL) == 0
    assert revision(engine) == 2


def test_relation_of_two_sources_is_loaded_once(engine: Engine) -> None:
    replace(engine, "csv", SEQUEL)
    replace(engine, "erengy", SEQUEL)
    assert load(engine) == [SEQUEL]
    assert len(contents(engine)["anime_relations"]) == 2


def test_relations_of_unknown_titles_are_stored(engine: Engine) -> None:
    put_titles(engine, [1])
    replace(engine, "csv", SEQUEL, Relation(2**31 - 1, 1, "unrelated"))
    assert len(load(engine)) == 2


def test_replace_relations_stores_several_batches(engine: Engine) -> None:
    assert replace(engine, "csv", *(Relation(i, i + 1, "sequel") for i in range(1, 12_001))) == 12_000
    assert len(load(engine)) == 12_000


def test_failed_replacement_keeps_earlier_relations(sqlite_engine: Engine) -> None:
    replace(sqlite_engine, "csv", SEQUEL)

    def interrupted() -> None:
        with write_transaction(sqlite_engine) as connection:
            replace_relations(connection, "csv", [SUMMARY])
            raise OperationalError("disk full", None, OSError())

    with pytest.raises(OperationalError):
        interrupted()
    assert load(sqlite_engine) == [SEQUEL]
    assert revision(sqlite_engine) == 1
