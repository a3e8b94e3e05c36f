"""Releases side by side on one database: the earlier one goes on where the newer one has only added."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

import db.schema
from db.engine import write_transaction
from db.schema import REVISION_TABLE, SchemaTooNewError, alembic_config, migrate, oldest_usable
from db.users import insert_user, load_user_ratings
from tests.databases import engine_over
from tests.db.helpers import put_titles

RELEASE_BEFORE = "0003"  # the newest revision of releases that know alembic_version only
NEWEST = ScriptDirectory.from_config(alembic_config()).get_current_head()
ADDITIVE = """
    op.create_table("notes", sa.Column("id", sa.Integer(), primary_key=True))
    op.add_column("users", sa.Column("note", sa.Text(), nullable=True))
    op.add_column("anime", sa.Column("studio", sa.Text(), server_default="?", nullable=False))
"""
BREAKING = """
    op.add_column("users", sa.Column("country", sa.Text(), server_default="", nullable=False))
    with op.batch_alter_table("users") as table:
        table.alter_column("country", server_default=None)
"""
Shape = dict[str, dict[str, tuple[str, bool]]]


@pytest.fixture
def empty_engine(database_url: str) -> Iterator[Engine]:
    """An engine over an empty database of each kind."""
    with engine_over(database_url) as engine:
        yield engine


def next_release(folder: Path, changes: str, *, additive: bool) -> Path:
    """The migrations of a release after this one."""
    shutil.copytree(Path(db.schema.__file__).parent / "migrations", folder)
    (folder / "versions" / "9999_next.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision, down_revision, additive = '9999', {NEWEST!r}, {additive}\n"
        f"branch_labels = depends_on = None\ndef upgrade():{changes}\n",
        "utf-8",
    )
    return folder


def migrate_as(migrations: Path, engine: Engine) -> None:
    """Migrate as the release with these migrations does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db.schema, "_MIGRATIONS", migrations)
        migrate(engine)


def release_before(folder: Path) -> Path:
    """The migrations of releases up to 0003."""
    shutil.copytree(Path(db.schema.__file__).parent / "migrations", folder)
    for path in (folder / "versions").glob("*.py"):
        if path.name[:4] > RELEASE_BEFORE:
            path.unlink()
    return folder


def versions(engine: Engine) -> dict[str, str | None]:
    """The content of both tables of revisions."""
    with engine.connect() as connection:
        return {
            table: connection.execute(text(f"SELECT version_num FROM {table}")).scalar_one()
            for table in ("alembic_version", REVISION_TABLE)
        }


