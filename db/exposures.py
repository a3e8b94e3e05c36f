"""Exposures of experiments: inserted, and joined with the events that name them.

`db.events` deletes old ones, together with events.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, func, select

from db.events import ended_sessions, insert_new, known_users
from db.models import StoredEvent, StoredExposure
from domain.experiments import Exposure

UnitId = UUID | int  # of a session, or of a user


class ExposedUnit(NamedTuple):
    """A unit, and when it first got a page of a variant."""

    variant: str
    unit_id: UnitId
    first_at: datetime


class Outcome(NamedTuple):
    """Something that was done with a title of an exposure's page.

    Attributes:
        teams: see Exposure.
    """

    unit_id: UnitId
    kind: str
    anime_id: int
    received_at: datetime
    teams: list[list[int]] | None


class StoredVariant(NamedTuple):
    """A row of load_exposures_of."""

    experiment: str
    variant: str
    recommendation_id: str
    exposed_at: datetime


def insert_exposures(connection: Connection, exposures: Sequence[Exposure]) -> None:
    """Insert those that are not there yet, except of deleted sessions and of users who are not saved."""
    sessions = {one.session_id for one in exposures if one.session_id is not None}
    users = {one.user_id for one in exposures if one.user_id is not None}
    ended, known = ended_sessions(connection, sessions), known_users(connection, users)
    rows = [
        {
            "experiment": one.experiment,
            "recommendation_id": one.recommendation_id,
            "variant": one.variant,
            "exposed_at": one.exposed_at,
            "session_id": one.session_id,
            "user_id": one.user_id,
            "teams": None if one.teams is None else [list(team) for team in one.teams],
        }
        for one in exposures
        if one.session_id not in ended and (one.user_id is None or one.user_id in known)
    ]
    if rows:
        connection.execute(insert_new(connection, StoredExposure), rows)


def load_exposed_units(connection: Connection, experiment: str) -> list[ExposedUnit]:
    """Every unit of an experiment, once for each variant that it got."""
    unit = StoredExposure.session_id, StoredExposure.user_id
    statement = (
        select(StoredExposure.variant, *unit, func.min(StoredExposure.exposed_at))
        .where(StoredExposure.experiment == experiment)
        .group_by(StoredExposure.variant, *unit)
    )
    rows: Any = connection.execute(statement)
    return [ExposedUnit(variant, session or user, first_at) for variant, session, user, first_at in rows]


def load_outcomes(connection: Connection, experiment: str, kinds: Iterable[str]) -> list[Outcome]:
    """The events that carry the id of one of an experiment's pages."""
    exposed = StoredExposure
    statement = (
        select(
            *(exposed.session_id, exposed.user_id),
            *(StoredEvent.kind, StoredEvent.anime_id, StoredEvent.received_at, exposed.teams),
        )
        .join(StoredEvent, StoredEvent.recommendation_id == exposed.recommendation_id)
        .where(exposed.experiment == experiment, StoredEvent.kind.in_(list(kinds)))
    )
    rows: Any = connection.execute(statement)
    return [Outcome(session or user, *rest) for session, user, *rest in rows]


def load_exposures_of(connection: Connection, user_id: int) -> list[StoredVariant]:
    """Every exposure of a user, newest first."""
    columns = StoredExposure.experiment, StoredExposure.variant, StoredExposure.recommendation_id
    statement = (
        select(*columns, StoredExposure.exposed_at)
        .where(StoredExposure.user_id == user_id)
        .order_by(StoredExposure.exposed_at.desc(), *columns)
    )
    rows: Any = connection.execute(statement)
    return [StoredVariant(*row) for row in rows]


def newest_page(connection: Connection, session_id: UUID) -> str | None:
    """The id of the newest page that a session got in an experiment."""
    statement = (
        select(StoredExposure.recommendation_id)
        .where(StoredExposure.session_id == session_id)
        .order_by(StoredExposure.exposed_at.desc(), StoredExposure.recommendation_id)
        .limit(1)
    )
    return connection.execute(statement).scalar()
