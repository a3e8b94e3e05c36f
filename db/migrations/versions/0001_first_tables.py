"""First tables: anime, aliases, users, ratings, the revision counter.

Revision ID: 0001
Revises:
"""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "anime",
        sa.Column("anime_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("genres", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("episodes", sa.Integer(), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("members", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("aired_from", sa.Date(), nullable=True),
        sa.Column("aired_to", sa.Date(), nullable=True),
        sa.Column("image_url", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("anime_id"),
    )
    op.create_table(
        "anime_aliases",
        sa.Column("anime_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["anime_id"], ["anime.anime_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("anime_id", "title"),
    )
    op.create_table(
        "users",
        sa.Column("user_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("generated", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("user_id"),
    )
    op.create_index("ix_users_revision", "users", ["revision"])
    op.create_table(
        "ratings",
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("anime_id", sa.Integer(), nullable=False),
        sa.Column("rating", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("rating BETWEEN 0 AND 10", name="ck_ratings_rating"),
        sa.ForeignKeyConstraint(["anime_id"], ["anime.anime_id"]),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "anime_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "revision_counter",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("database_id", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name="ck_revision_counter_single_row"),
        sa.PrimaryKeyConstraint("id"),
    )
    first = sa.text("INSERT INTO revision_counter (id, value, database_id) VALUES (1, 0, :database_id)")
    op.execute(first.bindparams(database_id=uuid4().hex))


def downgrade() -> None:
    for table in ("revision_counter", "ratings", "users", "anime_aliases", "anime"):
        op.drop_table(table)
