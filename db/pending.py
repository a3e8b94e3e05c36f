"""Ratings of titles that the catalog did not have when they were saved."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select, update

from db.models import Anime, PendingRating, Rating, User


def adopt_pending_ratings(connection: Connection, revision: int) -> int:
    """Turn pending ratings of titles that the catalog now has into ratings; return how many users had any.

    These users get the revision. Call it in the transaction that inserts titles. A rating that exists stays.
    """
    known = PendingRating.anime_id.in_(select(Anime.anime_id))
    users = list(connection.execute(select(PendingRating.user_id).where(known).distinct()).scalars())
    if not users:
        return 0
    pending = PendingRating
    rated = select(Rating.user_id).where(
        Rating.user_id == pending.user_id, Rating.anime_id == pending.anime_id
    )
    columns = ("user_id", "anime_id", "rating", "status")
    arrived = select(*(getattr(pending, name) for name in columns)).where(known, ~rated.exists())
    having = select(pending.user_id).where(known)
    connection.execute(insert(Rating).from_select(columns, arrived))
    connection.execute(update(User).where(User.user_id.in_(having)).values(revision=revision))
    connection.execute(delete(pending).where(known))
    return len(users)
