"""Schema migrations, applied with Alembic, and which releases of the program may run on a schema."""

from __future__ import annotations

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from db.engine import read_transaction, write_transaction

# The revision of the schema. Alembic's usual table, alembic_version, has the newest one that is not additive:
# a release that knows it may run, and releases that only know that table compare their own with it.
REVISION_TABLE = "schema_revision"
_MIGRATIONS = Path(__file__).resolve().parent / "migrations"

log = logging.getLogger(__name__)


class SchemaTooNewError(Exception):
    """The schema was changed by a newer release in a way that this one does not fit."""


def migrate(engine: Engine) -> None:
    """Apply the missing migrations; a database at the newest schema is only read.

    A schema of a newer release is used as it is, where that release has only added to it.

    Raises:
        SchemaTooNewError: it has not.
    """
    scripts = ScriptDirectory.from_config(alembic_config())
    with read_transaction(engine) as connection:
        if _is_usable(connection, scripts):
            return
    with write_transaction(engine) as connection:
        if connection.dialect.name == "postgresql":  # two servers that start at once take turns
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7203194)")
        if _is_usable(connection, scripts):
            return
        if not inspect(connection).has_table(REVISION_TABLE):
            _table(connection, REVISION_TABLE).stamp(scripts, _revision(connection) or "base")
        command.upgrade(alembic_config(connection), "head")
        _table(connection).stamp(scripts, oldest_usable(scripts))


def alembic_config(connection: object = None) -> AlembicConfig:
    """The Alembic configuration of this project, over an open connection."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    config.attributes["version_table"] = REVISION_TABLE
    return config


def oldest_usable(scripts: ScriptDirectory) -> str:
    """The newest revision that is not additive: releases that know it can use the newest schema."""
    return next(
        script.revision
        for script in scripts.walk_revisions()
        if not getattr(script.module, "additive", False)
    )


def _is_usable(connection: Connection, scripts: ScriptDirectory) -> bool:
    """True for the newest schema and for a newer one that fits, False for an older one."""
    found, newest = _revision(connection), scripts.get_current_head()
    known = {script.revision for script in scripts.walk_revisions()}
    if found is None or (found in known and found != newest):
        return False
    if found not in known:
        if _table(connection).get_current_revision() not in known:
            raise SchemaTooNewError(
                f"the database has schema {found} of a newer release, which this release (schema {newest}) "
                "cannot use. Run the newer release, or restore the backup from before the upgrade."
            )
        log.warning(
            "the database has schema %s of a newer release, which this one (%s) can use", found, newest
        )
    return True


def _revision(connection: Connection) -> str | None:
    there = inspect(connection).has_table(REVISION_TABLE)
    return (_table(connection, REVISION_TABLE) if there else _table(connection)).get_current_revision()


def _table(connection: Connection, name: str = "alembic_version") -> MigrationContext:
    return MigrationContext.configure(connection, opts={"version_table": name})