def test_schema_that_was_added_to_is_used_as_it_is(
    engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put_titles(engine, [1, 2])
    migrate_as(next_release(tmp_path / "next", ADDITIVE, additive=True), engine)
    before = versions(engine)
    with caplog.at_level(logging.WARNING):
        migrate(engine)
    assert [record.getMessage() for record in caplog.records] == [
        f"the database has schema 9999 of a newer release, which this one ({NEWEST}) can use"
    ]
    assert versions(engine) == before == {"alembic_version": RELEASE_BEFORE, REVISION_TABLE: "9999"}
    assert insert_user(engine, 5, {1: 7, 2: 8})
    with engine.connect() as connection:
        stored = load_user_ratings(connection, 5)
    assert stored is not None
    assert stored.anime_ids.tolist() == [1, 2]


def test_schema_that_was_changed_is_refused_in_a_sentence(engine: Engine, tmp_path: Path) -> None:
    migrate_as(next_release(tmp_path / "next", BREAKING, additive=False), engine)
    before = versions(engine)
    with pytest.raises(SchemaTooNewError) as refusal:
        migrate(engine)
    assert str(refusal.value) == (
        f"the database has schema 9999 of a newer release, which this release (schema {NEWEST}) cannot use. "
        "Run the newer release, or restore the backup from before the upgrade."
    )
    assert versions(engine) == before == {"alembic_version": "9999", REVISION_TABLE: "9999"}


def test_release_before_finds_its_own_revision(engine: Engine) -> None:
    """It compares alembic_version with its newest revision, and starts where they are the same."""
    assert versions(engine) == {"alembic_version": RELEASE_BEFORE, REVISION_TABLE: NEWEST}


def test_database_of_the_release_before_is_migrated(empty_engine: Engine, tmp_path: Path) -> None:
    old = release_before(tmp_path / "old")
    with pytest.MonkeyPatch.context() as patch, write_transaction(empty_engine) as connection:
        patch.setattr(db.schema, "_MIGRATIONS", old)
        config = alembic_config(connection)
        config.attributes["version_table"] = "alembic_version"
        command.upgrade(config, "head")
    put_titles(empty_engine, [1])
    with write_transaction(empty_engine) as connection:  # as that release wrote them
        connection.execute(text("INSERT INTO users (user_id, revision) VALUES (5, 1)"))
        connection.execute(text("INSERT INTO ratings (user_id, anime_id, rating) VALUES (5, 1, 7)"))
    for _ in range(2):
        migrate(empty_engine)
        assert versions(empty_engine) == {"alembic_version": RELEASE_BEFORE, REVISION_TABLE: NEWEST}
    with empty_engine.connect() as connection:
        assert load_user_ratings(connection, 5) is not None


def test_database_of_unknown_origin_is_refused(engine: Engine) -> None:
    with write_transaction(engine) as connection:
        for table in ("alembic_version", REVISION_TABLE):
            connection.execute(text(f"UPDATE {table} SET version_num = 'abcdef'"))
    with pytest.raises(SchemaTooNewError, match="has schema abcdef of a newer release"):
        migrate(engine)


def shape(engine: Engine) -> Shape:
    """Table -> column -> (type, True if a row need not give it)."""
    found = inspect(engine)
    return {
        table: {
            column["name"]: (str(column["type"]), bool(column["nullable"]) or column["default"] is not None)
            for column in found.get_columns(table)
        }
        for table in found.get_table_names()
    }


def losses(before: Shape, after: Shape) -> list[str]:
    """Each thing that a release which knows only the schema before would stumble over."""
    found: list[str] = []
    for table, columns in before.items():
        there: dict[str, Any] = after.get(table, {})
        found += [f"{table}.{name} is another" for name in columns if there.get(name) != columns[name]]
        found += [
            f"{table}.{name} is required" for name in there if name not in columns and not there[name][1]
        ]
    return found


def steps(engine: Engine, migrations: Path) -> Iterator[tuple[Any, Shape, Shape]]:
    """Each migration, with the schema before and after it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db.schema, "_MIGRATIONS", migrations)
        for script in reversed(list(ScriptDirectory.from_config(alembic_config()).walk_revisions())):
            before = shape(engine)
            with write_transaction(engine) as connection:
                command.upgrade(alembic_config(connection), script.revision)
            yield script.module, before, shape(engine)


def test_additive_migrations_take_nothing_away(empty_engine: Engine) -> None:
    migrations = Path(db.schema.__file__).parent / "migrations"
    for module, before, after in steps(empty_engine, migrations):
        if module.revision > RELEASE_BEFORE:
            assert isinstance(module.additive, bool), f"{module.revision} does not say whether it is additive"
            assert not module.additive or losses(before, after) == [], module.revision


@pytest.mark.parametrize(
    ("changes", "found"), [(ADDITIVE, []), (BREAKING, ["users.country is required"])], ids=["adds", "breaks"]
)
def test_losses_tell_both_kinds_of_migrations_apart(
    empty_engine: Engine, tmp_path: Path, changes: str, found: list[str]
) -> None:
    *_, (module, before, after) = steps(empty_engine, next_release(tmp_path / "next", changes, additive=True))
    assert module.revision == "9999"
    assert losses(before, after) == found


def test_oldest_usable_revision_is_the_newest_not_additive(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, additive, expected in (("adds", True, RELEASE_BEFORE), ("breaks", False, "9999")):
            migrations = next_release(tmp_path / name, ADDITIVE, additive=additive)
            patch.setattr(db.schema, "_MIGRATIONS", migrations)
            assert oldest_usable(ScriptDirectory.from_config(alembic_config())) == expected
            patch.undo()
