"""Details of titles, ids of other sites, where to watch; statuses, plans, ratings of new titles.

Revision ID: 0005
Revises: 0004
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
additive = True

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True)
OF_TITLES: dict[str, Any] = {
    "studios": JSON,
    "producers": JSON,
    "tags": JSON,
    "source": sa.Text(),
    "duration_minutes": sa.Integer(),
    "season": sa.Text(),
    "season_year": sa.Integer(),
    "airing_status": sa.Text(),
    "age_rating": sa.Text(),
    "synopsis": sa.Text(),
    "origins": JSON,
}
TABLES = ("external_ids", "anime_offers", "catalog_sources", "planned_titles", "pending_ratings")


def upgrade() -> None:
    for name, kind in OF_TITLES.items():
        op.add_column("anime", sa.Column(name, kind, nullable=True))
    op.add_column("ratings", sa.Column("status", sa.SmallInteger(), nullable=True))
    op.create_table(
        "external_ids",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("anime_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("site", "external_id", "anime_id"),
    )
    op.create_index("ix_external_ids_anime_id", "external_ids", ["anime_id"])
    op.create_table(
        "anime_offers",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("anime_id", sa.Integer(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("regions", JSON, nullable=True),
        sa.ForeignKeyConstraint(["anime_id"], ["anime.anime_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("source", "anime_id", "service"),
    )
    op.create_table(
        "catalog_sources",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(), nullable=False),
        sa.Column("titles", sa.Integer(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "planned_titles",
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("anime_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "anime_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pending_ratings",
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("anime_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rating", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.CheckConstraint("rating BETWEEN 0 AND 10", name="ck_pending_ratings_rating"),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "anime_id"),
    )
    op.create_index("ix_pending_ratings_anime_id", "pending_ratings", ["anime_id"])


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)
    for table, columns in (("ratings", ["status"]), ("anime", OF_TITLES)):
        for name in columns:
            op.drop_column(table, name)
