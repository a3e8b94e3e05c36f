"""Migrations end where the models are, once, whoever else starts at the same time."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from db.engine import open_engine, write_transaction
from db.models import Base
from db.schema import alembic_config, migrate
from db.users import insert_user
from tests.db.helpers import contents, put_titles, revision, start_python

MIGRATE = "import sys; from db.engine import open_engine; from db.schema import migrate; "
MIGRATE += "migrate(open_engine(sys.argv[1]))"


def test_the_migrations_end_where_the_models_are(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_the_migrated_tables_have_the_models_check_constraints(engine: Engine) -> None:
    for table in Base.metadata.sorted_tables:
        expected = {c.name for c in table.constraints if isinstance(c, CheckConstraint)}
        assert {c["name"] for c in inspect(engine).get_check_constraints(table.name)} == expected


def test_an_empty_database_starts_at_revision_zero(engine: Engine) -> None:
    assert revision(engine) == 0


def test_migrating_twice_changes_nothing(engine: Engine) -> None:
    put_titles(engine, [1, 2])
    insert_user(engine, 5, {1: 7})
    before = contents(engine)
    migrate(engine)
    assert contents(engine) == before


def test_a_current_sqlite_database_needs_no_write_lock(sqlite_engine: Engine, tmp_path: Path) -> None:
    """Else no server can start while a long import is running."""
    starting = open_engine(f"sqlite:///{tmp_path / 'test.db'}", wait_s=0.1)
    with write_transaction(sqlite_engine):
        migrate(starting)
    starting.dispose()


def test_downgrading_leaves_nothing_and_upgrading_starts_anew(engine: Engine) -> None:
    with write_transaction(engine) as connection:
        command.downgrade(alembic_config(connection), "base")
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    migrate(engine)
    assert revision(engine) == 0


def test_four_processes_that_migrate_at_once_all_succeed(database_url: str) -> None:
    processes = [start_python(MIGRATE, database_url) for _ in range(4)]
    for process in processes:
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
    engine = open_engine(database_url)
    assert revision(engine) == 0
    engine.dispose()


@pytest.mark.parametrize("rating", [-1, 11])
def test_the_database_itself_refuses_a_rating_out_of_range(engine: Engine, rating: int) -> None:
    put_titles(engine, [1])
    with pytest.raises(IntegrityError):
        insert_user(engine, 5, {1: rating})


def test_the_database_itself_refuses_a_rating_of_an_unknown_title(engine: Engine) -> None:
    with pytest.raises(IntegrityError):
        insert_user(engine, 5, {404: 8})
    assert contents(engine)["users"] == []


def test_a_second_revision_counter_is_refused(engine: Engine) -> None:
    with pytest.raises(IntegrityError), write_transaction(engine) as connection:
        connection.execute(text("INSERT INTO revision_counter (id, value, database_id) VALUES (2, 0, 'x')"))


def test_a_person_who_leaves_takes_the_list_along(engine: Engine) -> None:
    put_titles(engine, [1, 2])
    insert_user(engine, 5, {1: 7})
    insert_user(engine, 6, {2: 8})
    with write_transaction(engine) as connection:
        connection.execute(text("DELETE FROM users WHERE user_id = 5"))
    assert contents(engine)["ratings"] == [(6, 2, 8)]


def test_on_sqlite_ratings_live_in_the_primary_keys_tree(sqlite_engine: Engine) -> None:
    with sqlite_engine.connect() as connection:
        sql = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = 'ratings'")).scalar_one()
    assert "WITHOUT ROWID" in sql
