"""Up to which revision records of erasures were deleted, so that servers know what they cannot hear of.

A trigger keeps it, whichever release of the program deletes the records.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
additive = True

SQLITE = [
    """
    CREATE TRIGGER erasures_forgotten AFTER DELETE ON erasures BEGIN
        UPDATE revision_counter SET erasures_forgotten_up_to = max(erasures_forgotten_up_to, old.revision);
    END
    """
]
POSTGRESQL = [
    """
    CREATE FUNCTION keep_erasures_forgotten() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM forgotten) THEN
            UPDATE revision_counter SET erasures_forgotten_up_to =
                greatest(erasures_forgotten_up_to, (SELECT max(revision) FROM forgotten));
        END IF;
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE TRIGGER erasures_forgotten AFTER DELETE ON erasures
    REFERENCING OLD TABLE AS forgotten FOR EACH STATEMENT EXECUTE FUNCTION keep_erasures_forgotten()
    """,
]


def upgrade() -> None:
    op.add_column(
        "revision_counter",
        sa.Column("erasures_forgotten_up_to", sa.BigInteger(), server_default="0", nullable=False),
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER erasures_forgotten")
    else:
        op.execute("DROP TRIGGER erasures_forgotten ON erasures")
        op.execute("DROP FUNCTION keep_erasures_forgotten()")
    op.drop_column("revision_counter", "erasures_forgotten_up_to")
