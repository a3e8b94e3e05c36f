"""Alembic's entry: runs migrations over the connection that `db.schema` hands in."""

from alembic import context

from db.models import Base

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    version_table=attributes["version_table"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
