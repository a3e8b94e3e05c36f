"""The tables. Everything else that the server keeps can be rebuilt from them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Text,
    Uuid,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# on SQLite only INTEGER (64 bits there) makes the key an alias of the rowid
BIG_ID = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    """Base of the tables; its metadata is what Alembic compares the database with."""


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
    studios: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    producers: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    tags: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    source: Mapped[str | None] = mapped_column(Text)  # Manga, Original, …
    duration_minutes: Mapped[int | None] = mapped_column(Integer)  # of an episode
    season: Mapped[str | None] = mapped_column(Text)  # a SeasonName; of season_year
    season_year: Mapped[int | None] = mapped_column(Integer)
    airing_status: Mapped[str | None] = mapped_column(Text)
    age_rating: Mapped[str | None] = mapped_column(Text)
    synopsis: Mapped[str | None] = mapped_column(Text)
    # column -> the name of its source, see ingest/sources.py; all others are of an imported data set
    origins: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))


class ExternalId(Base):
    """The id of a title on another site. Several of a site may be one title here, and the other way round."""

    __tablename__ = "external_ids"
    __table_args__ = (Index("ix_external_ids_anime_id", "anime_id"),)

    site: Mapped[str] = mapped_column(Text, primary_key=True)
    external_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # no foreign key: lists of other sites are matched before the catalog has a title
    anime_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)


class AnimeOffer(Base):
    """A service on which a title can be watched, according to `source`. A source is replaced as a whole."""

    __tablename__ = "anime_offers"

    source: Mapped[str] = mapped_column(Text, primary_key=True)
    anime_id: Mapped[int] = mapped_column(ForeignKey("anime.anime_id", ondelete="CASCADE"), primary_key=True)
    service: Mapped[str] = mapped_column(Text, primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    regions: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))


class CatalogSource(Base):
    """A source of the catalog, as of its last import, and what tells whether it has changed since."""

    __tablename__ = "catalog_sources"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    imported_at: Mapped[datetime] = mapped_column(DateTime)  # or was found to be unchanged; UTC
    titles: Mapped[int] = mapped_column(Integer)  # that it describes
    etag: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[str | None] = mapped_column(Text)


class AnimeAlias(Base):
    """An alternative name of a title: English, Japanese, an abbreviation, a synonym."""

    __tablename__ = "anime_aliases"

    anime_id: Mapped[int] = mapped_column(ForeignKey("anime.anime_id", ondelete="CASCADE"), primary_key=True)
    title: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)  # english | japanese | synonym


class AnimeRelation(Base):
    """According to `source`, `related_id` is the `kind` of `anime_id`. A source is replaced as a whole.

    No foreign keys: titles outside the catalog connect those in it, and may be imported later.
    """

    __tablename__ = "anime_relations"

    source: Mapped[str] = mapped_column(Text, primary_key=True)  # the format of its file, or "curated"
    anime_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    related_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)


class User(Base):
    """A user with ratings. `revision` is the counter's value when the ratings last changed."""

    __tablename__ = "users"
    __table_args__ = (Index("ix_users_revision", "revision"),)

    user_id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(BigInteger)
    # made up for the demo; deleted when real ratings are imported
    generated: Mapped[bool] = mapped_column(default=False, server_default=false())


class Rating(Base):
    """A user's rating of one title: 1-10, or `domain.ranges.UNRATED` for watched without a rating."""

    __tablename__ = "ratings"
    __table_args__ = (
        CheckConstraint("rating BETWEEN 0 AND 10", name="ck_ratings_rating"),
        # rows live in the primary key's tree: half the file size, and reads in order need no sort
        {"sqlite_with_rowid": False},
    )

    user_id: Mapped[int] = mapped_column(
        BIG_ID, ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True
    )
    anime_id: Mapped[int] = mapped_column(ForeignKey("anime.anime_id"), primary_key=True)
    rating: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[int | None] = mapped_column(SmallInteger)  # a domain.ranges.WatchStatus; NULL: not known


class PlannedTitle(Base):
    """A title that a user plans to watch, of the catalog or not. It counts for nothing else."""

    __tablename__ = "planned_titles"
    __table_args__ = ({"sqlite_with_rowid": False},)

    user_id: Mapped[int] = mapped_column(
        BIG_ID, ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True
    )
    anime_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)


class PendingRating(Base):
    """A rating of a title that is not in the catalog; it becomes a Rating when the catalog has the title."""

    __tablename__ = "pending_ratings"
    __table_args__ = (
        Index("ix_pending_ratings_anime_id", "anime_id"),
        CheckConstraint("rating BETWEEN 0 AND 10", name="ck_pending_ratings_rating"),
    )

    user_id: Mapped[int] = mapped_column(
        BIG_ID, ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True
    )
    anime_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    rating: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[int | None] = mapped_column(SmallInteger)


class StoredEvent(Base):
    """Something that somebody did with a title; of an undone event only the id is left."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_session", "session_id", "happened_at"),
        Index("ix_events_user", "user_id", "happened_at"),
        Index("ix_events_happened_at", "happened_at"),
        Index("ix_events_received_at", "received_at"),
    )

    event_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    received_at: Mapped[datetime] = mapped_column(DateTime)  # UTC
    happened_at: Mapped[datetime | None] = mapped_column(DateTime)  # UTC, by the client's clock
    kind: Mapped[str | None] = mapped_column(Text)  # a domain.events.EventKind
    anime_id: Mapped[int | None] = mapped_column(Integer)
    session_id: Mapped[UUID | None] = mapped_column(Uuid)
    user_id: Mapped[int | None] = mapped_column(BIG_ID, ForeignKey("users.user_id", ondelete="CASCADE"))
    recommendation_id: Mapped[str | None] = mapped_column(Text)
    position: Mapped[int | None] = mapped_column(SmallInteger)


class StoredExposure(Base):
    """A page that was made for somebody in an experiment."""

    __tablename__ = "exposures"
    __table_args__ = (
        Index("ix_exposures_exposed_at", "exposed_at"),
        Index("ix_exposures_session", "session_id"),
        Index("ix_exposures_user", "user_id"),
    )

    experiment: Mapped[str] = mapped_column(Text, primary_key=True)
    recommendation_id: Mapped[str] = mapped_column(Text, primary_key=True)
    variant: Mapped[str] = mapped_column(Text)
    exposed_at: Mapped[datetime] = mapped_column(DateTime)  # UTC
    session_id: Mapped[UUID | None] = mapped_column(Uuid)
    user_id: Mapped[int | None] = mapped_column(BIG_ID, ForeignKey("users.user_id", ondelete="CASCADE"))
    # of an interleaved page: the ids that each of the two rankings put there
    teams: Mapped[list[list[int]] | None] = mapped_column(JSON(none_as_null=True))


class EndedSession(Base):
    """A session that was deleted; what still comes of it is refused."""

    __tablename__ = "ended_sessions"

    session_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    ended_at: Mapped[datetime] = mapped_column(DateTime)  # UTC


class Erasure(Base):
    """The id of an erased user, kept until no model in the directory of the builds contains them any more."""

    __tablename__ = "erasures"

    user_id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(BigInteger)


class RevisionCounter(Base):
    """A single row that every write locks, so that commit order is revision order."""

    __tablename__ = "revision_counter"
    __table_args__ = (CheckConstraint("id = 1", name="ck_revision_counter_single_row"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(BigInteger)
    # the highest revision of an erasure whose record was deleted; a trigger keeps it
    erasures_forgotten_up_to: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    # random, created with the tables: tells which database a model was built from
    database_id: Mapped[str] = mapped_column(Text)
