"""Events.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None
additive = True

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("happened_at", sa.DateTime(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("anime_id", sa.Integer(), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", BIG_ID, nullable=True),
        sa.Column("recommendation_id", sa.Text(), nullable=True),
        sa.Column("position", sa.SmallInteger(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event_id"),
    )
    op.create_index("ix_events_session", "events", ["session_id", "happened_at"])
    op.create_index("ix_events_user", "events", ["user_id", "happened_at"])
    op.create_index("ix_events_happened_at", "events", ["happened_at"])
    op.create_index("ix_events_received_at", "events", ["received_at"])
    op.create_table(
        "ended_sessions",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("session_id"),
    )


def downgrade() -> None:
    op.drop_table("ended_sessions")
    op.drop_table("events")
