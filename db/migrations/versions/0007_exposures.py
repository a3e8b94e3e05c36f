"""Exposures: pages that were made in an experiment.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
additive = True

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "exposures",
        sa.Column("experiment", sa.Text(), nullable=False),
        sa.Column("recommendation_id", sa.Text(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("exposed_at", sa.DateTime(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", BIG_ID, nullable=True),
        sa.Column("teams", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("experiment", "recommendation_id"),
    )
    op.create_index("ix_exposures_exposed_at", "exposures", ["exposed_at"])
    op.create_index("ix_exposures_session", "exposures", ["session_id"])
    op.create_index("ix_exposures_user", "exposures", ["user_id"])


def downgrade() -> None:
    op.drop_table("exposures")
