"""Saved lists besides their ratings: statuses, planned titles, ratings of titles not known yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, insert, select

from db.models import PendingRating, PlannedTitle, Rating
from db.titles import existing_titles
from domain.ranges import WatchStatus


@dataclass(frozen=True)
class ListExtras:
    """The part of a list that is no rating of a title of the catalog.

    Attributes:
        statuses: anime id -> status, of titles that are rated or pending.
        planned: ids of titles that are not watched yet, of the catalog or not.
        pending: anime id -> 1-10, or 0 for watched but unrated, of titles that the catalog may lack.
    """

    statuses: Mapping[int, WatchStatus] = field(default_factory=dict)
    planned: Collection[int] = ()
    pending: Mapping[int, int] = field(default_factory=dict)


NO_EXTRAS = ListExtras()


def load_extras(connection: Connection, user_id: int) -> ListExtras:
    """Of one user; statuses are those of the ratings, too."""
    statuses: dict[int, WatchStatus] = {}
    pending: dict[int, int] = {}
    rated = select(Rating.anime_id, Rating.status).where(Rating.user_id == user_id)
    for anime_id, status in connection.execute(rated):
        if status is not None:
            statuses[anime_id] = WatchStatus(status)
    waiting = select(PendingRating.anime_id, PendingRating.rating, PendingRating.status)
    for anime_id, rating, status in connection.execute(
        waiting.where(PendingRating.user_id == user_id).order_by(PendingRating.anime_id)
    ):
        pending[anime_id] = rating
        if status is not None:
            statuses[anime_id] = WatchStatus(status)
    planned = select(PlannedTitle.anime_id).where(PlannedTitle.user_id == user_id)
    ids = connection.execute(planned.order_by(PlannedTitle.anime_id)).scalars()
    return ListExtras(statuses, tuple(ids), pending)


def insert_list(connection: Connection, user_id: int, ratings: Mapping[int, int], extras: ListExtras) -> None:
    """Store a list of a user who has none. A pending title that the catalog has by now is a rating."""
    known = existing_titles(connection, extras.pending) if extras.pending else set()
    ratings = {**{anime_id: extras.pending[anime_id] for anime_id in known}, **ratings}
    pending = {anime_id: rating for anime_id, rating in extras.pending.items() if anime_id not in ratings}
    for table, entries in ((Rating, ratings), (PendingRating, pending)):
        rows = [
            {
                "user_id": user_id,
                "anime_id": anime_id,
                "rating": rating,
                "status": extras.statuses.get(anime_id),
            }
            for anime_id, rating in sorted(entries.items())
        ]
        if rows:
            connection.execute(insert(table), rows)
    # what is watched is no plan
    if planned := set(extras.planned) - ratings.keys() - pending.keys():
        connection.execute(
            insert(PlannedTitle), [{"user_id": user_id, "anime_id": anime_id} for anime_id in sorted(planned)]
        )


def delete_list(connection: Connection, user_id: int) -> None:
    """Delete all that is stored of a user's list."""
    tables: Iterable[type[Rating] | type[PendingRating] | type[PlannedTitle]]
    tables = (Rating, PendingRating, PlannedTitle)
    for table in tables:
        connection.execute(delete(table).where(table.user_id == user_id))
