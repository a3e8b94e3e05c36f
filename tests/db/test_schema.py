"""Migrations lead to the tables of the models, even if several servers start at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Engine, inspect, text
from sqlalchemy.exc import IntegrityError, OperationalError

from db.engine import open_engine, write_transaction
from db.models import Base
from db.schema import REVISION_TABLE, alembic_config, migrate
from db.users import insert_user
from tests.db.helpers import contents, put_titles, revision, start_python

MIGRATE = "import sys; from db.engine import open_engine; from db.schema import migrate; "
MIGRATE += "migrate(open_engine(sys.argv[1]))"


def test_migrations_create_the_tables_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "version_table": REVISION_TABLE,
                "include_name": lambda name, *_: name != "alembic_version",
            },
        )
        assert compare_metadata(context, Base.metadata) == []


def test_migrations_create_the_check_constraints(engine: Engine) -> None:
    for table in Base.metadata.sorted_tables:
        expected = {c.name for c in table.constraints if isinstance(c, CheckConstraint)}
        assert {c["name"] for c in inspect(engine).get_check_constraints(table.name)} == expected


def test_empty_database_is_at_revision_zero(engine: Engine) -> None:
    assert revision(engine) == 0


def test_second_migration_changes_nothing(engine: Engine) -> None:
    put_titles(engine, [1, 2])
    insert_user(engine, 5, {1: 7})
    before = contents(engine)
    migrate(engine)
    assert contents(engine) == before


def test_migration_of_current_schema_takes_no_write_lock(sqlite_engine: Engine, tmp_path: Path) -> None:
    """A server must be able to start during a long import."""
    starting = open_engine(f"sqlite:///{tmp_path / 'test.db'}", lock_timeout_s=0.1)
    with write_transaction(sqlite_engine):
        migrate(starting)
    starting.dispose()


def test_downgrade_drops_tables_that_upgrade_recreates(engine: Engine) -> None:
    with write_transaction(engine) as connection:
        command.downgrade(alembic_config(connection), "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version", REVISION_TABLE}
    migrate(engine)
    assert revision(engine) == 0


def test_concurrent_migrations_all_succeed(database_url: str) -> None:
    processes = [start_python(MIGRATE, database_url) for _ in range(4)]
    for process in processes:
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
    engine = open_engine(database_url)
    assert revision(engine) == 0
    engine.dispose()


@pytest.mark.parametrize("rating", [-1, 11])
def test_database_refuses_a_rating_out_of_range(engine: Engine, rating: int) -> None:
    put_titles(engine, [1])
    with pytest.raises(IntegrityError):
        insert_user(engine, 5, {1: rating})


def test_database_refuses_a_rating_of_an_unknown_title(engine: Engine) -> None:
    with pytest.raises(IntegrityError):
        insert_user(engine, 5, {404: 8})
    assert contents(engine)["users"] == []


def test_database_refuses_a_second_revision_counter(engine: Engine) -> None:
    with pytest.raises(IntegrityError), write_transaction(engine) as connection:
        connection.execute(text("INSERT INTO revision_counter (id, value, database_id) VALUES (2, 0, 'x')"))


def test_deleting_a_user_deletes_the_ratings(engine: Engine) -> None:
    put_titles(engine, [1, 2])
    insert_user(engine, 5, {1: 7})
    insert_user(engine, 6, {2: 8})
    with write_transaction(engine) as connection:
        connection.execute(text("DELETE FROM users WHERE user_id = 5"))
    assert contents(engine)["ratings"] == [(6, 2, 8)]


def test_sqlite_ratings_table_has_no_rowid(sqlite_engine: Engine) -> None:
    """Twice the file size otherwise."""
    with sqlite_engine.connect() as connection, pytest.raises(OperationalError, match="no such column"):
        connection.execute(text("SELECT rowid FROM ratings"))
