"""Schema migrations, applied with Alembic."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from db.engine import read_transaction, write_transaction

_MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def migrate(engine: Engine) -> None:
    """Apply the missing migrations; a database at the newest schema is only read."""
    newest = ScriptDirectory.from_config(alembic_config()).get_current_head()
    with read_transaction(engine) as connection:
        if MigrationContext.configure(connection).get_current_revision() == newest:
            return
    with write_transaction(engine) as connection:
        if connection.dialect.name == "postgresql":  # two servers that start at once take turns
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7203194)")
        command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: object = None) -> AlembicConfig:
    """The Alembic configuration of this project, over an open connection."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config
