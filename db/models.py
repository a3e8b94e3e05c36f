"""The tables. The database is the only truth; everything else can be rebuilt from it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Text,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# on SQLite only INTEGER (64 bits there) makes the key the row's own address
BIG_ID = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    """Carries the metadata that Alembic compares the database with."""


class Anime(Base):
    """One title of the catalog. `anime_id` is the MyAnimeList id; NULL means unknown."""

    __tablename__ = "anime"

    anime_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(Text)
    genres: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    type: Mapped[str | None] = mapped_column(Text)
    episodes: Mapped[int | None] = mapped_column(Integer)
    score: Mapped[float | None] = mapped_column(Float)  # MyAnimeList's own mean, 1-10
    members: Mapped[int | None] = mapped_column(Integer)
    year: Mapped[int | None] = mapped_column(Integer)  # first aired; known more often than the day
    aired_from: Mapped[date | None]
    aired_to: Mapped[date | None]
    image_url: Mapped[str | None] = mapped_column(Text)


class AnimeAlias(Base):
    """Another name people type for a title: English, Japanese, an abbreviation, a synonym."""

    __tablename__ = "anime_aliases"

    anime_id: Mapped[int] = mapped_column(ForeignKey("anime.anime_id", ondelete="CASCADE"), primary_key=True)
    title: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)  # english | japanese | synonym


class AnimeRelation(Base):
    """`related_id` is the `kind` of `anime_id`, says `source`; a source is replaced as a whole.

    No foreign keys: titles that are not in the catalog connect those that are, and may be imported later.
    """

    __tablename__ = "anime_relations"

    source: Mapped[str] = mapped_column(Text, primary_key=True)  # the format of its file, or "curated"
    anime_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    related_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)


class User(Base):
    """A person with a list. `revision` is the counter's value when the list last changed."""

    __tablename__ = "users"
    __table_args__ = (Index("ix_users_revision", "revision"),)

    user_id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(BigInteger)
    # one of the demo's people, who do not exist; they leave when real ratings come
    generated: Mapped[bool] = mapped_column(default=False, server_default=false())


class Rating(Base):
    """One title of one person's list: 1-10, or `domain.ratings.UNRATED` for watched without a rating."""

    __tablename__ = "ratings"
    __table_args__ = (
        CheckConstraint("rating BETWEEN 0 AND 10", name="ck_ratings_rating"),
        # rows live in the primary key's tree: half the file, and lists read in order without a sort
        {"sqlite_with_rowid": False},
    )

    user_id: Mapped[int] = mapped_column(
        BIG_ID, ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True
    )
    anime_id: Mapped[int] = mapped_column(ForeignKey("anime.anime_id"), primary_key=True)
    rating: Mapped[int] = mapped_column(SmallInteger)


class Erasure(Base):
    """Somebody who was erased, kept until no model on disk knows them any more: an id, nothing else."""

    __tablename__ = "erasures"

    user_id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(BigInteger)


class RevisionCounter(Base):
    """One row, taken for update by every write: commit order is revision order."""

    __tablename__ = "revision_counter"
    __table_args__ = (CheckConstraint("id = 1", name="ck_revision_counter_single_row"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(BigInteger)
    # random, made with the tables: tells a model of this database from one of another
    database_id: Mapped[str] = mapped_column(Text)
